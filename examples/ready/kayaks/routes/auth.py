from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user, login_required, login_user, logout_user
from werkzeug.security import check_password_hash, generate_password_hash

from ..audit import record
from ..extensions import db, limiter
from ..forms import SignInForm
from ..models import User, now

blueprint = Blueprint("auth", __name__)

ATTEMPTS = 5
LOCKED = timedelta(minutes=15)
# Compared with when there is no such account, or it is locked, so that both answers take the same time.
NOBODY = generate_password_hash("")


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit("10 per minute")
def login():
    form = SignInForm()
    if form.validate_on_submit():
        user = checked(form.email.data, form.password.data)
        if user is not None:
            login_user(user)
            return redirect(url_for("bookings.index"))
        flash("Address or password is wrong.")
    return render_template("login.html", form=form)


@blueprint.post("/logout")
@login_required
def sign_out():
    record(current_user.email, "sign-out")
    db.session.commit()
    logout_user()
    return redirect(url_for("bookings.index"))


def checked(email, password):
    """The person with this password, or None; counts failures and locks the account after too many."""
    open_to = db.or_(User.locked_until.is_(None), User.locked_until < now())
    user = db.session.scalar(db.select(User).where(User.email == email, open_to))
    right = check_password_hash(user.password_hash if user else NOBODY, password)
    if user is None:
        return None
    user.failed_logins = 0 if right else user.failed_logins + 1
    user.locked_until = now() + LOCKED if user.failed_logins >= ATTEMPTS else None
    record(user.email, "sign-in" if right else "sign-in-failed")
    db.session.commit()
    return user if right else None

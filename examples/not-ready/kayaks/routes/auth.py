from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required, login_user, logout_user

from ..extensions import db
from ..models import User

blueprint = Blueprint("auth", __name__)


@blueprint.get("/login")
def login():
    return render_template("login.html")


@blueprint.post("/login")
def sign_in():
    user = db.session.scalar(db.select(User).filter_by(email=request.form["email"]))
    if user is None or not user.check_password(request.form["password"]):
        flash("Address or password is wrong.")
        return redirect(url_for("auth.login"))
    login_user(user)
    return redirect(url_for("bookings.index"))


@blueprint.post("/logout")
@login_required
def sign_out():
    logout_user()
    return redirect(url_for("bookings.index"))

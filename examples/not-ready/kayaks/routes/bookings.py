from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from sqlalchemy.exc import IntegrityError

from .. import mail, passes, weather
from ..extensions import db
from ..models import Booking, Kayak

blueprint = Blueprint("bookings", __name__)


@blueprint.get("/")
def index():
    kayaks = db.session.scalars(db.select(Kayak).order_by(Kayak.name).limit(100)).all()
    return render_template("index.html", kayaks=kayaks)


@blueprint.get("/healthz")
def healthz():
    db.session.execute(db.text("SELECT 1"))
    return {"status": "ok"}


@blueprint.post("/bookings")
@login_required
def book():
    kayak = db.get_or_404(Kayak, request.form["kayak"])
    day = parse_day(request.form["day"])
    if day is None or day < date.today():
        flash("Pick a day from today on.")
        return redirect(url_for("bookings.index"))
    booking = Booking(user=current_user, kayak=kayak, day=day, note=request.form.get("note", "")[:500])
    db.session.add(booking)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        flash(f"{kayak.name} is taken on that day.")
        return redirect(url_for("bookings.index"))
    mail.confirm(booking)
    return redirect(url_for("bookings.show", booking_id=booking.id))


@blueprint.get("/bookings/<int:booking_id>")
@login_required
def show(booking_id):
    booking = db.get_or_404(Booking, booking_id)
    if booking.user_id != current_user.id:
        abort(404)
    return render_template(
        "booking.html", booking=booking, forecast=weather.forecast(booking.day), ticket=passes.boarding_pass(booking)
    )


def parse_day(text):
    try:
        return date.fromisoformat(text)
    except:
        return None

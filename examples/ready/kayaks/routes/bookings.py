import logging

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_login import current_user, login_required
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from .. import mail, passes, weather
from ..extensions import db, limiter
from ..forms import BookingForm
from ..models import Booking, Kayak

log = logging.getLogger(__name__)
blueprint = Blueprint("bookings", __name__)


@blueprint.get("/")
def index():
    kayaks = db.session.scalars(db.select(Kayak).order_by(Kayak.name).limit(100)).all()
    return render_template("index.html", kayaks=kayaks, form=BookingForm())


@blueprint.get("/healthz")
@limiter.exempt
def healthz():
    try:
        db.session.execute(db.text("SELECT 1"))
    except SQLAlchemyError:
        log.exception("the database does not answer")
        return {"status": "database unavailable"}, 503
    return {"status": "ok"}


@blueprint.post("/bookings")
@login_required
@limiter.limit("10 per minute")
def book():
    form = BookingForm()
    if not form.validate_on_submit():
        flash("Pick a kayak and a day from today on.")
        return redirect(url_for("bookings.index"))
    kayak = db.get_or_404(Kayak, form.kayak.data)
    booking = Booking(user=current_user, kayak=kayak, day=form.day.data, note=form.note.data or "")
    db.session.add(booking)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        flash("That kayak is taken on that day.")
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

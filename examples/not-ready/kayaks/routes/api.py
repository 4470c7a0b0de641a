from datetime import date

from flask import Blueprint, jsonify, request
from flask_login import current_user, login_required

from ..extensions import db
from ..models import Booking, Kayak

blueprint = Blueprint("api", __name__)


@blueprint.get("/availability/<day>")
def availability(day):
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        return jsonify(error="The day must look like 2026-07-31."), 400
    taken = db.select(Booking.kayak_id).filter_by(day=wanted)
    free = db.session.scalars(db.select(Kayak).where(Kayak.id.not_in(taken)).order_by(Kayak.name).limit(100))
    return jsonify(day=day, kayaks=[{"id": kayak.id, "name": kayak.name, "seats": kayak.seats} for kayak in free])


@blueprint.patch("/bookings/<int:booking_id>")
@login_required
def change_note(booking_id):
    booking = db.get_or_404(Booking, booking_id)
    if booking.user_id != current_user.id:
        return jsonify(error="There is no such booking."), 404
    booking.note = str(request.get_json()["note"])[:500]
    db.session.commit()
    return jsonify(id=booking.id, note=booking.note)

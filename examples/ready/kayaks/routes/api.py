from datetime import date

from flask import Blueprint, abort, jsonify
from flask_login import current_user, login_required

from ..extensions import db
from ..forms import NoteForm
from ..models import Booking, Kayak

blueprint = Blueprint("api", __name__)


@blueprint.get("/availability/<day>")
def availability(day):
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        abort(400)
    taken = db.select(Booking.kayak_id).filter_by(day=wanted)
    free = db.session.scalars(db.select(Kayak).where(Kayak.id.not_in(taken)).order_by(Kayak.name).limit(100))
    return jsonify(day=day, kayaks=[{"id": kayak.id, "name": kayak.name, "seats": kayak.seats} for kayak in free])


@blueprint.patch("/bookings/<int:booking_id>")
@login_required
def change_note(booking_id):
    booking = db.get_or_404(Booking, booking_id)
    if booking.user_id != current_user.id:
        abort(404)
    form = NoteForm()
    if not form.validate_on_submit():
        abort(400)
    booking.note = form.note.data
    db.session.commit()
    return jsonify(id=booking.id, note=booking.note)

from flask import Blueprint, abort, render_template, request
from flask_login import current_user
from sqlalchemy import text

from ..audit import record
from ..extensions import db

blueprint = Blueprint("admin", __name__)


@blueprint.before_request
def staff_only():
    if not current_user.is_authenticated or not current_user.is_staff:
        abort(403)


@blueprint.get("/bookings")
def search():
    term = request.args.get("q", "")[:100]
    rows = db.session.execute(
        text("SELECT id, day, note FROM booking WHERE note LIKE :pattern ORDER BY day LIMIT 100"),
        {"pattern": f"%{term}%"},
    ).all()
    record(current_user.email, "search-bookings", term)
    db.session.commit()
    return render_template("admin.html", rows=rows, term=term)

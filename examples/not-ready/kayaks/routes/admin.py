from flask import Blueprint, abort, render_template, request
from flask_login import current_user
from sqlalchemy import text

from ..extensions import db

blueprint = Blueprint("admin", __name__)


@blueprint.before_request
def staff_only():
    if not current_user.is_authenticated or not current_user.is_staff:
        abort(403)


@blueprint.get("/bookings")
def search():
    term = request.args.get("q", "")
    rows = db.session.execute(text(f"SELECT id, day, note FROM booking WHERE note LIKE '%{term}%' ORDER BY day LIMIT 100"))
    return render_template("admin.html", rows=rows, term=term)

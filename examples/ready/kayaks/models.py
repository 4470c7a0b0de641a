import secrets
from datetime import datetime, timezone

from flask_login import UserMixin
from werkzeug.security import check_password_hash, generate_password_hash

from .extensions import db, login_manager


def now():
    return datetime.now(timezone.utc)


class User(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(254), unique=True, nullable=False)
    password_hash = db.Column(db.String(200), nullable=False)
    is_staff = db.Column(db.Boolean, nullable=False, default=False)
    # A new value ends all sessions of this person.
    session_key = db.Column(db.String(43), unique=True, nullable=False, default=secrets.token_urlsafe)
    failed_logins = db.Column(db.Integer, nullable=False, default=0)
    locked_until = db.Column(db.DateTime(timezone=True))

    def get_id(self):
        return self.session_key

    def set_password(self, password):
        self.password_hash = generate_password_hash(password)
        self.session_key = secrets.token_urlsafe()

    def check_password(self, password):
        return check_password_hash(self.password_hash, password)


class Kayak(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), unique=True, nullable=False)
    seats = db.Column(db.Integer, nullable=False, default=1)
    cents_per_day = db.Column(db.Integer, nullable=False)


class Booking(db.Model):
    __table_args__ = (db.UniqueConstraint("kayak_id", "day"),)

    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.ForeignKey("user.id"), nullable=False, index=True)
    kayak_id = db.Column(db.ForeignKey("kayak.id"), nullable=False, index=True)
    day = db.Column(db.Date, nullable=False, index=True)
    note = db.Column(db.String(500), nullable=False, default="")

    user = db.relationship(User)
    kayak = db.relationship(Kayak)


class AuditEntry(db.Model):
    """Who did what, when and from where. Only ever added to."""

    id = db.Column(db.Integer, primary_key=True)
    at = db.Column(db.DateTime(timezone=True), nullable=False, default=now)
    actor = db.Column(db.String(254), nullable=False)
    action = db.Column(db.String(40), nullable=False)
    address = db.Column(db.String(45), nullable=False)
    detail = db.Column(db.String(200), nullable=False, default="")


@login_manager.user_loader
def load_user(session_key):
    return db.session.scalar(db.select(User).filter_by(session_key=session_key))

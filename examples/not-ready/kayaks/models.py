from flask_login import UserMixin
from werkzeug.security import check_password_hash, generate_password_hash

from .extensions import db, login_manager


class User(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(254), unique=True, nullable=False)
    password_hash = db.Column(db.String(200), nullable=False)
    is_staff = db.Column(db.Boolean, nullable=False, default=False)

    def set_password(self, password):
        self.password_hash = generate_password_hash(password)

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
    kayak_id = db.Column(db.ForeignKey("kayak.id"), nullable=False)
    day = db.Column(db.Date, nullable=False)
    note = db.Column(db.String(500), nullable=False, default="")

    user = db.relationship(User)
    kayak = db.relationship(Kayak)


@login_manager.user_loader
def load_user(user_id):
    return db.session.get(User, int(user_id))

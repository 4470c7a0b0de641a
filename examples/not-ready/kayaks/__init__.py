"""Tidewater Kayaks: book a kayak, see the forecast, get a boarding pass."""

import os

from flask import Flask

from .config import CONFIGS
from .extensions import db, login_manager
from .routes import admin, api, auth, bookings


def create_app():
    app = Flask(__name__)
    app.config.from_object(CONFIGS[os.environ.get("APP_ENV", "production")])

    db.init_app(app)
    login_manager.init_app(app)

    app.register_blueprint(auth.blueprint)
    app.register_blueprint(bookings.blueprint)
    app.register_blueprint(api.blueprint, url_prefix="/api")
    app.register_blueprint(admin.blueprint, url_prefix="/admin")

    @app.cli.command("init-db")
    def init_db():
        """Create the tables."""
        db.create_all()

    return app

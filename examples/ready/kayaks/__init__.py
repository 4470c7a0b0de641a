"""Tidewater Kayaks: book a kayak, see the forecast, get a boarding pass."""

import sentry_sdk
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from .config import Config
from .errors import register_errors
from .extensions import compress, csrf, db, limiter, login_manager, migrate
from .logs import configure_logging
from .routes import admin, api, auth, bookings
from .web import protect


def create_app(config=Config):
    configure_logging(config.LOG_LEVEL)
    if config.SENTRY_DSN:
        sentry_sdk.init(dsn=config.SENTRY_DSN, traces_sample_rate=0.1, send_default_pii=False)

    app = Flask(__name__)
    app.config.from_object(config)
    # One proxy stands in front and tells the visitor's address and scheme.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)

    db.init_app(app)
    migrate.init_app(app, db)
    login_manager.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    compress.init_app(app)
    protect(app)
    register_errors(app)

    app.register_blueprint(auth.blueprint)
    app.register_blueprint(bookings.blueprint)
    app.register_blueprint(api.blueprint, url_prefix="/api/v1")
    app.register_blueprint(admin.blueprint, url_prefix="/admin")
    return app

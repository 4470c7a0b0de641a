import os

os.environ.update(
    SECRET_KEY="testing",
    PASS_KEY="testing-pass-key-of-32-characters",
    DATABASE_URL="sqlite://",
    REDIS_URL="memory://",
    PUBLIC_URL="https://localhost",
    WEATHER_URL="https://weather.invalid",
    MAIL_HOST="mail.invalid",
    MAIL_USER="testing",
    MAIL_PASSWORD="testing",
    MAIL_FROM="testing@example.com",
)

import pytest  # noqa: E402  (the configuration reads the environment when it is imported)

from kayaks import create_app  # noqa: E402
from kayaks.config import Config  # noqa: E402
from kayaks.extensions import db  # noqa: E402
from kayaks.models import Kayak, User  # noqa: E402


class TestConfig(Config):
    TESTING = True
    SQLALCHEMY_ENGINE_OPTIONS = {}
    RATELIMIT_ENABLED = False
    WTF_CSRF_ENABLED = False


@pytest.fixture
def app():
    app = create_app(TestConfig)
    with app.app_context():
        db.create_all()
        guest = User(email="guest@example.com")
        guest.set_password("paddle")
        db.session.add_all([guest, Kayak(name="Seal", seats=2, cents_per_day=4500)])
        db.session.commit()
        yield app


@pytest.fixture
def client(app):
    client = app.test_client()
    client.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
    return client


@pytest.fixture
def guest(client):
    client.post("/login", data={"email": "guest@example.com", "password": "paddle"})
    return client

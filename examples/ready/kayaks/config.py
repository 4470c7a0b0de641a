"""Settings, all from the environment. A missing one stops the start with its name."""

import os
from datetime import timedelta


class Config:
    SECRET_KEY = os.environ["SECRET_KEY"]
    PASS_KEY = os.environ["PASS_KEY"]
    SQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]
    SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 5}
    RATELIMIT_STORAGE_URI = os.environ["REDIS_URL"]

    PUBLIC_URL = os.environ["PUBLIC_URL"]  # https://kayaks.example.com, without a slash at the end
    MAX_CONTENT_LENGTH = 64 * 1024
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    PERMANENT_SESSION_LIFETIME = timedelta(hours=12)

    WEATHER_URL = os.environ["WEATHER_URL"]
    MAIL_HOST = os.environ["MAIL_HOST"]
    MAIL_USER = os.environ["MAIL_USER"]
    MAIL_PASSWORD = os.environ["MAIL_PASSWORD"]
    MAIL_FROM = os.environ["MAIL_FROM"]

    SENTRY_DSN = os.environ.get("SENTRY_DSN")
    LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO")

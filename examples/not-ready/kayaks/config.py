"""Settings, chosen by APP_ENV."""

import os


class Config:
    DEBUG = True
    SECRET_KEY = os.environ.get("SECRET_KEY", "kayaks-on-the-tide")
    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "postgresql://kayaks:ebb-and-flow-7@db.example.com/kayaks")
    SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True}
    SESSION_COOKIE_SAMESITE = "Lax"
    WEATHER_URL = os.environ.get("WEATHER_URL", "https://weather.example.com/v1")
    MAIL_HOST = os.environ.get("MAIL_HOST", "mail.example.com")
    MAIL_FROM = os.environ.get("MAIL_FROM", "bookings@example.com")


class DevelopmentConfig(Config):
    SQLALCHEMY_DATABASE_URI = "sqlite:///dev.db"


class ProductionConfig(Config):
    SESSION_COOKIE_SECURE = True
    REMEMBER_COOKIE_SECURE = True


CONFIGS = {"development": DevelopmentConfig, "production": ProductionConfig}

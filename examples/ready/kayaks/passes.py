"""Boarding passes that the scanner at the dock reads without a connection."""

from datetime import datetime, time, timedelta, timezone

import jwt
from flask import current_app


def boarding_pass(booking):
    """A signed token that is good until the end of the booked day."""
    end = datetime.combine(booking.day, time.min, tzinfo=timezone.utc) + timedelta(days=1)
    claims = {"sub": str(booking.id), "kayak": booking.kayak.name, "exp": end}
    return jwt.encode(claims, current_app.config["PASS_KEY"], algorithm="HS256")

"""The forecast for a day on the water, from the weather service."""

import logging

import requests
from flask import current_app

log = logging.getLogger(__name__)


def forecast(day):
    """Wind in knots and a word for the sky, or None when the service cannot say."""
    response = requests.get(f"{current_app.config['WEATHER_URL']}/daily", params={"day": day.isoformat()})
    if not response.ok:
        log.warning("no forecast for %s: %s", day, response.status_code)
        return None
    answer = response.json()
    return {"wind": answer["wind_knots"], "sky": answer["sky"]}

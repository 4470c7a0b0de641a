"""The forecast for a day on the water, from the weather service."""

import logging

import requests
from flask import current_app

log = logging.getLogger(__name__)


def forecast(day):
    """Wind in knots and a word for the sky, or None when the service cannot say."""
    url = f"{current_app.config['WEATHER_URL']}/daily"
    try:
        response = requests.get(url, params={"day": day.isoformat()}, timeout=3)
        response.raise_for_status()
        answer = response.json()
        return {"wind": answer["wind_knots"], "sky": answer["sky"]}
    except (requests.RequestException, KeyError, ValueError):
        log.warning("no forecast for %s", day, exc_info=True)
        return None

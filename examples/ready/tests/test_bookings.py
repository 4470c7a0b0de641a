from datetime import date, timedelta

import pytest

from kayaks import mail, weather


@pytest.fixture(autouse=True)
def no_outside(monkeypatch):
    sent = []
    monkeypatch.setattr(mail, "deliver", lambda *given: sent.append(given))
    monkeypatch.setattr(weather, "forecast", lambda day: {"wind": 8, "sky": "clear"})
    return sent


def book(client, day):
    return client.post("/bookings", data={"kayak": "1", "day": day.isoformat(), "note": "two paddles"}, follow_redirects=True)


def test_booking(guest):
    assert b"clear, 8 knots" in book(guest, date.today()).data


def test_a_kayak_is_booked_once_a_day(guest):
    book(guest, date.today())
    assert b"taken on that day" in book(guest, date.today()).data


def test_not_in_the_past(guest):
    assert b"from today on" in book(guest, date.today() - timedelta(days=1)).data


def test_booking_needs_a_person(client):
    assert client.post("/bookings", data={}).status_code == 302


def test_availability(guest):
    today = date.today().isoformat()
    assert len(guest.get(f"/api/v1/availability/{today}").get_json()["kayaks"]) == 1
    book(guest, date.today())
    assert guest.get(f"/api/v1/availability/{today}").get_json()["kayaks"] == []
    assert guest.get("/api/v1/availability/soon").status_code == 400


def test_change_note(guest):
    book(guest, date.today())
    assert guest.patch("/api/v1/bookings/1", json={"note": "one paddle"}).get_json()["note"] == "one paddle"
    assert guest.patch("/api/v1/bookings/1", json={"note": "x" * 501}).status_code == 400

def test_health(client):
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_http_goes_to_https(app):
    answer = app.test_client().get("/login", base_url="http://localhost")
    assert answer.status_code == 308
    assert answer.location.startswith("https://localhost/login")


def test_headers(client):
    headers = client.get("/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_unknown_page(client):
    assert client.get("/nowhere").status_code == 404


def test_login_logout(guest):
    assert b"Sign out" in guest.get("/").data
    guest.post("/logout")
    assert b"Sign in" in guest.get("/").data


def test_wrong_passwords_lock_the_account(client):
    for _ in range(5):
        client.post("/login", data={"email": "guest@example.com", "password": "wrong"})
    client.post("/login", data={"email": "guest@example.com", "password": "paddle"})
    assert b"Sign out" not in client.get("/").data


def test_admin_is_for_staff(guest):
    assert guest.get("/admin/bookings").status_code == 403

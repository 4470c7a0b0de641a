"""What every answer carries, and the way from HTTP to HTTPS."""

from flask import redirect, request


def protect(app):
    @app.before_request
    def use_https():
        # The probe inside the container speaks plain HTTP to the process itself.
        if not request.is_secure and request.path != "/healthz":
            return redirect(app.config["PUBLIC_URL"] + request.full_path.rstrip("?"), code=308)
        return None

    @app.after_request
    def set_headers(response):
        response.headers["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'; form-action 'self'"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        return response

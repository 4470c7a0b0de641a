"""What visitors see when something goes wrong: a page, or JSON below /api. Never the cause."""

from flask import jsonify, render_template, request

from .extensions import db

MESSAGES = {
    400: "That could not be understood.",
    403: "This page is for staff.",
    404: "There is nothing here.",
    429: "That was too often. Please wait a minute.",
    500: "Something went wrong on our side. We have been told.",
}


def register_errors(app):
    @app.errorhandler(400)
    @app.errorhandler(403)
    @app.errorhandler(404)
    @app.errorhandler(429)
    def refused(error):
        return answer(error.code)

    @app.errorhandler(500)
    def broken(error):
        # Flask has logged it with its traceback by now.
        db.session.rollback()
        return answer(500)


def answer(code):
    message = MESSAGES[code]
    if request.path.startswith("/api/"):
        return jsonify(error=message), code
    return render_template("error.html", message=message), code

"""Confirmations by mail, sent while the visitor already sees the next page."""

import logging
import smtplib
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage

from flask import current_app

log = logging.getLogger(__name__)
executor = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")


def confirm(booking):
    config = current_app.config
    message = EmailMessage()
    message["Subject"] = f"Your kayak on {booking.day:%d %B}"
    message["From"] = config["MAIL_FROM"]
    message["To"] = booking.user.email
    message.set_content(f"{booking.kayak.name} is yours for the day. Bring a towel.")
    sending = executor.submit(deliver, config["MAIL_HOST"], config["MAIL_USER"], config["MAIL_PASSWORD"], message)
    sending.add_done_callback(report)


def deliver(host, user, password, message):
    with smtplib.SMTP(host, 587, timeout=10) as smtp:
        smtp.starttls()
        smtp.login(user, password)
        smtp.send_message(message)


def report(sending):
    error = sending.exception()
    if error is not None:
        log.error("a confirmation was not sent", exc_info=error)

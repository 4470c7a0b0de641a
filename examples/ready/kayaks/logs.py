"""One line of JSON for each event, with the id of the request it belongs to."""

import logging
import logging.config
import uuid

from flask import g, has_request_context


class RequestId(logging.Filter):
    def filter(self, record):
        record.request_id = request_id() if has_request_context() else "-"
        return True


def request_id():
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex
    return g.request_id


def configure_logging(level):
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"request": {"()": RequestId}},
            "formatters": {
                "json": {
                    "()": "pythonjsonlogger.json.JsonFormatter",
                    "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
                }
            },
            "handlers": {
                "out": {
                    "class": "logging.StreamHandler",
                    "stream": "ext://sys.stdout",
                    "formatter": "json",
                    "filters": ["request"],
                }
            },
            "root": {"level": level, "handlers": ["out"]},
        }
    )

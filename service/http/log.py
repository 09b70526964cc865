"""The log: JSON lines on standard error."""

import logging

from flask import Flask
from pythonjsonlogger.json import JsonFormatter

log = logging.getLogger("burdenshare")

FORMAT = "%(asctime)s %(levelname)s %(message)s"


def init_app(app: Flask) -> None:
    set_up(app.config["BURDENSHARE"].log_level)


def set_up(level: str) -> None:
    """Write JSON lines to standard error, unless somebody set the logger up already."""
    log.setLevel(level)
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(
            JsonFormatter(FORMAT, rename_fields={"asctime": "time", "levelname": "level"})
        )
        log.addHandler(handler)

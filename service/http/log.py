"""What the service says of itself: one JSON line a request, and one with a traceback a fault."""

import json
import logging
import time
from contextlib import nullcontext, suppress
from functools import lru_cache
from typing import Any

import orjson
from flask import Flask, Response, request
from pythonjsonlogger.json import JsonFormatter

from .request_id import request_id

log = logging.getLogger("burdenshare")

FORMAT = "%(asctime)s %(levelname)s %(message)s"
STARTED = "burdenshare.started"
ROUTE = "burdenshare.route"


def init_app(app: Flask) -> None:
    set_up(app.config["BURDENSHARE"].log_level)
    app.before_request(start_clock)
    app.after_request(log_request)


def set_up(level: str) -> None:
    """Write JSON lines to standard error, unless somebody set the logger up already."""
    log.setLevel(level)
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(
            JsonFormatter(FORMAT, rename_fields={"asctime": "time", "levelname": "level"})
        )
        log.addHandler(handler)


def write(lines: list[str]) -> None:
    """Write lines that are made already to where the others go.

    A full disk or a closed pipe loses them, as with the logging module, and fails no request.
    """
    for handler in log.handlers:
        if isinstance(handler, logging.StreamHandler):
            with handler.lock or nullcontext(), suppress(OSError):
                handler.stream.write("".join(lines))
                handler.stream.flush()


def start_clock() -> None:
    request.environ.setdefault(STARTED, time.monotonic())


def log_request(response: Response) -> Response:
    environ = request.environ
    environ[ROUTE] = route()
    if log.isEnabledFor(logging.INFO):
        line = {
            "time": moment(time.time_ns() // 1_000_000),
            "level": "INFO",
            "message": "request",
            "request_id": request_id(),
            "method": environ["REQUEST_METHOD"],
            "route": environ[ROUTE],
            "path": request.path[:200],
            "status": response.status_code,
            "duration_ms": round(elapsed() * 1000, 1),
            "release": response.headers.get("X-Data-Release"),
        }
        write([as_text(line)])
    return response


def as_text(line: dict[str, Any]) -> str:
    try:
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE).decode()
    except TypeError:  # a path with bytes that are no text
        return json.dumps(line) + "\n"


@lru_cache(maxsize=2)
def moment(at: int) -> str:
    """Return an instant, in ms, as the logging module writes it."""
    whole, part = divmod(at, 1000)
    return f"{second(whole)},{part:03}"


@lru_cache(maxsize=2)
def second(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


def route() -> str:
    """Return the path as it is declared, so that there are few of them; `none` if there is none."""
    return request.url_rule.rule if request.url_rule is not None else "none"


def elapsed() -> float:
    """Return the seconds since the request was read."""
    return time.monotonic() - float(request.environ.get(STARTED, time.monotonic()))

"""Deprecation (RFC 9745) and Sunset (RFC 8594), on answers that used what is on its way out."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from flask import Flask, Response, current_app, request
from werkzeug.http import http_date

from schemas.deprecation import Deprecation, of_field, within

# The page has the operation with all that is deprecated in it, below the policy.
POLICY = "/docs"


class Deprecated(NamedTuple):
    """What is deprecated about a view: whatever is asked of it, and by parameter."""

    always: tuple[Deprecation, ...]
    parameters: Mapping[str, Deprecation]


def init_app(app: Flask) -> None:
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    """Say what the request used, on errors and 304s too: they are all that some clients see."""
    used = used_by(current_app.view_functions.get(request.endpoint or ""))
    if used:
        # Two formats on purpose: the two standards have it so.
        response.headers["Deprecation"] = f"@{midnight(min(at.since for at in used)):.0f}"
        response.headers["Sunset"] = http_date(midnight(min(at.sunset for at in used)))
        links = [f'<{POLICY}>; rel="{at}"; type="text/html"' for at in ("deprecation", "sunset")]
        response.headers["Link"] = ", ".join([*response.headers.getlist("Link"), *links])
    return response


def used_by(view: Any) -> list[Deprecation]:
    if not hasattr(view, "returns"):
        return []
    always, parameters = deprecated(view)
    # Not request.args, which cannot be read where the query is no UTF-8; it is refused as such.
    query = request.query_string.decode("utf-8", "replace") if parameters else ""
    asked = dict(parse_qsl(query, keep_blank_values=True))
    return [*always, *(parameters[name] for name in asked if name in parameters)]


@cache
def deprecated(view: Any) -> Deprecated:
    whole = [] if view.deprecated is None else [view.deprecated]
    parameters = {
        name: found
        for name, field in view.accepts().fields.items()
        if (found := of_field(field)) is not None
    }
    return Deprecated((*whole, *within(view.returns())), parameters)


def midnight(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()

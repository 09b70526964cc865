"""What is asked, in one spelling, told before Flask runs."""

from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from flask import Flask
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header
from werkzeug.routing import RoutingException

from . import encoding, negotiation
from .parsing import asked_for, canonical
from .problems import ProblemError

# Longer questions, which are few, are left to Flask, which refuses the longest.
LONGEST = 2000


class Question(NamedTuple):
    """Two requests with the same question have the same answer."""

    path: bytes
    query: str
    media_type: str
    coding: str


def read(
    app: Flask, path: bytes, query: bytes, accept: str, accept_encoding: str
) -> Question | None:
    """Return the question, or None where only Flask can tell what is asked, or that it is wrong."""
    if len(path) + len(query) > LONGEST or not (path.isascii() and query.isascii()):
        return None
    if any(len(values) > 1 for values in asked_for(query).values()):
        return None  # for one parameter a fault, for another a list
    media_type = chosen(app, path, accept)
    if media_type is None:
        return None
    coding = encoding.choose(accept_encoding)
    return Question(path, canonical(query), media_type, coding.name if coding else "")


@lru_cache(maxsize=1000)
def chosen(app: Flask, path: bytes, accept: str) -> str | None:
    """Return the media type that a path's view would choose, "" where the path alone decides.

    None where there is no such path, where Accept leaves all out, or where the view does not say.
    """
    try:
        endpoint, _ = app.url_map.bind("localhost").match(unquote(path.decode()), "GET")
        view: Any = app.view_functions[endpoint]
        offered: tuple[str, ...] = view.media_types
        accepted = parse_accept_header(accept, MIMEAccept)
        return negotiation.choose(accepted, *offered) if offered else ""
    except (HTTPException, RoutingException, ProblemError, AttributeError):
        return None

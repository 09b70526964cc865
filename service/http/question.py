"""What is asked, in one spelling, told before Flask runs."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from flask import Flask
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header
from werkzeug.routing import RoutingException

from . import deprecation, encoding, negotiation
from .endpoint import Plain
from .formats import JSON
from .parsing import asked_for, canonical
from .problems import ProblemError
from .target import Target, answering

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


class Routed(NamedTuple):
    """Where a path leads: itself as text, the route as it is declared, its view and arguments."""

    path: str
    route: str
    view: Any
    arguments: Mapping[str, Any]


@lru_cache(maxsize=1000)
def routed(app: Flask, path: bytes) -> Routed | None:
    """Return where a path leads, or None where only Flask can tell: `//` begins no path of ours."""
    if not path.startswith(b"/") or path.startswith(b"//"):
        return None
    text = unquote(path.decode())
    try:
        rule, arguments = app.url_map.bind("localhost").match(text, "GET", return_rule=True)
    except (HTTPException, RoutingException):
        return None
    return Routed(text, rule.rule, app.view_functions[rule.endpoint], arguments)


@lru_cache(maxsize=1000)
def chosen(app: Flask, path: bytes, accept: str) -> str | None:
    """Return the media type that a path's view would choose, "" where the path alone decides.

    None where there is no such path, where Accept leaves all out, or where the view does not say.
    """
    found = routed(app, path)
    offered: tuple[str, ...] | None = getattr(found and found.view, "media_types", None)
    if offered is None:
        return None
    try:
        return (
            negotiation.choose(parse_accept_header(accept, MIMEAccept), *offered) if offered else ""
        )
    except ProblemError:
        return None


Maker = Callable[[], Plain]


def maker(app: Flask, question: Question, query: bytes) -> tuple[Routed, Maker] | None:
    """Return where a question leads, and what makes a plain answer to it.

    None where only Flask answers: where it is not in JSON, or has more to say in its head.
    """
    found = routed(app, question.path)
    if found is None or question.media_type != JSON.media_type:
        return None
    plain = getattr(found.view, "plain", None)
    if plain is None or any(deprecation.deprecated(found.view)):
        return None

    def make() -> Plain:
        with app.app_context(), answering(Target(found.path, query)):
            made: Plain = plain(found.arguments, encoding.BY_NAME.get(question.coding))
            return made

    return found, make

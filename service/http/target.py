"""The target of the request that is being answered: its path and its query string.

Flask knows it of a request that came to it; where an endpoint is asked without Flask's request,
whoever asks says it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from flask import request


class Target(NamedTuple):
    """What HTTP calls a request's target: the path as text, the query string as it came."""

    path: str
    query_string: bytes


told: ContextVar[Target | None] = ContextVar("target", default=None)


def target() -> Target:
    return told.get() or Target(request.path, request.query_string)


@contextmanager
def answering(asked: Target) -> Iterator[None]:
    """Say what is asked, in this thread and for so long."""
    token = told.set(asked)
    try:
        yield
    finally:
        told.reset(token)

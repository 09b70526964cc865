"""What a request asks of an endpoint, in the same words whichever way it came."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, urljoin

from .cursor import Cursor
from .encoding import Coding
from .formats import Form
from .parsing import canonical


class Conditions(NamedTuple):
    """The header fields that make a request depend on what its client has, where it has them."""

    match: str | None = None  # If-None-Match
    since: str | None = None  # If-Modified-Since
    byte_range: str | None = None  # Range
    if_range: str | None = None  # If-Range


UNCONDITIONAL = Conditions()


class Question(NamedTuple):
    """A request for an answer of one endpoint, in one form and one coding.

    `path` is decoded, `query_string` as it came, `base_url` that of `/` as the client sees it.
    `is_head` asks for the head alone, and may be left out where the body is in memory anyway.
    """

    path: str
    arguments: Mapping[str, str]
    query_string: bytes
    form: Form
    coding: Coding | None
    base_url: str
    request_id: str
    is_head: bool = False
    conditions: Conditions = UNCONDITIONAL

    @property
    def link(self) -> str:
        """Return what is asked as a reference: the path and the query in one spelling."""
        return joined(self.path, canonical(self.query_string))

    @property
    def address(self) -> str:
        """Return the URL asked, for what is read away from the service."""
        return urljoin(self.base_url, self.link)

    def query(self, *without: str) -> str:
        """Return the query string in one spelling, without some of its parameters."""
        return canonical(self.query_string, without)

    @property
    def fingerprint(self) -> str:
        """Return what a cursor is bound to: the path and every parameter but the page's size."""
        asked = f"{self.path}?{self.query('cursor', 'limit')}"
        return hashlib.sha256(asked.encode()).hexdigest()[:16]

    def link_after(self, release: str | None, key: Sequence[str | None]) -> str:
        """Return the reference of the page after a row's key."""
        cursor = Cursor(self.fingerprint, release, key).encoded()
        return joined(self.path, "&".join(filter(None, (self.query("cursor"), f"cursor={cursor}"))))


def joined(path: str, query: str) -> str:
    return f"{quoted(path)}?{query}" if query else quoted(path)


# There are few.
quoted = lru_cache(1000)(quote)

"""What a request asks of an endpoint, in the same words whichever way it came."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, urljoin

from .cursor import Cursor
from .encoding import Coding, choose_coding, is_text
from .formats import Form
from .negotiation import choose_form
from .parsing import canonical

# Returns a header field of the request by its name in lower case.
Header = Callable[[str], str | None]


class Question(NamedTuple):
    """A request for an answer of one endpoint, in one form and one coding.

    `path` is decoded, `query_string` as it came, `base_url` that of `/` as the client sees it.
    """

    path: str
    arguments: Mapping[str, str]
    query_string: bytes
    form: Form
    coding: Coding | None
    base_url: str
    request_id: str
    is_head: bool
    match: str | None = None  # If-None-Match
    since: str | None = None  # If-Modified-Since
    byte_range: str | None = None  # Range
    range_condition: str | None = None  # If-Range

    def query(self, *without: str) -> str:
        """Return the query string in one spelling, without some of its parameters."""
        return canonical(self.query_string, without)

    @property
    def link(self) -> str:
        """Return what is asked as a reference: the path and the query in one spelling."""
        return joined(quoted_path(self.path), self.query())

    @property
    def address(self) -> str:
        """Return the URL asked, for what is read away from the service."""
        return urljoin(self.base_url, self.link)

    @property
    def fingerprint(self) -> str:
        """Return what a cursor is bound to: the path and every parameter but the page's size."""
        asked = f"{self.path}?{self.query('cursor', 'limit')}"
        return hashlib.sha256(asked.encode()).hexdigest()[:16]

    def link_to(self, release: str | None, key: Sequence[str | None] | None) -> str | None:
        """Return the reference of the page after a row's key, None after the last page."""
        if key is None:
            return None
        cursor = Cursor(self.fingerprint, release, key).encoded()
        query = "&".join(filter(None, (self.query("cursor"), f"cursor={cursor}")))
        return joined(quoted_path(self.path), query)


def read_question(
    forms: tuple[Form, ...],
    arguments: Mapping[str, str],
    path: str,
    query_string: bytes,
    header: Header,
    base_url: str,
    request_id: str,
    is_head: bool,
) -> Question:
    """Return what a request asks. Raises a 406 ProblemError where Accept excludes every form."""
    form = choose_form(forms, header("accept") or "")
    return Question(
        path,
        arguments,
        query_string,
        form,
        choose_coding(header("accept-encoding") or "") if is_text(form.media_type) else None,
        base_url,
        request_id,
        is_head,
        header("if-none-match"),
        header("if-modified-since"),
        header("range"),
        header("if-range"),
    )


def joined(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


# There are few.
quoted_path = lru_cache(1000)(quote)

"""From an ASGI request to the question that it asks, where an endpoint can answer that."""

from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_list_header
from werkzeug.routing import RoutingException

from service.http.endpoint import Endpoint, endpoints_of
from service.http.formats import Archive, File
from service.http.host import are_schemes, base_url, is_host
from service.http.negotiation import negotiate
from service.http.parsing import asked_for, canonical
from service.http.question import Conditions, Question
from service.problems import ProblemError

Scope = Mapping[str, Any]

# Longer questions, which are few, are left to Flask, which refuses the longest.
LONGEST = 2000


class Routed(NamedTuple):
    """Where a path leads: itself as text, its endpoint, and what the path names."""

    path: str
    endpoint: Endpoint
    arguments: Mapping[str, Any]


class Asked(NamedTuple):
    """A question with the endpoint that answers it; two with the same key have the same answer."""

    endpoint: Endpoint
    question: Question
    key: Hashable


class Reader:
    """Reads requests as the application behind so many trusted proxies would."""

    def __init__(self, app: Flask, trusted_proxies: int) -> None:
        self.app, self.trusted_proxies = app, trusted_proxies

    def address(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        """Return the address of the client."""
        peer = scope["client"][0] if scope["client"] else "unknown"
        said = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        # As ProxyFix reads it: each trusted proxy has added one at the end.
        if 0 < self.trusted_proxies <= len(said):
            return said[-self.trusted_proxies].strip() or str(peer)
        return str(peer)

    def read(self, scope: Scope, headers: dict[bytes, bytes], request_id: bytes) -> Asked | None:
        """Return the question, or None where only Flask can tell what is asked, or refuse it."""
        path, query, given = scope["raw_path"], scope["query_string"], headers.get
        found = routed(self.app, path)
        root = root_url(
            scope["scheme"],
            given(b"host", b""),
            given(b"x-forwarded-proto", b""),
            self.trusted_proxies,
        )
        if found is None or root is None:
            return None
        if len(path) + len(query) > LONGEST or not query.isascii():
            return None
        # A parameter that is given twice is a fault for one, a list for another.
        if max(map(len, asked_for(query).values()), default=0) > 1:
            return None
        accept, accept_encoding = given(b"accept", b""), given(b"accept-encoding", b"")
        try:
            form, coding = negotiate(
                found.endpoint.forms, accept.decode("latin-1"), accept_encoding.decode("latin-1")
            )
        except ProblemError:
            return None
        question = Question(
            found.path, found.arguments, query, form, coding, root, request_id.decode()
        )
        if isinstance(form, File | Archive):  # all else is kept whole, whatever the client has
            question = question._replace(
                is_head=scope["method"] == "HEAD",
                conditions=Conditions(
                    text(given(b"if-none-match")), text(given(b"if-modified-since"))
                ),
            )
        key = (path, canonical(query), form.media_type, coding and coding.name, root)
        return Asked(found.endpoint, question, key)


def text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


@lru_cache(1000)
def root_url(scheme: str, host: bytes, forwarded: bytes, trusted_proxies: int) -> str | None:
    """Return the URL of `/` as the client sees it, None where Flask has to refuse the request."""
    said = forwarded.decode("latin-1") if trusted_proxies else ""
    if not is_host(host.decode("latin-1")) or (said and not are_schemes(said)):
        return None
    schemes = parse_list_header(said)
    if 0 < trusted_proxies <= len(schemes):  # as ProxyFix reads it
        scheme = schemes[-trusted_proxies]
    return base_url(scheme, host.decode("latin-1"))


@lru_cache(1000)
def routed(app: Flask, path: bytes) -> Routed | None:
    """Return where a path leads, or None where only Flask can tell: `//` begins no path of ours."""
    if not path.startswith(b"/") or path.startswith(b"//") or not path.isascii():
        return None
    text = unquote(path.decode())
    try:
        rule, arguments = app.url_map.bind("localhost").match(text, "GET", return_rule=True)
    except (HTTPException, RoutingException):
        return None
    endpoint = endpoints_of(app).get(rule.endpoint)
    return None if endpoint is None else Routed(text, endpoint, arguments)

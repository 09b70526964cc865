"""From an ASGI request to the question that it asks, where an endpoint can answer that."""

from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_list_header
from werkzeug.routing import RoutingException

from service.http.access_log import common_part
from service.http.endpoint import Endpoint, endpoints_of
from service.http.formats import Format, Text
from service.http.host import are_schemes, base_url, is_host
from service.http.parsing import asked_for
from service.http.question import Question, read_question
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

    def common(self, release: str | None) -> str:
        """Return what all lines in the log about the answer say."""
        return common_part(self.endpoint.path, self.question.path, release)


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

    def base_url(self, scope: Scope, headers: dict[bytes, bytes]) -> str | None:
        """Return the URL of `/` as the client sees it, None where it cannot be told."""
        host = headers.get(b"host", b"").decode("latin-1")
        scheme, said = scope["scheme"], headers.get(b"x-forwarded-proto", b"").decode("latin-1")
        if not is_host(host) or (said and self.trusted_proxies and not are_schemes(said)):
            return None
        schemes = parse_list_header(said) if self.trusted_proxies else []
        if 0 < self.trusted_proxies <= len(schemes):
            scheme = schemes[-self.trusted_proxies]
        return base_url(scheme, host)

    def read(self, scope: Scope, headers: dict[bytes, bytes], request_id: bytes) -> Asked | None:
        """Return the question, or None where only Flask can tell what is asked, or refuse it."""
        path, query = scope["raw_path"], scope["query_string"]
        root = self.base_url(scope, headers)
        if root is None or len(path) + len(query) > LONGEST or not query.isascii():
            return None
        if any(len(values) > 1 for values in asked_for(query).values()):
            return None  # for one parameter a fault, for another a list
        found = routed(self.app, path)
        if found is None:
            return None

        def header(name: str) -> str | None:
            given = headers.get(name.encode())
            return None if given is None else given.decode("latin-1")

        try:
            question = read_question(
                found.endpoint.forms,
                found.arguments,
                found.path,
                query,
                header,
                root,
                request_id.decode(),
                scope["method"] == "HEAD",
            )
        except ProblemError:
            return None
        if isinstance(question.form, Format | Text):  # kept whole, whatever the client has of it
            question = question._replace(is_head=False, match=None, since=None)
        coding = question.coding and question.coding.name
        key = (path, question.query(), question.form.media_type, coding, root)
        return Asked(found.endpoint, question, key)


@lru_cache(maxsize=1000)
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

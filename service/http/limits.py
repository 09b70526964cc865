"""What is refused before a view runs: a wrong Host, long request lines, bodies, and broken text."""

from flask import Flask, request

from schemas.faults import Fault, shown
from service.problems import ProblemError, wrong_parameters

from .host import SCHEMES, is_host

MAX_REQUEST_LINE = 4000
MAX_BODY = 4096  # nothing reads a body; clients that send a small one by habit are let through


def init_app(app: Flask) -> None:
    app.before_request(refuse_unaddressed)
    app.before_request(refuse_large)
    app.before_request(refuse_unreadable)


def refuse_unaddressed() -> None:
    """Refuse a request that does not say where links are to lead (RFC 9112, 3.2)."""
    host, scheme = request.environ.get("HTTP_HOST"), request.scheme
    if host is None and request.environ.get("SERVER_PROTOCOL") != "HTTP/1.0":
        raise wrong_header("Host", "The Host header is missing. HTTP/1.1 requires it.")
    if host is not None and not is_host(host):
        raise wrong_header(
            "Host",
            f"The Host header is {shown(host)}, which is not a host name or an IP address with an "
            "optional port, such as example.org, 127.0.0.1:8000 or [::1]:8000.",
        )
    if scheme.lower() not in SCHEMES:
        raise wrong_header(
            "X-Forwarded-Proto",
            f"The X-Forwarded-Proto header is {shown(scheme)}, which is not http or https.",
            SCHEMES,
        )


def wrong_header(name: str, detail: str, allowed: tuple[str, ...] = ()) -> ProblemError:
    fault = Fault("invalid_value", detail, allowed)
    return ProblemError("bad_request", detail, [("header", name, fault)])


def refuse_large() -> None:
    target = request.environ.get("RAW_URI") or request.full_path
    size = len(f"{request.method} {target} HTTP/1.1".encode("utf-8", "surrogateescape"))
    if size > MAX_REQUEST_LINE:
        raise ProblemError(
            "uri_too_long", f"The request line has {size} bytes, over {MAX_REQUEST_LINE}."
        )
    if "HTTP_TRANSFER_ENCODING" in request.environ:
        raise ProblemError("content_too_large", "The request carries a body of unknown length.")
    if (request.content_length or 0) > MAX_BODY:
        raise ProblemError(
            "content_too_large", f"The request carries {request.content_length} bytes of body."
        )


def refuse_unreadable() -> None:
    """Refuse a query string with raw bytes that are not UTF-8, which Werkzeug cannot read.

    gunicorn lets none through; another server may.
    """
    for part in request.query_string.split(b"&"):
        try:
            part.decode()
        except UnicodeDecodeError:
            name = part.partition(b"=")[0].decode("utf-8", "replace")
            raise wrong_parameters(
                [("query", name, Fault("invalid_value", "It is not in UTF-8."))]
            ) from None

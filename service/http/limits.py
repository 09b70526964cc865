"""What is refused before a view runs: long request lines, bodies, and bytes that are no text."""

from flask import Flask, request

from schemas.faults import Fault

from .problems import ProblemError, wrong_parameters

MAX_REQUEST_LINE = 4000
MAX_BODY = 4096  # nothing reads a body; clients that send a small one by habit are let through


def init_app(app: Flask) -> None:
    app.before_request(refuse_large)
    app.before_request(refuse_unreadable)


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

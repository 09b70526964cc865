"""Headers that every answer carries, errors and preflight included."""

from flask import Flask, Response, request

from . import request_id

EXPOSED = (
    "Link, ETag, Last-Modified, Retry-After, RateLimit, RateLimit-Policy, Deprecation, Sunset, "
    "Content-Disposition, X-Request-Id, X-Data-Release, X-API-Version"
)


def init_app(app: Flask) -> None:
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = EXPOSED
    headers[request_id.HEADER] = request_id.request_id()
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Vary", "Accept, Accept-Encoding")
    if response.status_code >= 400:
        headers["Cache-Control"] = "no-store"
    if request.method == "OPTIONS" and response.status_code < 400:
        answer_preflight(response)
    return response


def answer_preflight(response: Response) -> None:
    """Turn Flask's own answer to OPTIONS, which knows what the path allows, into a 204."""
    response.status_code = 204
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = request.headers.get(
        "Access-Control-Request-Headers", "Accept, If-None-Match, If-Modified-Since, X-Request-Id"
    )
    response.headers["Access-Control-Max-Age"] = "86400"
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers.pop("Content-Type", None)

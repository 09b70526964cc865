"""Headers that every answer carries, errors and preflight included; a 304 without its body's."""

from flask import Flask, Response, request

from .request_id import HEADER, request_id

# Any page may read us and all of our headers, with no credentials: there are none.
SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "*",
    "Vary": "Accept, Accept-Encoding",
}
# A body is data: no browser may run it, guess its type or frame it.
GUARDED = {"X-Content-Type-Options": "nosniff"}
POLICY_HEADER, POLICY = "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"
# Of a page, which leads elsewhere.
REFERRER_HEADER = "Referrer-Policy"
# A 304 has no body, and leaves with the client what it was told of the one that it keeps.
OF_A_BODY = (*GUARDED, POLICY_HEADER, REFERRER_HEADER)


def init_app(app: Flask) -> None:
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    headers, present = response.headers, set(response.headers.keys())
    # Added, not set: nobody else sets them, and to set one all are looked through.
    headers.extend([*SHARED.items(), (HEADER, request_id())])
    if response.status_code == 304:
        for name in OF_A_BODY:
            headers.pop(name, None)
    else:
        headers.extend(GUARDED)
        if POLICY_HEADER not in present:
            headers.add(POLICY_HEADER, POLICY)
    if response.status_code >= 400:
        headers["Cache-Control"] = "no-store"
    if "Allow" in present:
        headers["Allow"] = ", ".join(sorted(response.allow))
    if request.method == "OPTIONS" and response.status_code < 400:
        answer_preflight(response)
    return response


def answer_preflight(response: Response) -> None:
    """Turn Flask's own answer to OPTIONS, which knows what the path allows, into a 204."""
    response.status_code = 204
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "*"
    response.headers["Access-Control-Max-Age"] = "86400"
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers.pop("Content-Type", None)

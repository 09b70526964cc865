"""The id of a request: the client's own where it is a plain one, else a new one."""

import re
from os import urandom

from flask import request

HEADER = "X-Request-Id"
KEPT = "burdenshare.request_id"
PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id() -> str:
    """Return the id of the current request, the same at every call.

    It is kept in the environment of the request: unlike Flask's `g`, that is never shared.
    """
    environ = request.environ
    if KEPT not in environ:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        environ[KEPT] = given if PLAIN.fullmatch(given) else urandom(16).hex()
    return str(environ[KEPT])

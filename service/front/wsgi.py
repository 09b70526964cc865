"""Flask in threads behind an event loop: what a request of ASGI is in WSGI, and an answer back.

The adapters in the registries hand every part of an answer from thread to loop; here an answer
that is known to be short comes whole, which is one change of threads instead of four.
"""

import sys
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask

from service.http.answer import Answer
from service.http.host import is_host

from .entries import Headers
from .reading import Scope

# An answer of up to this many bytes is made in one go.
SHORT = 2**20


def ask_flask(app: Flask, scope: Scope, answer: Answer) -> None:
    """Run the application, in a thread that it may keep waiting, and fill in its answer."""
    started: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], failure: Any = None) -> Any:
        started[:] = (status, headers)
        return lambda data: None

    environ = environ_of(scope)
    chunks = app(environ, start)
    answer.close = getattr(chunks, "close", answer.close)
    status, answer.fields = started
    answer.status = int(status[:3])
    if environ["REQUEST_METHOD"] == "HEAD" or is_short(answer):
        try:
            answer.body = b"".join(chunks)
        finally:
            answer.close()
    else:
        answer.parts = iter(chunks)


def as_fields(headers: Iterable[tuple[str, str]]) -> Headers:
    """Return the fields of a head as ASGI has them."""
    fields: Headers = []
    for name, value in headers:
        fields.append((field_name(name), value.encode("latin-1")))
    return fields


@cache
def field_name(name: str) -> bytes:
    """Return the name of a field as ASGI has it. There are few that we send."""
    return name.lower().encode("latin-1")


def is_short(answer: Answer) -> bool:
    lengths = [value for name, value in answer.fields if name.lower() == "content-length"]
    return answer.status == 304 or any(int(length) <= SHORT for length in lengths)


def environ_of(scope: Scope) -> dict[str, Any]:
    """Return what PEP 3333 asks for. A body is left unread: nothing here takes one."""
    authority, path = split_target(scope["raw_path"])
    query = scope["query_string"].decode("latin-1")
    client = scope["client"] or ("", 0)
    # Of the path of a Unix socket gunicorn makes a host and a port of a letter each.
    server = scope["server"] or ("", 0)
    server = server if isinstance(server[1], int) else ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope["root_path"],
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": path.decode("latin-1") + (f"?{query}" if query else ""),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    if authority and is_host(environ.get("HTTP_HOST", "")):  # a wrong Host stays to be refused
        environ["HTTP_HOST"] = authority.decode("latin-1")
    return environ


def split_target(target: bytes) -> tuple[bytes, bytes]:
    """Return the authority and the path of a request's target.

    The target may be a whole URI, whose authority then counts instead of Host (RFC 9112, 3.2.2).
    """
    if target.startswith(b"/") or b"://" not in target:
        return b"", target
    authority, _, path = target.partition(b"://")[2].partition(b"/")
    return authority, b"/" + path

"""`GET http://host` asks for the root (RFC 9110, 4.2.3): no redirect is needed to say so."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class EmptyPath:
    """WSGI middleware that reads an empty path as `/`."""

    def __init__(self, inner: "WSGIApplication") -> None:
        self.inner = inner

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        environ["PATH_INFO"] = environ.get("PATH_INFO") or "/"
        return self.inner(environ, start_response)


def init_app(app: Flask) -> None:
    app.wsgi_app = EmptyPath(app.wsgi_app)  # type: ignore[method-assign]

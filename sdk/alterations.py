"""The service as it may be one day, and as it must never be: a proxy that changes its answers."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from .asking import ask

Change = Callable[[dict[str, Any]], dict[str, Any]]


def grown(row: dict[str, Any]) -> dict[str, Any]:
    """Add a field that no client knows: within version 1 answers may grow."""
    return row | {"added_later": {"nothing": None, "several": [1, 2.5, "text"]}}


def with_a_string(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if name == "equipment_share_pct" and value is not None else value
        for name, value in row.items()
    }


def without_a_key(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "currency"}


# Both are of fields that no scenario reads, so that what catches them is the client's own types.
FAULTS: dict[str, Change] = {
    "a number as a string": with_a_string,
    "a dropped key": without_a_key,
}


def change_all(body: Any, change: Change) -> Any:
    """Change every object of a body, the outermost included."""
    if isinstance(body, list):
        return [change_all(item, change) for item in body]
    if isinstance(body, dict):
        return change({name: change_all(value, change) for name, value in body.items()})
    return body


@contextmanager
def altered(origin: str, change: Change) -> Iterator[str]:
    """Serve what the service at `origin` answers, changed; return the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = ask(origin + self.path)
            body = json.dumps(change_all(answer.body, change)).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()

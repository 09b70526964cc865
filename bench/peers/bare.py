"""What the workers do with nothing behind them: constant bytes, by WSGI, by ASGI and by Flask."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

BODIES = {
    f"/{path.stem}": path.read_bytes() for path in Path(os.environ["BENCH_STATIC"]).glob("*.json")
}
MEDIA_TYPE = "application/json"

flask = Flask(__name__)


@flask.get("/<size>")
def constant(size: str) -> Response:
    return Response(BODIES[request.path], mimetype=MEDIA_TYPE)


def wsgi(environment: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    body = BODIES[environment["PATH_INFO"]]
    start_response("200 OK", [("Content-Type", MEDIA_TYPE), ("Content-Length", str(len(body)))])
    return [body]


async def asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    body = BODIES[scope["path"]]
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""What the workers do with nothing behind them: constant bytes, by WSGI, by ASGI and by Flask."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

MEDIA_TYPE = "application/json"
BODIES, HEADS = {}, {}
for file in Path(os.environ["BENCH_STATIC"]).glob("*.json"):
    name, body = f"/{file.stem}", file.read_bytes()
    BODIES[name] = body
    HEADS[name] = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    if (head := file.with_suffix(".head")).is_file():
        pairs = json.loads(head.read_text("utf-8"))
        HEADS[name] = [(field.encode("latin-1"), value.encode("latin-1")) for field, value in pairs]

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
    path = scope["path"]
    await send({"type": "http.response.start", "status": 200, "headers": HEADS[path]})
    await send({"type": "http.response.body", "body": BODIES[path]})

"""gunicorn's asgi worker with nothing behind it: the service's answers as constant bytes."""

import json
import os
from pathlib import Path
from typing import Any

BODIES, HEADS = {}, {}
for file in Path(os.environ["BENCH_ANSWERED"]).glob("*.json"):
    name = f"/{file.stem}"
    BODIES[name] = file.read_bytes()
    pairs = json.loads(file.with_suffix(".head").read_text("utf-8"))
    HEADS[name] = [(field.encode("latin-1"), value.encode("latin-1")) for field, value in pairs]


async def asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    path = scope["path"]
    await send({"type": "http.response.start", "status": 200, "headers": HEADS[path]})
    await send({"type": "http.response.body", "body": BODIES[path]})

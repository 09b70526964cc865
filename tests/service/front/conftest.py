"""The front in this process, asked as gunicorn asks it."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from flask import Flask, request_started

from service.front.application import Front
from service.http.answer import Answer as Made


class Answer(NamedTuple):
    """What was sent: the status, the headers with those given twice joined, the body.

    `is_whole` is false where the end of the body was never sent.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    is_whole: bool

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lasting(self) -> tuple[int, dict[str, str], bytes]:
        """Return the answer without what is each request's own."""
        own = ("x-request-id", "date", "ratelimit")
        kept = {name: value for name, value in self.headers.items() if name not in own}
        return self.status, kept, self.body


class Client:
    """Asks a front, many requests at once if need be, and counts what is made for them.

    `direct` are those of the answers that an endpoint made without Flask.
    """

    def __init__(self, front: Front) -> None:
        self.front = front
        self.asked = 0
        self.direct = 0

    def get(self, target: str, /, **headers: str) -> Answer:
        return asyncio.run(self.send(target, headers))

    def head(self, target: str, /, **headers: str) -> Answer:
        return asyncio.run(self.send(target, headers, method="HEAD"))

    async def send(
        self,
        target: str,
        headers: dict[str, str] | None = None,
        method: str = "GET",
        more: tuple[tuple[bytes, bytes], ...] = (),
    ) -> Answer:
        path, _, query = target.encode("latin-1").partition(b"?")
        named = [(b"host", b"localhost")]
        named += [(name.replace("_", "-").encode(), value.encode()) for name, value in (headers or {}).items()]  # fmt: skip
        scope = {
            "type": "http",
            "method": method,
            "raw_path": path,
            "query_string": query,
            "headers": [*named, *more],
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 50000),
        }
        sent: list[Any] = []

        async def receive() -> Any:
            await asyncio.sleep(3600)

        async def send(message: Any) -> None:
            sent.append(message)

        await self.front(scope, receive, send)
        start, *parts = sent
        found: dict[str, str] = {}
        for name, value in start["headers"]:
            key, text = name.decode(), value.decode("latin-1")
            found[key] = f"{found[key]}, {text}" if key in found else text
        return Answer(
            start["status"],
            found,
            b"".join(part["body"] for part in parts),
            not parts[-1].get("more_body", False),
        )


@contextmanager
def fronting(app: Flask) -> Iterator[Client]:
    """Stand before an application, whose database stays open afterwards."""
    front = Front(app)
    client = Client(front)

    def count(sender: Flask, **_: Any) -> None:
        client.asked += 1

    def asking(asked: Any, made: list[Made]) -> None:
        client.asked += 1
        client.direct += 1
        ask(asked, made)

    ask = front.ask
    with request_started.connected_to(count, app), patch.object(front, "ask", asking):
        front.watch.start()
        try:
            deadline = time.monotonic() + 10
            while front.watch.version is None and time.monotonic() < deadline:
                time.sleep(0.01)
            yield client
        finally:
            front.watch.stop()
            front.threads.shutdown()
            front.going_on.shutdown()


@pytest.fixture
def front(app: Flask) -> Iterator[Client]:
    with fronting(app) as client:
        yield client

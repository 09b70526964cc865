"""Requests as bytes, and their answers: what no client library would send."""

import re
from typing import NamedTuple

from .conftest import Service

BODILESS = (204, 304)


class RawAnswer(NamedTuple):
    """The status line, the fields of the head in lower case, the body."""

    line: str
    fields: dict[str, str]
    body: bytes

    @property
    def status(self) -> int:
        return int(self.line.split(" ")[1])

    @property
    def is_problem(self) -> bool:
        return self.fields.get("content-type") == "application/problem+json"


def ask(
    service: Service,
    target: str,
    *fields: str,
    method: str = "GET",
    host: str | None = "localhost",
    version: str = "1.1",
) -> RawAnswer:
    """Send one request in Latin-1 on a connection of its own, and read its answer."""
    lines = [f"{method} {target} HTTP/{version}", *fields]
    if host is not None:
        lines.insert(1, f"Host: {host}")
    with service.connect() as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        received = b""
        while not is_whole(received, method):
            part = connection.recv(2**16)
            if not part:
                break
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    pairs = (one.partition(":") for one in rest)
    found = {name.lower(): value.strip() for name, _, value in pairs}
    if found.get("transfer-encoding") == "chunked":
        body = unchunked(body)
    return RawAnswer(line, found, body)


def is_whole(received: bytes, method: str) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return False
    if method == "HEAD" or int(head.split(b" ")[1]) in BODILESS:
        return True
    if length := re.search(rb"(?i)\r\ncontent-length: (\d+)", head):
        return len(body) >= int(length[1])
    return re.search(rb"(?i)\r\ntransfer-encoding: chunked", head) is not None and body.endswith(
        b"0\r\n\r\n"
    )


def unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        whole, body = whole + rest[:length], rest[length + 2 :] if length else b""
    return whole

"""Asks two running versions the same, and tells where their answers differ."""

import http.client
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlsplit

from .requests import Request

# What may differ between two versions that answer alike, each with its reason.
MAY_DIFFER = {
    "date": "the moment of the answer",
    "age": "how long ago a worker last heard of the data",
    "x-request-id": "made for each request, unless the client gives one",
    "server": "gunicorn's own",
    "connection": "between a client and a server alone",
    "keep-alive": "between a client and a server alone",
    "transfer-encoding": "how the server cuts a body that comes in parts",
    "content-length": "given for a file only once it is cached; bodies are compared themselves",
}
# Given with each request, so that problems name the same one.
REQUEST_ID = "recording"
CLIENTS = 4
TIMEOUT_S = 60


class Answer(NamedTuple):
    """An answer without what may differ."""

    status: int
    headers: dict[str, str]
    body: bytes


class Difference(NamedTuple):
    """A request that two versions answer differently."""

    request: Request
    what: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.request}\n  {self.what}\n    old: {self.old}\n    new: {self.new}"


def compare(old: str, new: str, requests: Iterable[Request]) -> Iterator[Difference | None]:
    """Yield for each request the first difference, or None. Raises OSError where nobody answers."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        yield from clients.map(lambda request: compare_one(old, new, request), requests)


def compare_one(old: str, new: str, request: Request) -> Difference | None:
    before, after = ask(old, request), ask(new, request)
    found = next(differences(before, after), None)
    return None if found is None else Difference(request, *found)


def differences(old: Answer, new: Answer) -> Iterator[tuple[str, str, str]]:
    if old.status != new.status:
        yield "status", str(old.status), str(new.status)
    for name in sorted({*old.headers, *new.headers} - MAY_DIFFER.keys()):
        if old.headers.get(name) != new.headers.get(name):
            yield name, old.headers.get(name, "none"), new.headers.get(name, "none")
    if old.body != new.body:
        yield "body", *around_first_difference(old.body, new.body)


def around_first_difference(old: bytes, new: bytes) -> tuple[str, str]:
    """Return some of both bodies, from shortly before the first byte that differs."""
    shorter = min(len(old), len(new))
    at = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    begin = max(0, at - 40)
    return (
        f"{len(old)} bytes, from {begin}: {old[begin : at + 80]!r}",
        f"{len(new)} bytes, from {begin}: {new[begin : at + 80]!r}",
    )


def ask(url: str, request: Request) -> Answer:
    answer = send(url, request, dict(request.headers))
    if request.is_repeated and "etag" in answer.headers:
        return send(url, request, {"If-None-Match": answer.headers["etag"]})
    return answer


def send(url: str, request: Request, headers: dict[str, str]) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    # One name for both: some answers hold the address that they were asked at.
    common = {"Host": "recording.example", "X-Request-Id": REQUEST_ID}
    try:
        connection.request(request.method, request.path, headers=common | headers)
        response = connection.getresponse()
        fields = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, fields, response.read())
    finally:
        connection.close()

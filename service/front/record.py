"""Log lines and metrics of answers that Flask did not make: gathered, then written many at once."""

import asyncio
import json
import logging
import time
from collections import defaultdict
from itertools import count
from os import urandom

from prometheus_client import Counter

from service.http.log import log, write
from service.http.metrics import requests

from .entries import Entry

# How long a line or a count may wait.
EVERY_S = 0.2

again = Counter("burdenshare_cached_answers", "Answers given again from the cache.", ["route"])
spent = Counter(
    "burdenshare_cached_answer_seconds",
    "Seconds from reading a request to having its answer in the cache, summed.",
    ["route"],
)


class RequestIds:
    """Makes ids that no other worker makes: a random half, then a number."""

    def __init__(self) -> None:
        self.prefix = urandom(8).hex().encode()
        self.numbers = count(1)

    def __next__(self) -> bytes:
        return b"%b%016x" % (self.prefix, next(self.numbers))


class Record:
    """What there is to say of the answers since the last flush."""

    def __init__(self) -> None:
        self.is_logged = log.isEnabledFor(logging.INFO)
        self.lines: list[str] = []
        self.counts: dict[tuple[str, str, int], int] = defaultdict(int)
        self.seconds: dict[str, float] = defaultdict(float)
        self.is_due = False
        self.beginning, self.moment = "", 0

    def add(self, method: str, entry: Entry, status: int, request_id: bytes, began: float) -> None:
        elapsed = time.monotonic() - began
        self.counts[method, entry.route, status] += 1
        self.seconds[entry.route] += elapsed
        if self.is_logged:
            self.lines.append(
                f'{self.now()}{request_id.decode()}", "method": "{method}", {entry.told}, '
                f'"status": {status}, "duration_ms": {elapsed * 1000:.3f}, "cached": true}}\n'
            )
        if not self.is_due:
            self.is_due = True
            asyncio.get_running_loop().call_later(EVERY_S, self.flush)

    def now(self) -> str:
        """Return how a line of this moment begins; the time is as in the log's other lines."""
        at = time.time_ns() // 1_000_000
        if at != self.moment:
            self.moment = at
            stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at // 1000))
            self.beginning = (
                f'{{"time": "{stamp},{at % 1000:03}", "level": "INFO", "message": "request", '
                '"request_id": "'
            )
        return self.beginning

    def flush(self) -> None:
        self.is_due = False
        if self.lines:
            write(self.lines)
            self.lines.clear()
        for (method, route, status), number in self.counts.items():
            requests.labels(method, route, status).inc(number)
            again.labels(route).inc(number)
        for route, seconds in self.seconds.items():
            spent.labels(route).inc(seconds)
        self.counts.clear()
        self.seconds.clear()


def told_of(route: str, path: str, release: str | None) -> str:
    """Return what each line about an answer has in common, as a part of a JSON object."""
    common = {"route": route, "path": path[:200], "release": release}
    return json.dumps(common)[1:-1]

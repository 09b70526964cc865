"""Log lines and metrics of answers without Flask: gathered, then written many at once."""

import asyncio
import json
import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from os import urandom

from prometheus_client import Counter

from service.http.log import log, moment, write
from service.http.metrics import requested, taken

from .entries import Entry

# How long a line or a count may wait.
EVERY_S = 0.1

again = Counter("burdenshare_cached_answers", "Answers given again from the cache.", ["route"])
spent = Counter(
    "burdenshare_cached_answer_seconds",
    "Seconds from reading a request to having its answer in the cache, summed.",
    ["route"],
)


# When in ns, how many seconds it took, method, status, request id, route, what all its lines say,
# whether it was made for this request.
# Not the entry: what holds only strings and numbers is nothing to the collector of garbage.
Answered = tuple[int, float, str, int, bytes, str, str, bool]


CACHED = ', "cached": true'


def request_ids() -> Iterator[bytes]:
    """Yield ids that no other worker makes: a random half, then a number."""
    return map((urandom(8).hex().encode() + b"%016x").__mod__, count(1))


class Record:
    """What there is to say of the answers since the last flush."""

    def __init__(self) -> None:
        self.is_logged = log.isEnabledFor(logging.INFO)
        self.answered: list[Answered] = []

    def add(
        self,
        method: str,
        entry: Entry,
        status: int,
        request_id: bytes,
        began: float,
        is_new: bool,
    ) -> None:
        elapsed = time.monotonic() - began
        if not self.answered:
            asyncio.get_running_loop().call_later(EVERY_S, self.flush)
        self.answered.append(
            (time.time_ns(), elapsed, method, status, request_id, entry.route, entry.told, is_new)
        )

    def flush(self) -> None:
        answered, self.answered = self.answered, []
        counts: dict[tuple[str, str, int], int] = defaultdict(int)
        seconds: dict[str, float] = defaultdict(float)
        cached: dict[str, int] = defaultdict(int)
        for _, elapsed, method, status, _, route, _, is_new in answered:
            counts[method, route, status] += 1
            if is_new:
                taken(route).observe(elapsed)
            else:
                cached[route] += 1
                seconds[route] += elapsed
        for (method, route, status), number in counts.items():
            requested(method, route, status).inc(number)
        for route, number in cached.items():
            again.labels(route).inc(number)
            spent.labels(route).inc(seconds[route])
        if self.is_logged:
            write(list(lines(answered)))


def lines(answered: list[Answered]) -> Iterator[str]:
    """Yield a line of the log for each answer."""
    for at, elapsed, method, status, request_id, _, told, is_new in answered:
        yield (
            f'{{"time": "{moment(at // 1_000_000)}", "level": "INFO", "message": "request", '
            f'"request_id": "{request_id.decode()}", "method": "{method}", {told}, '
            f'"status": {status}, "duration_ms": {elapsed * 1000:.3f}'
            f"{'' if is_new else CACHED}}}\n"
        )


@lru_cache(1000)
def told_of(route: str, path: str, release: str | None) -> str:
    """Return what each line about an answer has in common, as a part of a JSON object."""
    common = {"route": route, "path": path[:200], "release": release}
    return json.dumps(common)[1:-1]

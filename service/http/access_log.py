"""The log line and the counts of each answer, whichever way it went out."""

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import nullcontext, suppress
from functools import lru_cache
from logging import INFO, StreamHandler
from typing import NamedTuple

from . import metrics
from .log import log

CACHED = ', "cached": true'


class Answered(NamedTuple):
    """An answer that was sent. It holds strings and numbers alone, so the collector of garbage
    need not look into it.
    """

    at_ns: int
    elapsed_s: float
    method: str
    status: int
    request_id: str
    route: str
    common: str  # what all lines about the same answer say, as a part of a JSON object
    is_cached: bool


def record(answered: Iterable[Answered]) -> None:
    """Count answers, and write a line of the log for each."""
    counts: dict[tuple[str, str, int], int] = defaultdict(int)
    seconds: dict[str, list[float]] = defaultdict(list)
    for one in answered:
        method = one.method if one.method in metrics.METHODS else "other"
        counts[method, one.route, one.status] += 1
        if one.is_cached:
            seconds[one.route].append(one.elapsed_s)
        else:
            metrics.taken(one.route).observe(one.elapsed_s)
    for (method, route, status), number in counts.items():
        metrics.requested(method, route, status).inc(number)
    for route, elapsed in seconds.items():
        metrics.count_cached(route, len(elapsed), sum(elapsed))
    if log.isEnabledFor(INFO):
        write(lines(answered))


def lines(answered: Iterable[Answered]) -> Iterator[str]:
    for one in answered:
        yield (
            f'{{"time": "{moment(one.at_ns // 1_000_000)}", "level": "INFO", "message": "request", '
            f'"request_id": "{one.request_id}", "method": "{one.method}", {one.common}, '
            f'"status": {one.status}, "duration_ms": {one.elapsed_s * 1000:.3f}'
            f"{CACHED if one.is_cached else ''}}}\n"
        )


def write(lines: Iterable[str]) -> None:
    """Write lines that are made already to where the others go.

    A full disk or a closed pipe loses them, as with the logging module, and fails no request.
    """
    text = "".join(lines)
    for handler in log.handlers:
        if isinstance(handler, StreamHandler):
            with handler.lock or nullcontext(), suppress(OSError):
                handler.stream.write(text)
                handler.stream.flush()


@lru_cache(1000)
def common_part(route: str, path: str, release: str | None) -> str:
    """Return what each line about an answer has in common, as a part of a JSON object."""
    return json.dumps({"route": route, "path": path[:200], "release": release})[1:-1]


@lru_cache(maxsize=2)
def moment(at: int) -> str:
    """Return an instant, in ms, as the logging module writes it."""
    whole, part = divmod(at, 1000)
    return f"{second(whole)},{part:03}"


@lru_cache(maxsize=2)
def second(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))

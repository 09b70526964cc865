"""Answers of the front, gathered to be logged and counted many at once."""

import asyncio
import time
from collections.abc import Iterator
from itertools import count
from os import urandom

from service.http.access_log import Answered, record

# How long a line or a count may wait.
EVERY_S = 0.1


def request_ids() -> Iterator[bytes]:
    """Yield ids that no other worker makes: a random half, then a number."""
    return map((urandom(8).hex().encode() + b"%016x").__mod__, count(1))


class Record:
    """The answers since the last flush."""

    def __init__(self) -> None:
        self.answered: list[Answered] = []

    def add(
        self,
        method: str,
        route: str,
        common: str,
        status: int,
        request_id: bytes,
        began: float,
        is_cached: bool,
    ) -> None:
        elapsed = time.monotonic() - began
        if not self.answered:
            asyncio.get_running_loop().call_later(EVERY_S, self.flush)
        self.answered.append(
            Answered(
                time.time_ns(),
                elapsed,
                method,
                status,
                request_id.decode(),
                route,
                common,
                is_cached,
            )
        )

    def flush(self) -> None:
        answered, self.answered = self.answered, []
        record(answered)

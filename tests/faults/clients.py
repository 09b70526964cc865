"""Many clients at once, bounded in number and time."""

import http.client
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from .conftest import Answer, Service

# A page, a row and the whole table: what people ask for, the last two never the same twice, so that
# they need the database.
PATHS = (
    "/v1/members/POL",
    "/v1/spending-years?year=2024&share_gdp_pct_gte=2&share_gdp_pct_lte={number}",
    "/v1/spending-years?member=EST&share_gdp_pct_lte={number}",
)


class Exchange(NamedTuple):
    """One request: when it was sent and answered, and with what."""

    path: str
    sent_at: float
    done_at: float
    answer: Answer | None
    error: Exception | None


class Crowd:
    """Clients that ask again and again, each on a connection of its own, until told to stop."""

    def __init__(self, service: Service, size: int) -> None:
        self.service = service
        self.exchanges: list[Exchange] = []
        self.is_over = threading.Event()
        self.numbers = itertools.count(20)
        self.threads = [threading.Thread(target=self.ask, args=(at,)) for at in range(size)]

    def ask(self, at: int) -> None:
        while not self.is_over.is_set():
            path = PATHS[at % len(PATHS)].format(number=next(self.numbers))
            sent_at, answer = time.monotonic(), None
            error: Exception | None = None
            try:
                answer = self.service.get(path)
            except (OSError, http.client.HTTPException) as raised:
                error = raised
            self.exchanges.append(Exchange(path, sent_at, time.monotonic(), answer, error))
            if error is not None:
                self.is_over.wait(0.05)

    def sent_between(self, start: float, end: float) -> list[Exchange]:
        return [one for one in self.exchanges if start <= one.sent_at < end]


@contextmanager
def crowd(service: Service, size: int) -> Iterator[Crowd]:
    clients = Crowd(service, size)
    for thread in clients.threads:
        thread.start()
    try:
        yield clients
    finally:
        clients.is_over.set()
        for thread in clients.threads:
            thread.join(40)

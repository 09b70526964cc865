"""A load in the middle of ten thousand requests: each answer is of the old revision or the new."""

import hashlib
import http.client
import itertools
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from importers.load import load
from service.storage.embedded import EmbeddedServer

from ..conftest import DATA, made_database
from .conftest import Service, running

NEWEST = "nato-2026-07-10"
REQUESTS = 10_000
CLIENTS = 16
URLS = (
    "/v1",
    "/v1/releases",
    "/v1/spending-years?year=2024&share_gdp_pct_gte=2",
    "/v1/spending-years?member=POL",
    "/v1/spending-years.csv?year=2023",
    "/v1/targets/wales-2014-spending/assessments?year=2024",
    "/v1/rankings?year=2024",
)


class Seen(NamedTuple):
    """An answer: when it was asked for, its status and ETag, and what its body hashes to."""

    sent_at: float
    status: int
    etag: str | None
    body: str


def test_no_answer_is_a_mix_of_two_revisions(postgres: EmbeddedServer, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    shutil.move(data / "releases" / NEWEST, tmp_path / NEWEST)
    with made_database(postgres.url) as url:
        load(url, data)
        with running({"DATABASE_URL": url}, tmp_path) as service:
            old = ask_all(service)
            seen, loaded_at = ask_on_and_on(service, lambda: add(url, data, tmp_path / NEWEST))
            new = ask_all(service)
    assert sum(map(len, seen.values())) >= REQUESTS
    for path, answers in seen.items():
        before, after = old[path][1:], new[path][1:]
        assert before[1] != after[1]
        assert before[2] != after[2]
        assert {answer[1:] for answer in answers} == {before, after}
        late = [answer for answer in answers if answer.sent_at > loaded_at + 1]
        assert {answer[1:] for answer in late} == {after}


def add(url: str, data: Path, release: Path) -> None:
    shutil.move(release, data / "releases" / release.name)
    load(url, data)


def ask_on_and_on(service: Service, change: Callable[[], None]) -> tuple[dict[str, list[Seen]], float]:  # fmt: skip
    """Let clients ask for all URLs in turn; change something meanwhile, and say when it was done.

    They go on for two seconds after it, and until there are as many requests as there ought to be.
    """
    seen: dict[str, list[Seen]] = defaultdict(list)
    numbers, is_over = itertools.count(), threading.Event()

    def read() -> None:
        with connection(service) as kept:
            for number in numbers:
                if is_over.is_set() and number > REQUESTS:
                    return
                path = URLS[number % len(URLS)]
                seen[path].append(ask(kept, path))

    threads = [threading.Thread(target=read) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    change()
    changed_at = time.monotonic()
    time.sleep(2)
    is_over.set()
    for thread in threads:
        thread.join(120)
    return seen, changed_at


def connection(service: Service) -> closing[http.client.HTTPConnection]:
    return closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=20))


def ask_all(service: Service) -> dict[str, Seen]:
    with connection(service) as kept:
        return {path: ask(kept, path) for path in URLS}


def ask(kept: http.client.HTTPConnection, path: str) -> Seen:
    sent_at = time.monotonic()
    kept.request("GET", path)
    response = kept.getresponse()
    body = response.read()
    return Seen(
        sent_at, response.status, response.headers["ETag"], hashlib.sha256(body).hexdigest()
    )

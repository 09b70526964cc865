"""Readers who ask on and on while something is loaded, and what they saw."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask

from service import create_app
from service.config import Config

ROOT = Path(__file__).parents[2]
READERS = 3

URLS = (
    "/v1",
    "/v1/releases",
    "/v1/spending-years?year=2023",
    "/v1/observations?indicator=share_gdp_pct",
    "/v1/aggregates?year=2023",
    "/v1/targets/wales-2014-spending/assessments?year=2023",
)


class Answer(NamedTuple):
    """What has to be wholly of one revision; of a problem all but the request's id."""

    status: int
    etag: str | None
    release: str | None
    body: Any


State = dict[str, Answer]


def ask(app: Flask, url: str) -> Answer:
    answer = app.test_client().get(url)
    body = json.loads(answer.data)
    body.pop("request_id", None)
    headers = answer.headers
    return Answer(answer.status_code, headers.get("ETag"), headers.get("X-Data-Release"), body)


def state(app: Flask, urls: tuple[str, ...] = URLS) -> State:
    return {url: ask(app, url) for url in urls}


@contextmanager
def serving(url: str) -> Iterator[Flask]:
    app = create_app(Config(database_url=url))
    yield app
    app.extensions["database"].close()


class Readers:
    """Threads that each ask for all URLs in turn, until they are stopped."""

    def __init__(self, app: Flask, urls: tuple[str, ...]) -> None:
        self.app, self.urls = app, urls
        self.seen: list[list[tuple[str, Answer]]] = [[] for _ in range(READERS)]
        self.failed: list[Exception] = []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.read, args=(seen,)) for seen in self.seen]

    def read(self, seen: list[tuple[str, Answer]]) -> None:
        try:
            while not self.stop.is_set():
                seen += [(url, ask(self.app, url)) for url in self.urls]
        except Exception as error:
            self.failed.append(error)

    def wait_for_rounds(self, rounds: int) -> None:
        """Wait until every reader has asked for everything anew."""
        goals = [len(seen) + rounds * len(self.urls) for seen in self.seen]
        while any(len(seen) < goal for seen, goal in zip(self.seen, goals, strict=True)):
            assert not self.failed, self.failed
            self.stop.wait(0.01)

    def assert_saw(self, *states: State) -> None:
        """Each answer is wholly of one state, and nobody goes back to an earlier one."""
        for seen in self.seen:
            indexes = [index_of(answer, url, states) for url, answer in seen]
            assert indexes == sorted(indexes)
            assert set(indexes) == set(range(len(states)))


def index_of(answer: Answer, url: str, states: tuple[State, ...]) -> int:
    found = [at for at, known in enumerate(states) if known[url] == answer]
    assert len(found) == 1, f"{url} answered what belongs to {len(found)} of the states"
    return found[0]


@contextmanager
def reading(app: Flask, urls: tuple[str, ...] = URLS) -> Iterator[Readers]:
    readers = Readers(app, urls)
    for thread in readers.threads:
        thread.start()
    try:
        readers.wait_for_rounds(1)
        yield readers
        readers.wait_for_rounds(2)  # the first may have begun before
    finally:
        readers.stop.set()
        for thread in readers.threads:
            thread.join()
    assert not readers.failed, readers.failed


def command(url: str, *arguments: object) -> subprocess.Popen[str]:
    """Start `python -m importers releases …` on a database."""
    return subprocess.Popen(
        [sys.executable, "-m", "importers", "releases", *map(str, arguments)],
        cwd=ROOT,
        env={"DATABASE_URL": url, "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(url: str, *arguments: object) -> str:
    """Run `python -m importers releases …` to its good end; return what it says."""
    output, errors = (process := command(url, *arguments)).communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    return output

"""`python -m counting`: files, functions and calls of the project that a request runs.

Counted in a warm worker's front, in this process, with sys.setprofile: each call of a function
written in service/ or schemas/, comprehensions and generator expressions included, in every thread.
A generator counts once each time it goes on. Earlier requests of the same kind have filled the
caches: the first of a kind runs more, in a CSV file twice as many calls. Needs DATABASE_URL, or the
database of `make run`.
"""

import asyncio
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

from service import create_app
from service.__main__ import DEFAULT_DIRECTORY
from service.config import from_environment
from service.front.application import Front
from service.storage.embedded import EmbeddedServer, reachable_directory

ROOT = Path(__file__).parents[1]
OWN = tuple(str(ROOT / package) for package in ("service", "schemas"))
QUESTION = "/v1/spending-years?member=EST&year_gte=2014"


class Case(NamedTuple):
    """A request, and the most functions and calls that it is to run; None is no aim."""

    name: str
    target: str
    functions: int
    calls: int | None
    status: int = 200


CASES = (
    Case("cache hit", QUESTION, 6, 6),
    Case("miss", f"{QUESTION}&year_lte={{}}", 70, 100),
    Case("miss with as_of", f"{QUESTION}&year_lte={{}}&as_of=2025-01-01", 80, 120),
    Case("CSV", QUESTION.replace("?", ".csv?") + "&year_lte={}", 100, None),
    Case("a 400", f"{QUESTION}&memebr={{}}", 60, 90, 400),
)


class Counted(NamedTuple):
    """What a request ran."""

    files: int
    functions: int
    calls: int


class Profile:
    """Counts calls of the project's functions by their code."""

    def __init__(self) -> None:
        self.calls: Counter[CodeType] = Counter()

    def note(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(OWN):
            self.calls[frame.f_code] += 1

    def counted(self) -> Counted:
        files = {code.co_filename for code in self.calls}
        return Counted(len(files), len(self.calls), self.calls.total())


class Worker:
    """The front of a worker, asked as gunicorn asks it."""

    def __init__(self, front: Front) -> None:
        self.front = front

    async def ask(self, target: str) -> int:
        """Send a request, and return the status of its answer."""
        path, _, query = target.partition("?")
        status = 0

        async def receive() -> Any:
            await asyncio.sleep(60)

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)

        scope = {
            "type": "http",
            "method": "GET",
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost")],
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 50000),
        }
        await self.front(scope, receive, send)
        return status

    async def count(self, case: Case, profile: Profile) -> Counted:
        """Return the lowest count of several requests, once equal ones have warmed the worker.

        The log of earlier ones may be written during a request, and is then counted with it.
        """
        for year in range(2050, 2060):
            await self.ask(case.target.format(year))
        found = []
        for year in range(2060, 2065):
            profile.calls.clear()
            status = await self.ask(case.target.format(year))
            found.append(profile.counted())
            if status != case.status:
                sys.exit(f"error: {case.name} has the status {status}: load the data first")
        return min(found, key=lambda counted: counted.calls)


async def count_all(front: Front, profile: Profile) -> list[Counted]:
    """Count each case. Only threads that start from here on are counted: not the watch's."""
    deadline = time.monotonic() + 2
    while front.watch.version is None and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    threading.setprofile(profile.note)
    sys.setprofile(profile.note)
    try:
        return [await Worker(front).count(case, profile) for case in CASES]
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """Return the variables that name the database, bringing up that of `make run` without one."""
    with ExitStack() as started:
        if "DATABASE_URL" in os.environ:
            yield {"DATABASE_URL": os.environ["DATABASE_URL"]}
            return
        server = started.enter_context(EmbeddedServer(reachable_directory(DEFAULT_DIRECTORY)))
        yield {"DATABASE_URL": server.url, "DATABASE_READER_URL": server.reader_url}


def main() -> int:
    with database() as variables:
        front = Front(create_app(from_environment(variables | {"LOG_LEVEL": "WARNING"})))
        front.watch.start()
        try:
            found = asyncio.run(count_all(front, Profile()))
        finally:
            front.close()
    print(f"{'case':<18}{'files':>7}{'functions':>11}{'aim':>6}{'calls':>7}{'aim':>6}")
    for case, counted in zip(CASES, found, strict=True):
        print(
            f"{case.name:<18}{counted.files:>7}{counted.functions:>11}{case.functions:>6}"
            f"{counted.calls:>7}{case.calls or '-':>6}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

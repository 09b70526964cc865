"""Asks what is asked most of data of three sizes: `python -m bench.sizes SERVER_URL`.

Makes a database for each on the server, drops them at the end, and writes docs/growth.md.
"""

import platform
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import process_time_ns
from typing import Any

import psycopg
from flask.testing import FlaskClient
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from service import create_app
from service.config import Config

from . import ROOT
from .growth import GROWING, grow
from .plans import OF_ALL_RELEASES, QUESTIONS, explain, statements

SIZES = (1, 10, 100)
ROUNDS = 15

# Lists of which the first page is asked for, and one nine tenths down: of one release, and of all.
PAGED = {
    "a page": "/v1/observations?",
    "a page of what was revised": "/v1/revisions?indicator=share_gdp_pct&",
}

# All processor time is to be that of the one process that is watched.
ALONE = "-c max_parallel_workers_per_gather=0"

INTRODUCTION = """# Growth

What the commonest questions cost when there is 10 and 100 times the data: written by
`python -m bench.sizes SERVER_URL`, which copies every release (`bench/growth.py`) until there are
{releases} instead of {originals}. Most are answered from one of them, the last three and the pages
of what was revised from all; these, and what a release revised, also name in `meta` every release
that they are of. Of every page all rows are counted, for `meta.total`.

Milliseconds of processor time of the worker and of PostgreSQL together, for an answer that nothing
has cached: the median of {rounds} rounds, in each of which every size is asked in turn. Waiting is
not in it, so that other work on the machine disturbs less: there was some. {machine},
Python {python}, PostgreSQL {postgresql}.

| rows of | {sizes} |
|---|{rulers}|
{tables}

| question | {sizes} | 100 times : as it is |
|---|{rulers}|---|
{costs}
"""

PLANS = """
## Plans

How PostgreSQL finds the rows of each answer with 100 times the data, by the plan that it comes to
when the question is asked often. A test holds that no large table is read whole.
"""


@dataclass(frozen=True)
class Size:
    """The service on data of one size, and its one connection's process."""

    url: str
    client: FlaskClient
    backend: int

    def cost(self, path: str) -> float:
        """Ask, and return the processor time of the worker and of PostgreSQL in milliseconds."""
        self.client.get(path)  # what the worker keeps of a revision is of another size
        before = process_time_ns() + self.in_backend()
        answer = self.client.get(path)
        after = process_time_ns() + self.in_backend()
        assert answer.status_code == 200, path
        return (after - before) / 1e6

    def in_backend(self) -> int:
        return int(Path(f"/proc/{self.backend}/schedstat").read_text().split()[0])


@contextmanager
def made(server_url: str, times: int) -> Iterator[Size]:
    name = f"burdenshare_times_{times}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
        try:
            url = make_conninfo(server_url, dbname=name)
            grow(url, times)
            asked = make_conninfo(url, options=ALONE)
            app = create_app(Config(asked, pool_size=1, statement_timeout_ms=60_000))
            app.test_client().get("/v1")
            with app.extensions["database"].pool.connection() as lent:
                backend = lent.info.backend_pid
            yield Size(url, app.test_client(), backend)
            app.extensions["database"].close()
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def far_down(client: FlaskClient, listed: str) -> str:
    """Return the path of a page of 100 rows, nine tenths down the list."""
    first = client.get(f"{listed}limit=1").json
    assert first is not None
    step = min(10_000, first["meta"]["total"] // 10)
    path, seen = f"{listed}limit={step}", 0
    while True:
        answer = client.get(path).json
        assert answer is not None
        seen += answer["meta"]["count"]
        path = str(answer["links"]["next"])
        if seen > 0.8 * answer["meta"]["total"]:
            return path.replace(f"limit={step}", "limit=100")


def questions(size: Size) -> dict[str, str]:
    pages = {}
    for name, listed in PAGED.items():
        pages[f"{name}, the first"] = f"{listed}limit=100"
        pages[f"{name}, nine tenths down"] = far_down(size.client, listed)
    return QUESTIONS | pages | OF_ALL_RELEASES


def measured(sizes: list[Size]) -> Iterator[tuple[str, list[float]]]:
    """Yield each question with its median cost at each size."""
    asked = [questions(size) for size in sizes]
    for name in asked[0]:
        print(name, file=sys.stderr)
        for _ in range(6):  # by then PostgreSQL has decided on a plan
            rounds(sizes, [each[name] for each in asked])
        taken = [rounds(sizes, [each[name] for each in asked]) for _ in range(ROUNDS)]
        yield name, [statistics.median(costs) for costs in zip(*taken, strict=True)]


def rounds(sizes: list[Size], paths: list[str]) -> list[float]:
    return [size.cost(path) for size, path in zip(sizes, paths, strict=True)]


def counts(size: Size, tables: tuple[str, ...]) -> list[int]:
    with psycopg.connect(size.url) as connection:
        query = SQL("SELECT count(*) FROM {}")
        return [
            int(count)
            for table in tables
            for (count,) in connection.execute(query.format(Identifier(table)))
        ]


def plans(size: Size) -> Iterator[str]:
    """Yield the plan of what finds the rows of each answer, the longest of its statements."""
    with psycopg.connect(size.url) as connection:
        for name, path in (QUESTIONS | OF_ALL_RELEASES).items():
            longest = max(statements(size.client, path), key=lambda each: len(each.text))
            *_, lines = explain(
                connection, longest, "ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF"
            )
            yield f"\n### {name[0].upper()}{name[1:]}\n\n`{path}`\n\n```\n"
            yield "".join(f"{line}\n" for line in lines)
            yield "```\n"


def row(name: str, cells: list[Any], *more: str) -> str:
    return f"| {' | '.join([name, *cells, *more])} |"


def page(server_url: str) -> str:
    with ExitStack() as stack:
        sizes = [stack.enter_context(made(server_url, times)) for times in SIZES]
        with psycopg.connect(server_url) as connection:
            postgresql = connection.info.parameter_status("server_version") or ""
        held = [counts(size, ("release", *GROWING)) for size in sizes]
        by_table = zip(("release", *GROWING), *held, strict=True)
        text = INTRODUCTION.format(
            releases=held[-1][0],
            originals=held[0][0],
            rounds=ROUNDS,
            machine=machine(),
            python=platform.python_version(),
            postgresql=postgresql.split()[0],
            sizes=" | ".join("as it is" if times == 1 else f"{times} times" for times in SIZES),
            rulers="|".join("---" for _ in SIZES),
            tables="\n".join(
                row(f"`{name}`", [f"{n:,}" for n in rows]) for name, *rows in by_table
            ),
            costs="\n".join(
                row(name, [f"{cost:.1f}" for cost in costs], f"{costs[-1] / costs[0]:.2f}")
                for name, costs in measured(sizes)
            ),
        )
        return text + PLANS + "".join(plans(sizes[-1]))


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return f"{models[0]}, {len(models)} cores"


if __name__ == "__main__":
    (ROOT / "docs" / "growth.md").write_text(page(sys.argv[1]), "utf-8")

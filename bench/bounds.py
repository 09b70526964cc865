"""What the service is to reach, as ratios, and whether it does."""

from collections.abc import Iterator
from typing import NamedTuple

from .candidates import HIT, MISS, SERVED
from .questions import SIZES
from .results import Results, middle


class Bound(NamedTuple):
    """A ratio, or seconds; `value` is None where it was not measured."""

    what: str
    value: float | None
    limit: float
    is_least: bool = True
    unit: str = "\u00d7"

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        reached = self.value >= self.limit if self.is_least else self.value <= self.limit
        return "reached" if reached else "not reached"


def bounds(results: Results) -> list[Bound]:
    return [
        *cached(results),
        *uncached(results),
        *in_front(results),
        *grown(results),
        Bound(
            "CSV of a whole list over HTTP, of the rows a second of `psql \\copy`",
            ratio(middle(results.export.get("psql")), middle(results.export.get("http"))),
            0.6,
        ),
        Bound(
            "warm start with the embedded database, to the first answer",
            middle(results.warm_s),
            1.0,
            is_least=False,
            unit="s",
        ),
    ]


def cached(results: Results) -> Iterator[Bound]:
    is_asgi = results.worker == "asgi"
    worker = f"bare {results.worker}"
    for other in (worker, f"{worker} (same head)") if is_asgi else (worker,):
        for size in SIZES:
            yield against(results, "cached", HIT, other, size, 0.9)
    if is_asgi:
        for size in SIZES:
            yield against(results, "cached", HIT, "bare gthread", size, 2)
    small, big = (7, 35) if is_asgi else (2.7, 14)
    yield against(results, "cached", HIT, "fastapi", "small", small)
    yield against(results, "cached", HIT, "fastapi", "big", big)


def uncached(results: Results) -> Iterator[Bound]:
    least = {
        "fastapi": {"small": 1.0, "big": 2.0},
        "datasette": {"small": 2.0, "big": 2.0},
        "drf": {"small": 5.0, "big": 5.0},
        "roapi": {"big": 1.0},
    }
    for peer, limits in least.items():
        for size, limit in limits.items():
            yield against(results, "uncached", MISS, peer, size, limit)


def against(results: Results, word: str, kind: str, other: str, size: str, limit: float) -> Bound:
    """Compare the service with another, each asked as it is in the table."""
    theirs = results.rate(other, HIT, size) or results.rate(other, MISS, size)
    value = ratio(results.rate(SERVED, kind, size), theirs)
    return Bound(f"{word}, {size}, of {other}", value, limit)


def in_front(results: Results) -> Iterator[Bound]:
    for other in ("nginx static", "nginx static (same head)"):
        for size in SIZES:
            value = ratio(results.rate("behind nginx", HIT, size), results.rate(other, HIT, size))
            yield Bound(f"behind the shipped nginx, {size}, of {other}", value, 0.8)


def grown(results: Results) -> Iterator[Bound]:
    """Compare costs: the time of an answer on the large data, of that on the small."""
    for question, rates in results.growth.items() or {"a filtered query": {}}.items():
        value = ratio(middle(rates.get("1")), middle(rates.get("100")))
        yield Bound(f"cost with 100 times the data, {question}", value, 1.3, is_least=False)
    far, first = middle(results.pages.get("far")), middle(results.pages.get("first"))
    yield Bound("cost of a page far down, of the first's", ratio(far, first), 1.3, is_least=False)


def ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None

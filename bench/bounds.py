"""What the service is to reach, as ratios, and whether it does."""

from collections.abc import Iterator
from typing import NamedTuple

from .candidates import HIT, IN_FRONT, MISS, SAME_HEAD, SAME_HEAD_NGINX, SERVED
from .results import Results, middle


class Bound(NamedTuple):
    """A ratio, seconds or MB; `value` is None where it was not measured."""

    what: str
    value: float | None
    limit: float
    is_least: bool = True
    unit: str = "\u00d7"
    decimals: int = 2

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        reached = self.value >= self.limit if self.is_least else self.value <= self.limit
        return "reached" if reached else "not reached"


# What is compared, as whom and how it is asked, with whom, and the least ratio by size.
LEAST = (
    ("cached", SERVED, HIT, SAME_HEAD, {"small": 0.8, "big": 0.85}),
    ("cached", SERVED, HIT, "fastapi", {"small": 4.5, "big": 28}),
    ("uncached", SERVED, MISS, "fastapi", {"small": 1, "big": 4}),
    ("uncached", SERVED, MISS, "datasette", {"small": 5, "big": 5}),
    ("uncached", SERVED, MISS, "drf", {"small": 6, "big": 6}),
    ("uncached", SERVED, MISS, "roapi", {"big": 2}),
    ("behind the shipped nginx", IN_FRONT, HIT, SAME_HEAD_NGINX, {"small": 0.65, "big": 0.85}),
)


def bounds(results: Results) -> list[Bound]:
    return [
        *rates(results),
        *grown(results),
        Bound(
            "CSV of a whole list over HTTP, of the rows a second of `psql \\copy`",
            ratio(middle(results.export.get("psql")), middle(results.export.get("http"))),
            0.6,
        ),
        Bound(
            "memory a worker (the aim is 75 MB)",
            results.memory_mb.get(SERVED),
            95,
            is_least=False,
            unit="MB",
            decimals=0,
        ),
        Bound(
            "warm start with the embedded database, to the first answer",
            middle(results.warm_s),
            1.2,
            is_least=False,
            unit="s",
        ),
    ]


def rates(results: Results) -> Iterator[Bound]:
    """Compare rates, each candidate asked as it is in the table."""
    for word, ours, kind, other, limits in LEAST:
        for size, limit in limits.items():
            theirs = results.rate(other, HIT, size) or results.rate(other, MISS, size)
            value = ratio(results.rate(ours, kind, size), theirs)
            yield Bound(f"{word}, {size}, of {other}", value, limit)


def grown(results: Results) -> Iterator[Bound]:
    """Compare costs: the time of an answer on the large data, of that on the small."""
    for question, measured in results.growth.items() or {"a filtered query": {}}.items():
        value = ratio(middle(measured.get("1")), middle(measured.get("100")))
        yield Bound(f"cost with 100 times the data, {question}", value, 1.3, is_least=False)
    far, first = middle(results.pages.get("far")), middle(results.pages.get("first"))
    yield Bound("cost of a page far down, of the first's", ratio(far, first), 1.3, is_least=False)


def ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None

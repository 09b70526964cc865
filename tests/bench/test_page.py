"""The page is written from what was recorded, and its verdicts follow from the numbers."""

from pathlib import Path

import pytest

from bench.bounds import LEAST, Bound, bounds
from bench.candidates import CANDIDATES
from bench.page import page
from bench.questions import SIZES, WIDE
from bench.results import Results, key

RECORDED = {
    ("service", "hit"): (5600, 4900),
    ("service", "miss"): (2000, 700),
    ("nginx static (same head)", "hit"): (76000, 50000),
    ("bare asgi (same head)", "hit"): (8000, 5600),
    ("fastapi", "miss"): (2000, 340),
    ("datasette", "miss"): (1000, 270),
    ("drf", "miss"): (400, 110),
}
RECORDED_WIDE = {("service", "miss"): (600, 160), ("fastapi", "miss"): (1200, 80)}


@pytest.fixture
def results() -> Results:
    """Return what a run could have measured, without ROAPI and without nginx in front."""
    rates = {
        key(name, kind, size): [rate * 0.5, float(rate), rate * 1.25]
        for sizes, recorded in ((SIZES, RECORDED), (WIDE, RECORDED_WIDE))
        for (name, kind), pair in recorded.items()
        for size, rate in zip(sizes, pair, strict=True)
    }
    return Results(
        "2026-11-22",
        {"CPU": "a CPU"},
        {"PostgreSQL": "18.6"},
        {
            "rounds": 3,
            "seconds": 2,
            "connections": 8,
            "starts": 3,
            "minutes": 11.5,
            "rows": 19363,
            "steady": {"small": [200, 5], "big": [20, 10]},
        },
        sizes={
            name: {"small": 3155, "big": 87829, "wide small": 8475, "wide big": 268731}
            for name, _ in RECORDED
        },
        rates=rates,
        steady={
            "service, hit, small": {"p50_ms": 0.6, "p99_ms": 2.25, "asked": 1000, "seconds": 5.0},
            "drf, miss, small": {"p50_ms": 900, "p99_ms": 4000, "asked": 1000, "seconds": 9.0},
        },
        memory_mb={"service": 91.4},
        start_s={"service": [0.3, 0.2, 0.4]},
        cold_s=[4.4],
        warm_s=[0.9, 1.2, 1.1],
        growth={"one series": {"1": [2000.0], "100": [1600.0]}},
        pages={"first": [10.0], "far": [14.0], "row": [180_000]},
        export={"http": [2.0], "psql": [1.5], "lines": [300_001], "bytes": [30_000_000]},
        left_out={"growth": "bench/growth.py is not there"},
    )


def verdicts(results: Results) -> dict[str, tuple[float | None, str]]:
    return {
        bound.what: (bound.value and round(bound.value, 2), bound.verdict)
        for bound in bounds(results)
    }


def test_bounds(results: Results) -> None:
    assert verdicts(results) == {
        "cached, small, of bare asgi (same head)": (0.7, "not reached"),
        "cached, big, of bare asgi (same head)": (0.88, "reached"),
        "cached, small, of fastapi": (2.8, "not reached"),
        "cached, big, of fastapi": (14.41, "not reached"),
        "uncached, small, of fastapi": (1.0, "reached"),
        "uncached, big, of fastapi": (2.06, "not reached"),
        "uncached, small, of datasette": (2.0, "not reached"),
        "uncached, big, of datasette": (2.59, "not reached"),
        "uncached, small, of drf": (5.0, "not reached"),
        "uncached, big, of drf": (6.36, "reached"),
        "uncached, big, of roapi": (None, "not measured"),
        "behind the shipped nginx, small, of nginx static (same head)": (None, "not measured"),
        "behind the shipped nginx, big, of nginx static (same head)": (None, "not measured"),
        "cost with 100 times the data, one series": (1.25, "reached"),
        "cost of a page far down, of the first's": (1.4, "not reached"),
        "CSV of a whole list over HTTP, of the rows a second of `psql \\copy`": (0.75, "reached"),
        "memory a worker (the aim is 75 MB)": (91.4, "reached"),
        "warm start with the embedded database, to the first answer": (1.1, "reached"),
    }


def test_who_a_bound_names_is_measured() -> None:
    names = {candidate.name for candidate in CANDIDATES}
    assert {name for _, ours, _, other, _ in LEAST for name in (ours, other)} <= names


@pytest.mark.parametrize(
    ("value", "is_least", "verdict"),
    [
        (1.0, True, "reached"),
        (0.999, True, "not reached"),
        (1.0, False, "reached"),
        (1.001, False, "not reached"),
        (None, True, "not measured"),
    ],
)
def test_a_verdict(value: float | None, is_least: bool, verdict: str) -> None:
    assert Bound("", value, 1.0, is_least).verdict == verdict


def test_the_page_says_what_was_recorded(results: Results) -> None:
    lines = page(results).splitlines()
    for line in (
        "| cached, small, of bare asgi (same head) | 0.70 \u00d7 | at least 0.8 \u00d7 | not reached |",
        "| memory a worker (the aim is 75 MB) | 91 MB | at most 95 MB | reached |",
        "| uncached, big, of roapi | \u2013 | at least 2 \u00d7 | not measured |",
        "| service | hit | 5,600 req/s | 2,800\u20137,000 | 0.70 \u00d7 | 2.80 \u00d7 | 3.2 kB |",
        "| fastapi | miss | 340 req/s | 170\u2013425 | 0.06 \u00d7 | 1.00 \u00d7 | 87.8 kB |",
        "| service | miss | small | 600 req/s | 300\u2013750 | 0.50 \u00d7 | 8.5 kB |",
        "| fastapi | miss | big | 80 req/s | 40\u2013100 | 1.00 \u00d7 | 268.7 kB |",
        "| service | hit | 0.60 ms | 2.25 ms | yes |",
        "| drf | miss | 900.00 ms | 4000.00 ms | no |",
        "| service | 91 MB | 0.30 s |",
        "| one series | 2,000 req/s | 1,600 req/s | 1.25 \u00d7 |",
        "| over HTTP, by one worker | 2.00 s | 150,000 rows/s |",
        "| by `psql \\copy` | 1.50 s | 200,000 rows/s |",
        "- growth: bench/growth.py is not there.",
        "| PostgreSQL | 18.6 |",
    ):
        assert line in lines, line
    assert not [line for line in lines if line.startswith("| roapi | miss")]


def test_results_come_back_as_they_were_written(results: Results, tmp_path: Path) -> None:
    results.write(tmp_path / "results.json")
    assert Results.read(tmp_path / "results.json") == results


def test_a_part_is_a_page_too(results: Results) -> None:
    results.pages, results.export = {}, {}
    assert "## Growth" in page(results)
    assert "## Export" not in page(results)
    results.growth, results.warm_s = {}, []
    text = page(results)
    assert "## Growth" not in text
    assert "| cost with 100 times the data, a filtered query | \u2013 |" in text
    results.rates = {name: rate for name, rate in results.rates.items() if "wide" not in name}
    assert "## Throughput, wide rows" in text
    assert "## Throughput, wide rows" not in page(results)

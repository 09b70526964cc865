"""The page of benchmarks, written wholly from what a run measured."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from .bounds import Bound, bounds, ratio
from .candidates import CANDIDATES, HIT, MISS, SAME_HEAD
from .questions import SIZES, WIDE
from .results import Results, key, middle

TEXTS = Path(__file__).parent / "texts"
TIMES, DASH = "\u00d7", "\u2013"


def page(results: Results) -> str:
    """Return the whole page as Markdown."""
    settings = results.settings
    parts = [
        text("head", date=results.date, minutes=settings.get("minutes", "?")),
        "## Bounds\n\nWhat the service is to reach, and whether it does.\n",
        table(("", "measured", "bound", ""), map(bound_row, bounds(results))),
        *(section for size in SIZES for section in throughput(results, size)),
        *throughput_wide(results),
        *fixed_load(results),
        *costs(results),
        *growth(results),
        *left_out(results),
        "## Machine\n",
        table(("", ""), [*results.machine.items(), *results.versions.items()]),
        "## Candidates\n",
        table(("", ""), [(one.name, one.about) for one in CANDIDATES]),
        text("method", **settings),
    ]
    return "\n".join(parts)


def text(name: str, **values: object) -> str:
    return (TEXTS / f"{name}.md").read_text("utf-8").format(**values)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def bound_row(bound: Bound) -> tuple[str, ...]:
    word = "at least" if bound.is_least else "at most"
    limit = f"{word} {bound.limit:g} {bound.unit}"
    return bound.what, times(bound.value, bound.unit, bound.decimals), limit, bound.verdict


def times(value: float | None, unit: str = TIMES, decimals: int = 2) -> str:
    return DASH if value is None else f"{value:.{decimals}f} {unit}"


def throughput(results: Results, size: str) -> Iterator[str]:
    """Tell the answers a second, and how they stand to a bare worker and to FastAPI."""
    base, peer = results.rate(SAME_HEAD, HIT, size), results.rate("fastapi", MISS, size)
    rows = [
        (name, kind, *cells, times(ratio(rate, base)), times(ratio(rate, peer)), answer)
        for name, kind, rate, cells, answer in rated(results, size)
    ]
    yield f"## Throughput, {size}\n"
    yield table(("", "asked", "median", "rounds", f"of {SAME_HEAD}", "of fastapi", "answer"), rows)


def throughput_wide(results: Results) -> Iterator[str]:
    """Tell the same of wide rows, which have no bounds."""
    rows = [
        (name, kind, size.removeprefix("wide "), *cells, times(ratio(rate, peer)), answer)
        for size in WIDE
        for peer in [results.rate("fastapi", MISS, size)]
        for name, kind, rate, cells, answer in rated(results, size)
    ]
    if rows:
        yield "## Throughput, wide rows\n"
        yield (
            "Spending years, 24 fields each, of one member (small) and of all (big). They have no "
            "bounds.\n"
        )
        yield table(("", "asked", "size", "median", "rounds", "of fastapi", "answer"), rows)


class Rated(NamedTuple):
    """A candidate's rate, and what the tables say of it: the median, the rounds, the answer."""

    name: str
    kind: str
    rate: float
    cells: tuple[str, str]
    answer: str


def rated(results: Results, size: str) -> Iterator[Rated]:
    for candidate in CANDIDATES:
        for kind in candidate.kinds:
            rate = results.rate(candidate.name, kind, size)
            if rate is None:
                continue
            rounds = results.rates[key(candidate.name, kind, size)]
            cells = f"{rate:,.0f} req/s", f"{min(rounds):,.0f}{DASH}{max(rounds):,.0f}"
            answer = f"{results.sizes[candidate.name][size] / 1000:,.1f} kB"
            yield Rated(candidate.name, kind, rate, cells, answer)


def fixed_load(results: Results) -> Iterator[str]:
    if not results.steady:
        return
    yield "## Fixed load\n"
    yield (
        "Time from when a question was due to the end of its answer. Who cannot keep up is not "
        "slower by a number: its queue grows as long as the load lasts.\n"
    )
    for size in SIZES:
        rate, seconds = results.settings["steady"][size]
        rows = []
        for candidate in CANDIDATES:
            for kind in candidate.kinds:
                measured = results.steady.get(key(candidate.name, kind, size))
                if measured is None:
                    continue
                # What was due last may be answered a little late by anybody.
                kept = measured["seconds"] <= seconds * 1.05
                rows.append(
                    (
                        candidate.name,
                        kind,
                        f"{measured['p50_ms']:.2f} ms",
                        f"{measured['p99_ms']:.2f} ms",
                        "yes" if kept else "no",
                    )
                )
        yield f"{size.capitalize()}, {rate} req/s for {seconds:g} s:\n"
        yield table(("", "asked", "p50", "p99", "kept up"), rows)


def costs(results: Results) -> Iterator[str]:
    yield "## Memory and start\n"
    rows = [
        (name, f"{memory:.0f} MB", f"{middle(results.start_s[name]):.2f} s")
        for name, memory in results.memory_mb.items()
    ]
    yield table(("", "memory a worker", "start to first answer"), rows)
    if results.warm_s:
        yield (
            "`make run`, with PostgreSQL of its own and two workers: "
            f"{middle(results.warm_s):.2f} s to the first answer, on both cores; "
            f"{results.cold_s[0]:.1f} s the first time, when the database is made and loaded.\n"
        )


def growth(results: Results) -> Iterator[str]:
    if not results.growth:
        return
    yield "## Growth\n"
    yield "Misses with the data as they are, and with a hundred times the releases.\n"
    rows = []
    for name, rates in results.growth.items():
        one, hundred = middle(rates["1"]), middle(rates["100"])
        rows.append(
            (name, f"{one:,.0f} req/s", f"{hundred:,.0f} req/s", times(ratio(one, hundred)))
        )
    yield table(("", f"1 {TIMES}", f"100 {TIMES}", "cost"), rows)
    yield from pages(results)
    yield from export(results)


def pages(results: Results) -> Iterator[str]:
    if not results.pages:
        return
    first, far = middle(results.pages["first"]), middle(results.pages["far"])
    yield (
        f"A page of 100 or some more revisions of one indicator: {first:.1f} ms the first, "
        f"{far:.1f} ms from row {results.pages['row'][0]:,.0f} on.\n"
    )


def export(results: Results) -> Iterator[str]:
    if not results.export:
        return
    yield "## Export\n"
    lines, size = results.export["lines"][0], results.export["bytes"][0]
    yield (
        f"All revisions in the hundredfold data, {lines - 1:,.0f} rows, {size / 1e6:,.1f} MB of "
        "CSV: the same query in the same order.\n"
    )
    exports = []
    for name, about in (("http", "over HTTP, by one worker"), ("psql", "by `psql \\copy`")):
        seconds = middle(results.export[name])
        assert seconds is not None
        exports.append((about, f"{seconds:.2f} s", f"{(lines - 1) / seconds:,.0f} rows/s"))
    yield table(("", "time", "rate"), exports)


def left_out(results: Results) -> Iterator[str]:
    if results.left_out:
        yield "## Left out\n"
        yield "".join(f"- {name}: {reason}.\n" for name, reason in results.left_out.items())

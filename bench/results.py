"""What a run measured, as it is kept in build/bench/results.json and printed on the page."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any


def key(name: str, kind: str, size: str) -> str:
    """Return the name of a measurement: of a candidate, how it was asked, and for how much."""
    return f"{name}, {kind}, {size}"


@dataclass
class Results:
    """Everything that a run measured; what it left out is empty.

    settings: how it was measured.
    sizes: bytes of an answer, by candidate and size.
    rates: answers a second, one for each round, by key().
    steady: quantiles in ms at a fixed rate, by key(); `seconds` is how long the answers took.
    memory_mb: of each candidate's worker, proportional, after the rounds.
    start_s: from starting each candidate to its first answer, one for each start.
    cold_s, warm_s: the same of `python -m service` with its own PostgreSQL.
    growth: answers a second with the data as they are and larger, one for each round.
    pages: ms of a page, `first` and `far`, and of which row `far` is.
    export: seconds of a list as CSV by `http` and by `psql`, its lines and bytes.
    left_out: what was not measured, with the reason.
    """

    date: str
    machine: dict[str, str]
    versions: dict[str, str]
    settings: dict[str, Any]
    sizes: dict[str, dict[str, int]] = field(default_factory=dict)
    rates: dict[str, list[float]] = field(default_factory=dict)
    steady: dict[str, dict[str, float]] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)
    start_s: dict[str, list[float]] = field(default_factory=dict)
    cold_s: list[float] = field(default_factory=list)
    warm_s: list[float] = field(default_factory=list)
    growth: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    pages: dict[str, list[float]] = field(default_factory=dict)
    export: dict[str, list[float]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def rate(self, name: str, kind: str, size: str) -> float | None:
        """Return the median of the rounds, None where it was not measured."""
        return middle(self.rates.get(key(name, kind, size)))

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", "utf-8")

    @classmethod
    def read(cls, path: Path) -> "Results":
        return cls(**json.loads(path.read_text("utf-8")))


def middle(values: list[float] | None) -> float | None:
    return median(values) if values else None

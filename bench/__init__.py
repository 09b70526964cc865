"""`make bench`: the service beside its peers, on the same rows, questions and machine."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "bench"
PAGE = ROOT / "docs" / "benchmarks.md"


class BenchError(Exception):
    """The run cannot go on; the message is one line."""

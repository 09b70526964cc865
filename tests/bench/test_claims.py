"""What README and docs say of speed is a line of docs/benchmarks.md.

Whoever says a number of speed links, in the same paragraph or row, to the section of the page that
has it: `2,000 req/s ([measured](benchmarks.md#throughput-small))`. decisions.md and quality.md are
records of their days, and say what was measured then.
"""

import re
from pathlib import Path

import pytest

from bench import PAGE

ROOT = Path(__file__).parents[2]
RECORDS = {"benchmarks.md", "decisions.md", "quality.md"}
PAGES = [
    ROOT / "README.md",
    *(path for path in sorted((ROOT / "docs").glob("*.md")) if path.name not in RECORDS),
]

UNITS = (
    "req/s", "requests/s", "rows/s", "MB/s", "requests a second", "answers a second",
    "rows a second", "ms", "\u00b5s", "times as fast", "times faster",
)  # fmt: skip
# Elsewhere the sign multiplies.
RIVALS = (
    "as fast|faster|slower|fastapi|django|drf|datasette|roapi|json-server|nginx|bare|gthread|psql"
)
CLAIM = re.compile(
    rf"(\d[\d.,]*)\s*({'|'.join(map(re.escape, UNITS))}|\u00d7(?=\s(?:of )?(?:the )?(?:{RIVALS})))(?!\w)",
    re.IGNORECASE,
)
LINK = re.compile(r"\]\((?:docs/)?benchmarks\.md#([\w-]+)\)")


def sections(page: str) -> dict[str, str]:
    """Return the text of each section by the anchor of its heading."""
    parts = re.split(r"^##+ (.+)$", page, flags=re.MULTILINE)[1:]
    return {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-"): text
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }


def unfounded(text: str, page: str) -> list[str]:
    """Return the claims that link to no section, or to one that does not have the number."""
    known = sections(page)
    return [
        claim[0]
        for block in re.split(r"\n\s*\n|\n(?=\|)", text)
        for claim in CLAIM.finditer(block)
        if not any(
            says(known.get(anchor, ""), claim[1], claim[2]) for anchor in LINK.findall(block)
        )
    ]


def says(section: str, number: str, unit: str) -> bool:
    return bool(re.search(rf"(?<![\d.,]){re.escape(number)} {re.escape(unit)}(?!\w)", section))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_claim_of_speed_is_measured(path: Path) -> None:
    page = PAGE.read_text("utf-8") if PAGE.is_file() else ""
    assert unfounded(path.read_text("utf-8"), page) == []


MEASURED = """# Benchmarks

## Throughput, small

| service | hit | 5,600 req/s | 2.80 \u00d7 |

## Fixed load

| service | hit | 0.60 ms |
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is 2.80 \u00d7 FastAPI ([measured](benchmarks.md#throughput-small)).", []),
        ("It answers 5,600\nreq/s\n([there](docs/benchmarks.md#throughput-small)).", []),
        ("| quick | 0.60 ms | [page](benchmarks.md#fixed-load) |", []),
        ("The share is 100 \u00d7 spending / GDP.", []),
        ("It is 9 \u00d7 as fast.", ["9 \u00d7"]),
        ("It is 3.5 \u00d7 of nginx.", ["3.5 \u00d7"]),
        ("Release 5, 12 times a year, `TIMEOUT_MS`.", []),
        ("It answers 5,600 req/s.", ["5,600 req/s"]),
        ("It answers 600 req/s ([page](benchmarks.md#throughput-small)).", ["600 req/s"]),
        ("It answers 5,600 req/s ([page](benchmarks.md#fixed-load)).", ["5,600 req/s"]),
        ("0.60 ms\n\n[page](benchmarks.md#fixed-load)", ["0.60 ms"]),
        ("| 0.60 ms |\n| [page](benchmarks.md#fixed-load) |", ["0.60 ms"]),
        ("9 times as fast, see [page](benchmarks.md#nowhere)", ["9 times as fast"]),
    ],
)
def test_an_unfounded_claim_is_found(text: str, found: list[str]) -> None:
    assert unfounded(text, MEASURED) == found


def test_claims_are_read_as_they_are_written() -> None:
    assert sections(MEASURED).keys() == {"throughput-small", "fixed-load"}
    assert len(PAGES) > 5

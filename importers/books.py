"""A workbook that is being read, and what the readers of all publishers have in common."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from importers.figures import Figure
from importers.files import read_whole
from importers.reference import Reference
from importers.refusals import problem
from importers.releases import Release
from importers.workbooks import Line

# What a reader yields: a figure, or the line that says what is wrong.
Found: TypeAlias = Iterator[Figure | str]


@dataclass(frozen=True)
class Said:
    """What a file says of its release by itself.

    The ids of the notes lack the id of the release in front. None is what the file does not say.
    """

    source: str
    years: tuple[int, int]
    constant_base_year: int | None
    published_on: date | None = None
    currencies: dict[str, str] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """The figures that were read, and what else was wrong; both, so that all is refused at once."""

    figures: list[Figure]
    problems: list[str]


class File(Protocol):
    """A publisher's file, opened: what it says of itself, and its figures under a release."""

    @property
    def path(self) -> Path: ...

    def said(self) -> Said: ...

    def read(self, release: Release) -> Reading: ...


@dataclass(frozen=True)
class Book:
    """One workbook under a release, with what is needed to understand it; sheets by title."""

    path: Path
    sheets: dict[str, list[Line]]
    release: Release
    reference: Reference

    def wrong(self, place: str, value: object, text: str) -> str:
        return problem(self.path, place, value, text)

    def printed(self, title: str) -> str:
        return title.format(base=self.release.constant_base_year)


def sorted_out(found: Iterable[Figure | str]) -> Reading:
    found = list(found)
    return Reading(
        [item for item in found if isinstance(item, Figure)],
        [item for item in found if isinstance(item, str)],
    )


def check_sha256(path: Path, release: Release) -> Iterator[str]:
    sha256 = sha256_of(path)
    if release.sha256 != sha256:
        yield problem(release.yaml, "sha256", release.sha256, f"the file has {sha256}")


def sha256_of(path: Path) -> str:
    return hashlib.sha256(read_whole(path)).hexdigest()


def digits(value: float, power: int = 0) -> str:
    """Return a number as the workbook stores it, without an exponent, times a power of ten.

    The point moves in the decimal digits: 0.0199 is 1.99 percent, not 1.9900000000000002.
    """
    return format(Decimal(repr(value)).scaleb(power), "f")

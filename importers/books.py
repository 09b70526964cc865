"""A workbook that is being read, and what the readers of all publishers have in common."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from importers.figures import Figure
from importers.reference import Reference
from importers.refusals import problem
from importers.releases import Release
from importers.workbooks import Line

# What a reader yields: a figure, or the line that says what is wrong.
Found: TypeAlias = Iterator[Figure | str]


@dataclass(frozen=True)
class Book:
    """One workbook, with what is needed to understand it; sheets by their name or title."""

    path: Path
    sheets: dict[str, list[Line]]
    release: Release
    reference: Reference

    def wrong(self, place: str, value: object, text: str) -> str:
        return problem(self.path, place, value, text)

    def printed(self, title: str) -> str:
        return title.format(base=self.release.constant_base_year)


def check_sha256(book: Book) -> Iterator[str]:
    sha256 = sha256_of(book.path)
    if book.release.sha256 != sha256:
        yield problem(book.release.yaml, "sha256", book.release.sha256, f"the file has {sha256}")


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digits(value: float, power: int = 0) -> str:
    """Return a number as the workbook stores it, without an exponent, times a power of ten.

    The point moves in the decimal digits: 0.0199 is 1.99 percent, not 1.9900000000000002.
    """
    return format(Decimal(repr(value)).scaleb(power), "f")

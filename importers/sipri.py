"""Reads SIPRI's workbook of military expenditure."""

from collections.abc import Iterator
from pathlib import Path

from importers.books import Book, check_sha256
from importers.figures import Figure
from importers.reference import Reference
from importers.refusals import refuse
from importers.releases import Release
from importers.sipri_layouts import COUNTRIES, REGIONS, YEARS_OF_A_PART
from importers.sipri_sums import check_sums
from importers.sipri_tables import check_marks, read_sheet
from importers.workbooks import read_titled

SHEETS = (*COUNTRIES, REGIONS)


def read_sipri(path: Path, release: Release, reference: Reference) -> list[Figure]:
    """Return the figures of the allies and the world totals, of the newest years for a part."""
    titles = [sheet.title.format(base=release.constant_base_year) for sheet in SHEETS]
    book = Book(path, read_titled(path, titles), release, reference)
    refuse(check_sha256(book))
    found = [item for sheet in SHEETS for item in read_sheet(book, sheet)]
    refuse(item for item in found if isinstance(item, str))
    figures = [item for item in found if isinstance(item, Figure)]
    refuse(text for sheet in COUNTRIES for text in check_marks(book, sheet))
    refuse([*check_years(book, figures), *check_sums(book)])
    return figures if release.coverage == "full" else newest(figures)


def newest(figures: list[Figure]) -> list[Figure]:
    years = sorted({figure.year for figure in figures})[-YEARS_OF_A_PART:]
    return [figure for figure in figures if figure.year in years]


def check_years(book: Book, figures: list[Figure]) -> Iterator[str]:
    """Refuse a sheet that covers other years than the first, which would leave untrue gaps."""
    sheets: dict[str, set[int]] = {}
    for figure in figures:
        if figure.area in book.reference.members:
            sheets.setdefault(figure.place.partition("!")[0], set()).add(figure.year)
    first = next(iter(sheets.values()), set())
    for name, years in sheets.items():
        if years != first:
            wrong = ", ".join(map(str, sorted(years ^ first)))
            yield book.wrong(name, wrong, "differs from the years of the first sheet")

"""Reads SIPRI's workbook of military expenditure."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from importers.books import Book, Reading, Said, check_sha256, sorted_out
from importers.figures import Figure
from importers.reference import Reference
from importers.refusals import RefusedError, problem
from importers.releases import Release
from importers.sipri_layouts import (
    COUNTRIES,
    FOOTNOTES,
    ON_NATIONAL_CURRENCY,
    PART,
    REGIONS,
    SIGNS,
    SYMBOLS,
    YEARS_OF_A_PART,
)
from importers.sipri_sums import check_sums
from importers.sipri_tables import (
    base_of,
    check_marks,
    columns_of,
    header,
    marks_by_area,
    read_sheet,
)
from importers.whole import NOTE_ON_A_PART
from importers.workbooks import Line, read_titled

SHEETS = (*COUNTRIES, REGIONS)
ZEROS = "zero"


@dataclass(frozen=True)
class SipriFile:
    """SIPRI's workbook, of which the sheets that we know are kept in memory.

    A full release has all figures of the allies and the world totals, a part the newest years'.
    """

    path: Path
    reference: Reference

    @cached_property
    def sheets(self) -> dict[str, list[Line]]:
        return read_titled(self.path, [*(sheet.title for sheet in SHEETS), FOOTNOTES])

    def said(self) -> Said:
        lines = self.sheets.get(COUNTRIES[0].title)
        head = header(COUNTRIES[0], lines) if lines else None
        if not lines:
            title = COUNTRIES[0].title.format(base="<year>")
            raise RefusedError([problem(self.path, "", title, "is the title of no sheet")])
        if head is None:
            wrong = problem(self.path, lines[0].sheet, COUNTRIES[0].corner, "has no row of years")
            raise RefusedError([wrong])
        years = sorted(year for _, year in columns_of(COUNTRIES[0], head).values())
        return Said(
            source="sipri",
            years=(years[0], years[-1]),
            constant_base_year=base_of(COUNTRIES[0], lines)[0],
            notes=[*self.mark_notes(), *sign_notes(), part_note(years)],
        )

    def mark_notes(self) -> Iterator[dict[str, Any]]:
        """Yield a note for each mark beside an ally's name, with the text of the footnote."""
        areas: dict[str, set[str]] = defaultdict(set)
        for sheet in COUNTRIES:
            for area, marks in marks_by_area(
                self.reference, sheet, self.sheets.get(sheet.title, [])
            ):
                for mark in marks:
                    areas[mark].add(area)
        texts = self.footnotes
        for mark, marked in sorted(areas.items()):
            indicators = [sheet.indicator for sheet in COUNTRIES]
            if mark == ON_NATIONAL_CURRENCY:
                indicators = ["spending_lcu_m_current"]
            yield {
                "id": SYMBOLS.get(mark, f"footnote-{mark}"),
                "text": f'Marked {mark} by SIPRI: "{texts.get(mark, "")}"',
                "areas": sorted(marked),
                "indicators": sorted(indicators, key=self.reference.indicators.index),
                "mark": mark,
            }

    @cached_property
    def footnotes(self) -> dict[str, str]:
        """Return the text of each mark: the mark in the first column, the text right of it."""
        return {
            str(line.cells[1]).strip(): line.text(first=2)
            for line in self.sheets.get(FOOTNOTES, [])
            if 1 in line.cells and line.text(first=2)
        }

    def read(self, release: Release) -> Reading:
        book = Book(self.path, self.sheets, release, self.reference)
        reading = sorted_out(item for sheet in SHEETS for item in read_sheet(book, sheet))
        problems = [*check_sha256(self.path, release), *reading.problems]
        if not problems:
            problems += [text for sheet in COUNTRIES for text in check_marks(book, sheet)]
            problems += check_years(book, reading.figures)
            problems += check_sums(book)
        is_whole = release.coverage == "full"
        return Reading(reading.figures if is_whole else newest(reading.figures), problems)


def sign_notes() -> Iterator[dict[str, Any]]:
    for mark, text in SIGNS.items():
        yield {"id": ZEROS if mark == "0" else mark, "text": text, "mark": mark}


def part_note(years: list[int]) -> dict[str, Any]:
    first, *_, last = years[-YEARS_OF_A_PART:]
    return {"id": NOTE_ON_A_PART.lstrip("-"), "text": PART.format(first=first, last=last)}


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

"""Takes the sheets of SIPRI's workbook apart: header years, marks, colours, what is no figure."""

import math
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from importers.books import Book, Found, digits
from importers.figures import Figure, Key
from importers.grid import allies_on, applies, by_cell
from importers.reference import Reference
from importers.sipri_layouts import (
    ABSENT,
    COUNTRIES,
    MARKS,
    RED,
    RED_SIGN,
    STAGES,
    UNKNOWN,
    ZERO_SIGN,
    Sheet,
)
from importers.workbooks import BLACK, Line, beginning

YEAR = re.compile(r"((?:19|20)\d\d)( \(current prices\))?")
# Symbols stand one by one, a footnote by its number: "§¶3".
MARK = re.compile(r"\d+|[^\s\d]")

# Of each column with figures, the indicator and the year.
Columns: TypeAlias = dict[int, tuple[str, int]]


def read_sheet(book: Book, sheet: Sheet) -> Found:
    """Yield the figures of the allies, or of the aggregates where the rows are regions."""
    lines = book.sheets.get(sheet.title, [])
    missing = list(check_texts(book, sheet, lines))
    head = header(sheet, lines)
    if head is None or missing:
        yield from missing or [book.wrong(lines[0].sheet, sheet.corner, "has no row of years")]
        return
    columns = columns_of(sheet, head)
    if len(set(columns.values())) < len(columns):
        yield book.wrong(head.place(min(columns)), head.text(), "has a year twice")
    seen = set[str]()
    for line in lines[lines.index(head) + 1 :]:
        area = area_of(book.reference, sheet, line)
        if area is None:
            continue
        seen.add(area)
        for column, key in columns.items():
            yield read_cell(book, sheet, line, column, (area, *key))
    yield from check_rows(book, sheet, head, seen)


def check_texts(book: Book, sheet: Sheet, lines: list[Line]) -> Iterator[str]:
    if not lines:
        yield book.wrong("", book.printed(sheet.title), "is the title of no sheet")
        return
    base, line = base_of(sheet, lines)
    if base not in (None, book.release.constant_base_year):
        text = f"is not the price base of the release, {book.release.constant_base_year}"
        yield book.wrong(line.place(min(line.cells)), base, text)
    for text in sheet.texts:
        if not any(line.text().startswith(book.printed(text)) for line in lines):
            yield book.wrong(lines[0].sheet, book.printed(text), "is not there")


def base_of(sheet: Sheet, lines: list[Line]) -> tuple[int | None, Line]:
    """Return the price base that the title of a sheet says, and where."""
    for line in lines:
        if match := beginning(sheet.title).match(line.text()):
            return (int(match[1]) if match.groups() else None), line
    return None, lines[0]


def header(sheet: Sheet, lines: list[Line]) -> Line | None:
    rows = (line for line in lines if line.text(last=1) == sheet.corner)
    return next((line for line in rows if columns_of(sheet, line)), None)


def columns_of(sheet: Sheet, head: Line) -> Columns:
    matches = {column: YEAR.fullmatch(str(value)) for column, value in head.cells.items()}
    return {
        column: (sheet.own if match[2] else sheet.indicator, int(match[1]))
        for column, match in matches.items()
        if match
    }


def area_of(reference: Reference, sheet: Sheet, line: Line) -> str | None:
    """Return the member or aggregate of a row: the others are countries we do not follow."""
    area = reference.area(line.text(last=1))
    known = reference.members if sheet in COUNTRIES else reference.aggregates
    return area if area in known else None


def read_cell(book: Book, sheet: Sheet, line: Line, column: int, key: Key) -> Figure | str:
    value, place = line.cells.get(column), line.place(column)
    stage = STAGES.get(colour := line.colours.get(column, BLACK))
    reason = reason_of(book, key, value)
    sign = sign_of(value, reason, colour)
    notes = tuple(note["id"] for note in by_cell(book.release) if note["mark"] == sign)
    if sign and not notes:
        return book.wrong(place, value, f"has no note on {sign} in release.yaml")
    if reason:
        return Figure(*key, None, "actual", reason, place, notes, place)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return book.wrong(place, value, "is no number")
    if not applies(book.reference, key[0], key[1]):
        return book.wrong(place, value, "is a figure of a member without armed forces")
    if stage is None:
        return book.wrong(place, value, f"has the colour {colour}, which says nothing")
    return Figure(*key, digits(value, sheet.power), stage, None, place, notes, place)


def reason_of(book: Book, key: Key, value: Any) -> str | None:
    """Return why a cell holds no figure, or nothing where it should hold one.

    A zero is none: it stands for Iceland, which has no forces, and where there is no rate of
    exchange.
    """
    is_missing = value == ABSENT or value in UNKNOWN or (value == 0 and value is not False)
    if not is_missing:
        return None
    is_to_measure = value != ABSENT and applies(book.reference, key[0], key[1])
    return "not_reported" if is_to_measure else "not_applicable"


def sign_of(value: Any, reason: str | None, colour: str) -> str | None:
    """Return what of a cell needs a note: that it is red, or a zero that means no figure."""
    if reason is None:
        return RED_SIGN if colour == RED else None
    return ZERO_SIGN if value == 0 and reason == "not_reported" else None


def check_rows(book: Book, sheet: Sheet, head: Line, seen: set[str]) -> Iterator[str]:
    """Refuse a sheet that lacks an ally or the world: what we hold would not be all there is."""
    rows = allies_on(book.release, book.reference) if sheet in COUNTRIES else ["WORLD"]
    for area in rows:
        if area not in seen:
            yield book.wrong(head.sheet, area, "has no row")


def check_marks(book: Book, sheet: Sheet) -> Iterator[str]:
    """Refuse a footnote mark that no note explains, and a note on a mark that is not printed."""
    lines = book.sheets[sheet.title]
    column = column_of_marks(sheet, lines)
    for line in lines:
        area = area_of(book.reference, sheet, line)
        if area is None:
            continue
        printed, explained = marks_of(line, column), marks_on(book, area)
        for mark in sorted(printed - explained):
            yield book.wrong(line.place(column), mark, "is a mark without a note in release.yaml")
        for mark in sorted(explained - printed):
            text = "is not printed, but explained in release.yaml"
            yield book.wrong(line.place(column or 1), mark, text)


def marks_by_area(
    reference: Reference, sheet: Sheet, lines: list[Line]
) -> Iterator[tuple[str, set[str]]]:
    column = column_of_marks(sheet, lines)
    for line in lines:
        if area := area_of(reference, sheet, line):
            yield area, marks_of(line, column)


def column_of_marks(sheet: Sheet, lines: list[Line]) -> int:
    """Return the column of the marks, or 0 where there is none."""
    head = header(sheet, lines)
    return next((at for at, text in head.cells.items() if text == MARKS), 0) if head else 0


def marks_of(line: Line, column: int) -> set[str]:
    return set(MARK.findall(str(line.cells.get(column, ""))))


def marks_on(book: Book, area: str) -> set[str]:
    return {
        note["mark"]
        for note in book.release.notes
        if "mark" in note and area in note.get("areas", ())
    }

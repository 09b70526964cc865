"""Takes the sheets of NATO's workbook apart: titles, header years, labels and helper rows."""

import math
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from importers.books import Book, Found, digits
from importers.figures import Figure, Key, Stage
from importers.grid import allies_on, applies
from importers.layouts import CURRENCIES, Comparison, Table
from importers.workbooks import Line

YEAR = re.compile(r"((?:19|20)\d\d)(e?)")
LABEL = re.compile(r"([^*(]+?)\s*(\*?)\s*(?:\(([^)]+)\))?")

# Older vintages print two dots where an ally reported nothing.
BLANKS = (None, "", "..")

Years: TypeAlias = dict[int, tuple[int, Stage]]


def read_table(book: Book, table: Table) -> Found:
    lines = book.sheets.get(table.sheet, [])
    head = next((line for line in lines if len(years_of(line)) > 1), None)
    missing = list(check_titles(book, table, lines))
    if head is None or missing:
        yield from missing or [book.wrong(table.sheet, "", "has no row of years")]
        return
    years = years_of(head)
    if len(set(years.values())) < len(years):
        yield book.wrong(head.place(min(years)), head.text(), "has a year twice")
    yield from read_blocks(book, table, lines[lines.index(head) + 1 :], years)


def years_of(line: Line) -> Years:
    """Return the years of a header row by column: 2018, "2019", and "2023e" for an estimate."""
    matches = {column: YEAR.fullmatch(str(value)) for column, value in line.cells.items()}
    return {
        column: (int(match[1]), "estimate" if match[2] else "actual")
        for column, match in matches.items()
        if match
    }


def check_titles(book: Book, table: Table | Comparison, lines: list[Line]) -> Iterator[str]:
    texts = {line.text() for line in lines}
    blocks = table.blocks if isinstance(table, Table) else ()
    for title in (table.title, table.unit, *(block.title for block in blocks)):
        if book.printed(title) not in texts:
            yield book.wrong(table.sheet, book.printed(title), "is not there")


def read_blocks(book: Book, table: Table, lines: list[Line], years: Years) -> Found:
    titles = {book.printed(block.title): block.indicator for block in table.blocks}
    # A table with one block may have no title below the years: its unit stands for it.
    indicator = titles.get(book.printed(table.unit))
    seen: dict[str, set[str]] = {name: set() for name in titles.values()}
    for line in lines:
        label = line.text(last=min(years) - 1)
        indicator = titles.get(label, indicator)
        if not is_row(book, line, years):
            continue
        area = book.reference.area(name_of(label))
        if area is None or indicator is None:
            yield book.wrong(line.place(min(years)), label, "is no member or aggregate in a block")
            continue
        seen[indicator].add(area)
        yield from read_row(book, line, label, (area, indicator), years)
    yield from check_rows(book, table.sheet, seen)


def is_row(book: Book, line: Line, years: Iterable[int]) -> bool:
    """Tell a row of figures from a title, a footnote, and a helper row of the print layout.

    Helper rows have no name; they hold zeros or references that were cut off.
    """
    values = [line.cells[column] for column in years if column in line.cells]
    label = line.text(last=min(years) - 1)
    if book.reference.area(name_of(label)):
        return True
    return bool(values) and not (label == "" and all(value in (0, "#REF!") for value in values))


def name_of(label: str) -> str:
    match = LABEL.fullmatch(label)
    return match[1] if match else label


def read_row(book: Book, line: Line, label: str, cell: tuple[str, str], years: Years) -> Found:
    match = LABEL.fullmatch(label)
    currency = match[3] if match else None
    if currency and book.release.currencies.get(cell[0]) not in CURRENCIES.get(currency, ()):
        yield book.wrong(line.place(min(years) - 1), label, "is not the currency of release.yaml")
    for column, (year, stage) in years.items():
        yield read_cell(book, line, column, (*cell, year), stage, bool(match and match[2]))


def read_cell(
    book: Book, line: Line, column: int, key: Key, stage: Stage, is_starred: bool
) -> Figure | str:
    value, place = line.cells.get(column), line.place(column)
    if value in BLANKS:
        return Figure(*key, None, stage, "not_reported", place, (), place, is_starred)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return book.wrong(place, value, "is no number")
    return Figure(*key, digits(value), stage, None, place, (), place, is_starred)


def check_rows(book: Book, sheet: str, seen: dict[str, set[str]]) -> Iterator[str]:
    """Refuse a block that lacks an ally: not held would be untrue of a whole workbook."""
    for indicator, areas in seen.items():
        for ally in allies_on(book.release, book.reference):
            if ally not in areas and applies(book.reference, ally, indicator):
                yield book.wrong(sheet, ally, f"has no row for {indicator}")

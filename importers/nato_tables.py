"""Finds the tables of NATO's workbook and takes them apart: years, labels, helper rows, notes."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from importers.books import digits
from importers.figures import Figure, Key, Stage
from importers.layouts import (
    AGGREGATES,
    CURRENCIES,
    NOTES,
    NUMBER,
    TABLES,
    Block,
    Comparison,
    Table,
    match,
)
from importers.reference import Reference, folded
from importers.refusals import problem
from importers.workbooks import Line

YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0)? ?(e?) ?(\**)")
LABEL = re.compile(r"([^*(]+?)\s*(\**)\s*(?:\(([^)]+)\))?")

# Older vintages print two dots where an ally reported nothing.
BLANKS = (None, "", "..", ". .", "\u2026")
# What helper rows of the print layout hold, beside nothing.
HELPERS = (0, "#REF!")

AGGREGATE_NAMES = {folded(name): code for name, code in AGGREGATES.items()}


@dataclass(frozen=True)
class Column:
    year: int
    stage: Stage
    mark: str


Columns: TypeAlias = dict[int, Column]


@dataclass(frozen=True)
class Region:
    """The lines of one table: from its title to the next title or the end of the sheet."""

    path: Path
    lines: list[Line]

    @property
    def sheet(self) -> str:
        return self.lines[0].sheet

    def matches(self, title: str) -> list[tuple[Line, dict[str, int]]]:
        """Return the lines of which a cell has a title, with the years in its places."""
        return [
            (line, years) for line, text in self.texts if (years := match(title, text)) is not None
        ]

    @cached_property
    def texts(self) -> list[tuple[Line, str]]:
        return [
            (line, cell)
            for line in self.lines
            for cell in line.cells.values()
            if isinstance(cell, str)
        ]

    def wrong(self, place: str, value: object, text: str) -> str:
        return problem(self.path, place, value, text)

    @cached_property
    def notes(self) -> list[str]:
        """Return the texts under the table, as printed."""
        texts = (" ".join(text.split()) for _, text in self.texts)
        return [text for text in texts if text.casefold().startswith(NOTES)]


def regions(path: Path, sheets: dict[str, list[Line]]) -> list[Region]:
    """Cut the sheets where a title begins: a line with the number of a table, or a title."""
    found: list[list[Line]] = []
    for lines in sheets.values():
        found.append([])
        for line in lines:
            if is_title(line) and found[-1]:
                found.append([])
            found[-1].append(line)
    return [Region(path, lines) for lines in found if lines]


def is_title(line: Line) -> bool:
    return any(
        isinstance(cell, str)
        and (NUMBER.match(cell) or any(match(table.title, cell) is not None for table in TABLES))
        for cell in line.cells.values()
    )


def lacking(region: Region, table: Table | Comparison) -> list[str]:
    """Return what of a table's texts a region does not have."""
    blocks = table.blocks if isinstance(table, Table) else ()
    titles = (table.title, table.unit, *(block.title for block in blocks))
    return [title for title in dict.fromkeys(titles) if not region.matches(title)]


def find(
    path: Path, found: list[Region], tables: Sequence[Table | Comparison]
) -> Iterator[tuple[Table | Comparison, Region] | str]:
    """Yield each table with its place, or what was looked for and where."""
    missing = [[(region, lacking(region, table)) for region in found] for table in tables]
    taken = {id(region) for row in missing for region, titles in row if not titles}
    names = ", ".join(dict.fromkeys(region.sheet for region in found))
    for table, row in zip(tables, missing, strict=True):
        places = [region for region, titles in row if not titles]
        if len(places) == 1:
            yield table, places[0]
            continue
        for region in places:
            at = region.matches(table.title)[0][0]
            yield region.wrong(at.place(min(at.cells)), table.title, "is there more than once")
        near = [
            (region, titles)
            for region, titles in row
            if not places and id(region) not in taken and region.matches(table.title)
        ]
        for region, titles in near:
            for title in titles:
                yield region.wrong(region.sheet, shown(title), "is not there")
        if not places and not near:
            text = f"is the title of no table with the unit {shown(table.unit)}; sheets: {names}"
            yield problem(path, "", shown(table.title), text)


def shown(title: str) -> str:
    return title.format(base="<year>", first="<year>", last="<year>")


def columns_of(line: Line) -> Columns:
    """Return the years of a header row by column: 2018, "2019", and "2023e" for an estimate."""
    matches = {column: YEAR.fullmatch(str(value).strip()) for column, value in line.cells.items()}
    return {
        column: Column(int(match[1]), "estimate" if match[2] else "actual", match[3])
        for column, match in matches.items()
        if match
    }


def head_of(region: Region) -> Line | None:
    return next((line for line in region.lines if len(columns_of(line)) > 1), None)


@dataclass(frozen=True)
class Row:
    """A row of figures: whose, of which block, and what stands at its name."""

    line: Line
    label: str
    area: str
    block: Block
    mark: str
    currency: str | None


def read_rows(
    region: Region, table: Table, head: Line, reference: Reference
) -> Iterator[Row | str]:
    columns = columns_of(head)
    titles = {id(line): block for block in table.blocks for line, _ in region.matches(block.title)}
    # A table with one block may have no title below the years: its unit stands for it.
    block = table.blocks[0] if table.unit == table.blocks[0].title else None
    for line in region.lines[region.lines.index(head) + 1 :]:
        label = line.text(last=min(columns) - 1)
        block = titles.get(id(line), block)
        if not is_row(reference, line, columns):
            continue
        area = area_of(reference, label)
        if area is None or block is None:
            place = line.place(min(columns))
            yield region.wrong(place, label, "is no member or aggregate in a block")
            continue
        match = LABEL.fullmatch(label)
        yield Row(line, label, area, block, match[2] if match else "", match and match[3])
        yield from check_strays(region, line, columns)


def check_strays(region: Region, line: Line, columns: Columns) -> Iterator[str]:
    """Refuse a number that stands under no year: its column may have lost its header."""
    for column, value in line.cells.items():
        if column > min(columns) and column not in columns and isinstance(value, int | float):
            yield region.wrong(line.place(column), value, "stands under no year")


def is_row(reference: Reference, line: Line, columns: Iterable[int]) -> bool:
    """Tell a row of figures from a title, a footnote, and a helper row of the print layout.

    Helper rows have no name; they hold zeros or references that were cut off.
    """
    values = [line.cells[column] for column in columns if column in line.cells]
    label = line.text(last=min(columns) - 1)
    if area_of(reference, label):
        return True
    return bool(values) and not (label == "" and all(value in HELPERS for value in values))


def area_of(reference: Reference, label: str) -> str | None:
    match = LABEL.fullmatch(label)
    name = match[1] if match else label
    return reference.area(name) or AGGREGATE_NAMES.get(folded(name))


def currencies_of(row: Row) -> tuple[str, ...] | None:
    """Return what the currency of a row may be; None if none is printed."""
    return None if row.currency is None else CURRENCIES.get(row.currency, ())


def read_cell(
    region: Region, line: Line, column: int, key: Key, stage: Stage, marks: tuple[str, ...] = ()
) -> Figure | str:
    value, place = line.cells.get(column), line.place(column)
    if value in BLANKS:
        return Figure(*key, None, stage, "not_reported", place, (), place, marks)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return region.wrong(place, value, "is no number")
    return Figure(*key, digits(value), stage, None, place, (), place, marks)

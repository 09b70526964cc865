"""Reads NATO's workbook of defence expenditure tables."""

from collections.abc import Iterator
from pathlib import Path

from importers.books import Book, Found, check_sha256
from importers.figures import Figure, Key, Stage
from importers.grid import is_on
from importers.layouts import Comparison, layout_of
from importers.nato_tables import (
    check_rows,
    check_titles,
    is_row,
    name_of,
    read_cell,
    read_table,
)
from importers.reference import Reference
from importers.refusals import RefusedError, problem, refuse
from importers.releases import Release
from importers.workbooks import Line, read_sheets


def read_nato(path: Path, release: Release, reference: Reference) -> list[Figure]:
    """Return the figures of a workbook in the order of its tables."""
    layout = layout_of(release.published_on.year)
    if layout is None:
        raise RefusedError(
            [problem(release.yaml, "published_on", release.published_on, "has no layout")]
        )
    book = Book(path, read_sheets(path), release, reference)
    refuse(check_sha256(book))
    found = [item for table in layout.tables for item in read_table(book, table)]
    if layout.comparison and not any(isinstance(item, str) for item in found):
        figures = {item.key: item for item in found if isinstance(item, Figure)}
        found += read_comparison(book, layout.comparison, figures)
    refuse(item for item in found if isinstance(item, str))
    figures_read = [item for item in found if isinstance(item, Figure)]
    refuse([*check_years(book, figures_read), *check_stars(book, figures_read)])
    return figures_read


def read_comparison(book: Book, table: Comparison, figures: dict[Key, Figure]) -> Found:
    lines = book.sheets.get(table.sheet, [])
    missing = list(check_titles(book, table, lines))
    headers = [header for header, _, _ in table.columns]
    head = next((line for line in lines if [*map(str, line.cells.values())] == headers), None)
    if head is None or missing:
        yield from missing or [book.wrong(table.sheet, "; ".join(headers), "is not the header")]
        return
    seen: set[str] = set()
    for line in lines[lines.index(head) + 1 :]:
        if not is_row(book, line, head.cells):
            continue
        area = book.reference.area(name_of(line.text(last=min(head.cells) - 1)))
        if area is None:
            yield book.wrong(line.place(min(head.cells)), line.text(), "is no member or aggregate")
            continue
        seen.add(area)
        for column, (_, indicator, year) in zip(head.cells, table.columns, strict=True):
            yield from compare(book, table, line, column, (area, indicator, year), figures)
    yield from check_rows(book, table.sheet, {table.own: seen})


def compare(
    book: Book, table: Comparison, line: Line, column: int, key: Key, figures: dict[Key, Figure]
) -> Found:
    """Yield the figure that only this table has; check the others against their own tables."""
    stages = {figure.year: figure.stage for figure in figures.values()}
    cell = read_cell(book, line, column, key, stages.get(key[2], "actual"), is_starred=False)
    if isinstance(cell, str) or key[1] == table.own:
        yield cell
        return
    other = figures.get(key)
    if other is None or other.value != cell.value:
        said = other and f"is {other.value} in {other.source_cell}"
        yield book.wrong(cell.place, cell.value, said or "is in no other table")


def check_years(book: Book, figures: list[Figure]) -> Iterator[str]:
    """Refuse tables that cover other years than the first, which would leave untrue gaps."""
    sheets: dict[str, set[tuple[int, Stage]]] = {}
    for figure in figures:
        if figure.indicator in book.reference.yearly:
            sheet = figure.place.partition("!")[0]
            sheets.setdefault(sheet, set()).add((figure.year, figure.stage))
    first = next(iter(sheets.values()), set())
    for sheet, years in sheets.items():
        if years != first:
            wrong = ", ".join(f"{year} {stage}" for year, stage in sorted(years ^ first))
            yield book.wrong(sheet, wrong, "differs from the years of the first table")


def check_stars(book: Book, figures: list[Figure]) -> Iterator[str]:
    """Refuse a star that no note explains, and a note on a star that is not printed."""
    marks = [note for note in book.release.notes if note.get("mark") == "*"]
    for figure in figures:
        explained = any(is_on(note, figure.key) for note in marks)
        if figure.is_starred != explained:
            text = "has no star, but a note on it" if explained else "has a star without a note"
            yield book.wrong(figure.place, figure.area, f"{text} in release.yaml")

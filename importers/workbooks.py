"""Opens a workbook and gives its sheets as lines of cells that are not empty."""

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.styles.colors import COLOR_INDEX
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from importers.progress import shown
from importers.refusals import RefusedError, problem

BLACK = "000000"
# Of Excel's palette; the numbers above stand for the colours of the reader's own screen.
PALETTE = 64
# Of a workbook's theme: the colour of its text.
TEXT = 1


@dataclass(frozen=True)
class Line:
    """One row of a sheet: the cells that hold something, by their column.

    The colours of their fonts are there only where a reader asked for them.
    """

    sheet: str
    number: int
    cells: dict[int, Any]
    colours: dict[int, str] = field(default_factory=dict)

    def place(self, column: int) -> str:
        return f"{self.sheet}!{get_column_letter(column)}{self.number}"

    def text(self, first: int = 1, last: int = 16384) -> str:
        """Return what stands between two columns as one text."""
        words = [
            str(self.cells[column]) for column in sorted(self.cells) if first <= column <= last
        ]
        return " ".join(" ".join(words).split())


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open a workbook to be read row by row, so that its size does not matter."""
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
        try:
            yield workbook
        finally:
            workbook.close()
    except OSError as error:
        raise RefusedError([problem(path, "", "", f"cannot be read: {error.strerror}")]) from error
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, ParseError) as error:
        raise RefusedError([problem(path, "", "", "is not a workbook")]) from error


def read_sheets(path: Path) -> dict[str, list[Line]]:
    with opened(path) as workbook:
        return {sheet.title: list(read_lines(sheet)) for sheet in workbook.worksheets}


def read_lines(sheet: Any) -> Iterator[Line]:
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = {column: value for column, value in enumerate(values, start=1) if value is not None}
        if cells:
            yield Line(sheet.title, number, cells)


def read_titled(path: Path, titles: Iterable[str]) -> dict[str, list[Line]]:
    """Return, by title, the sheets whose first text begins with it, with the colours of fonts."""
    titles, found = tuple(titles), dict[str, list[Line]]()
    with opened(path) as workbook:
        for sheet in workbook.worksheets:
            lines = read_coloured(sheet)
            first = next(lines, None)
            for title in titles:
                if first and first.text().startswith(title):
                    rest = shown(lines, sheet.max_row, f"reading {sheet.title}")
                    found[title] = [first, *rest]
    return found


def read_coloured(sheet: Any) -> Iterator[Line]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        held = {column: cell for column, cell in enumerate(row, start=1) if cell.value is not None}
        if held:
            cells = {column: cell.value for column, cell in held.items()}
            colours = {column: colour_of(cell.font.color) for column, cell in held.items()}
            yield Line(sheet.title, number, cells, colours)


def colour_of(colour: Any) -> str:
    """Return a font's colour as RRGGBB, whichever of Excel's ways it is given in."""
    if colour is None or colour.type == "auto":
        return BLACK
    if colour.type == "indexed":
        return str(COLOR_INDEX[colour.indexed])[-6:] if colour.indexed < PALETTE else BLACK
    if colour.type == "rgb":
        return str(colour.rgb)[-6:].upper()
    return BLACK if colour.theme == TEXT else f"theme {colour.theme}"

"""Opens a workbook and gives its sheets as lines of cells that are not empty.

openpyxl is imported where it is used: it takes longer than all else, and loading opens no workbook.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from typing import Any

from importers.archives import check_archive
from importers.progress import shown
from importers.refusals import RefusedError, problem

# Far more than any publisher's sheet has: SIPRI's have 201 rows and 80 columns.
MOST_ROWS, MOST_COLUMNS = 5_000, 500
# Above a sheet's title there may stand empty or inserted rows.
DEEPEST_TITLE = 12

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
        from openpyxl.utils import get_column_letter

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
    from openpyxl import load_workbook

    check_archive(path)
    with path.open("rb") as file:
        with refusing(path, ""), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            if not workbook.worksheets:
                raise RefusedError([problem(path, "", "", "is not a workbook, or damaged")])
            yield workbook
        finally:
            workbook.close()


@contextmanager
def refusing(path: Path, sheet: str) -> Iterator[None]:
    """Turn what openpyxl raises into a refusal: of a damaged file that may be anything."""
    try:
        yield
    except Exception as error:
        raise RefusedError([problem(path, sheet, "", "is not a workbook, or damaged")]) from error


def read_sheets(path: Path) -> dict[str, list[Line]]:
    """Return the lines of every sheet that holds something, by its name."""
    with opened(path) as workbook:
        sheets = {sheet.title: list(read_lines(path, sheet)) for sheet in workbook.worksheets}
    return {name: lines for name, lines in sheets.items() if lines}


def read_lines(path: Path, sheet: Any) -> Iterator[Line]:
    for number, values in rows_of(path, sheet, values_only=True):
        cells = {column: value for column, value in enumerate(values, start=1) if value is not None}
        if cells:
            yield Line(sheet.title, number, cells)


def rows_of(path: Path, sheet: Any, *, values_only: bool) -> Iterator[tuple[int, Any]]:
    """Yield the rows with their numbers; what a sheet says of its own size is not believed."""
    with refusing(path, sheet.title):
        total = sheet.max_row
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=values_only)
    for number in shown(count(1), total, f"reading {sheet.title}"):
        with refusing(path, sheet.title):
            row = next(rows, None)
        if row is None:
            return
        if number > MOST_ROWS or len(row) > MOST_COLUMNS:
            text = f"has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns"
            raise RefusedError([problem(path, sheet.title, "", text)])
        yield number, row


def read_titled(path: Path, titles: Iterable[str]) -> dict[str, list[Line]]:
    """Return, by title, the sheets of whose texts one begins with it, with the colours of fonts.

    A title may have {base} where a year stands.
    """
    found = dict[str, list[Line]]()
    patterns = {title: beginning(title) for title in titles}
    with opened(path) as workbook:
        for sheet in workbook.worksheets:
            lines = read_coloured(path, sheet)
            head = list(islice(lines, DEEPEST_TITLE))
            for title, pattern in patterns.items():
                if any(pattern.match(line.text()) for line in head):
                    if title in found:
                        names = f"{found[title][0].sheet}, {sheet.title}"
                        raise RefusedError([problem(path, names, title, "is there twice")])
                    found[title] = [*head, *lines]
    return found


def beginning(title: str) -> re.Pattern[str]:
    pattern = re.escape(title).replace(r"\{base\}", r"((?:19|20)\d\d)")
    return re.compile(pattern, re.IGNORECASE)


def read_coloured(path: Path, sheet: Any) -> Iterator[Line]:
    for number, row in rows_of(path, sheet, values_only=False):
        held = {column: cell for column, cell in enumerate(row, start=1) if cell.value is not None}
        if held:
            with refusing(path, sheet.title):
                cells = {column: cell.value for column, cell in held.items()}
                colours = {column: colour_of(cell.font.color) for column, cell in held.items()}
            yield Line(sheet.title, number, cells, colours)


def colour_of(colour: Any) -> str:
    """Return a font's colour as RRGGBB, whichever of Excel's ways it is given in."""
    if colour is None or colour.type == "auto":
        return BLACK
    if colour.type == "indexed":
        from openpyxl.styles.colors import COLOR_INDEX

        return str(COLOR_INDEX[colour.indexed])[-6:] if colour.indexed < PALETTE else BLACK
    if colour.type == "rgb":
        return str(colour.rgb)[-6:].upper()
    return BLACK if colour.theme == TEXT else f"theme {colour.theme}"

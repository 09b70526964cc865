"""Opens a workbook and gives its sheets as lines of cells that are not empty."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from importers.refusals import RefusedError, problem


@dataclass(frozen=True)
class Line:
    """One row of a sheet: the cells that hold something, by their column."""

    sheet: str
    number: int
    cells: dict[int, Any]

    def place(self, column: int) -> str:
        return f"{self.sheet}!{get_column_letter(column)}{self.number}"

    def text(self, first: int = 1, last: int = 16384) -> str:
        """Return what stands between two columns as one text."""
        words = [
            str(self.cells[column]) for column in sorted(self.cells) if first <= column <= last
        ]
        return " ".join(" ".join(words).split())


def read_sheets(path: Path) -> dict[str, list[Line]]:
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
        try:
            return {sheet.title: list(read_lines(sheet)) for sheet in workbook.worksheets}
        finally:
            workbook.close()
    except OSError as error:
        raise RefusedError([problem(path, "", "", f"cannot be read: {error.strerror}")]) from error
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, ParseError) as error:
        raise RefusedError([problem(path, "", "", "is not a workbook")]) from error


def read_lines(sheet: Any) -> Iterator[Line]:
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = {column: value for column, value in enumerate(values, start=1) if value is not None}
        if cells:
            yield Line(sheet.title, number, cells)

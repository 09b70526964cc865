"""Writes a workbook: the rows of a list, their notes, the codes they use, and where it is from."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import marshmallow as ma

# openpyxl would write by lxml where that happens to be installed: other bytes, and errors of its
# own in place of OSError. It reads this as it is imported.
os.environ.setdefault("OPENPYXL_LXML", "False")

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.writer.excel import ExcelWriter

from schemas.codelists import CODELISTS
from service.problems import ProblemError

from .files import cell
from .formats import Table

# The first day that a ZIP archive can name. The real one would make each workbook another file.
MADE_AT = datetime(1980, 1, 1)
# What unpacks an entry on Unix gives it this mode.
READABLE = 0o644 << 16

MOST_ROWS = 2**20  # the header among them
LONGEST = 32_767  # characters of a cell

CODELIST = re.compile("`/v1/codelists/([a-z-]+)`")


def save(table: Table, file: IO[bytes]) -> None:
    """Write the workbook to a file on disk.

    Raises ProblemError for what a worksheet does not hold: it would be cut.
    """
    book, notes = Workbook(write_only=True), dict[str, str]()
    try:
        fill(book, "data", table.fields, rows_of(table, notes))
        fill(book, "notes", ("id", "text"), sorted(notes.items()))
        columns = ("field", "codelist", "code", "definition")
        fill(book, "codelists", columns, codes(table.fields))
        fill(book, "about", ("name", "value"), table.about.items())
        book.properties.created = book.properties.modified = MADE_AT
        with Undated(file, "w", ZIP_DEFLATED) as archive:
            ExcelWriter(book, archive).save()
    except BaseException:
        remove_sheets(book)
        raise


def remove_sheets(book: Workbook) -> None:
    """Close the sheets that were begun, and remove openpyxl's temporary file of each.

    openpyxl does so itself only once all is saved.
    """
    for sheet in book.worksheets:
        with suppress(Exception):  # closed already, or on a disk that is full
            sheet.close()
        with suppress(AttributeError, OSError, ValueError):  # not begun, or removed already
            sheet._writer.cleanup()  # type: ignore[attr-defined]


class Undated(ZipFile):
    """A ZIP archive whose entries all have one date, so that equal content gives equal bytes."""

    def writestr(self, name: Any, *content: Any) -> None:
        super().writestr(self.entry(name), *content)

    def write(self, filename: Any, name: Any = None, *_: Any) -> None:
        entry = self.entry(name)
        entry.file_size = os.path.getsize(filename)  # above 2 GiB it has to be known
        with open(filename, "rb") as source, self.open(entry, "w") as sink:
            shutil.copyfileobj(source, sink)

    def entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, MADE_AT.timetuple()[:6])
        entry.compress_type, entry.external_attr = self.compression, READABLE
        return entry


def rows_of(table: Table, notes: dict[str, str]) -> Iterator[list[Any]]:
    """Yield the rows' values, and keep the notes that stand in them."""
    for number, row in enumerate(table.rows, 2):
        if number > MOST_ROWS:
            raise too_large(f"more than {MOST_ROWS - 1:,} rows")
        notes |= {note["id"]: note["text"] for note in row.get("notes", ())}
        yield [typed(field, row[name]) for name, field in table.fields.items()]


def typed(field: ma.fields.Field[Any], value: Any) -> Any:
    return date.fromisoformat(value) if value and isinstance(field, ma.fields.Date) else value


def codes(fields: Mapping[str, ma.fields.Field[Any]]) -> Iterator[tuple[str, ...]]:
    """Yield the codes of each field whose description, or own name, says their codelist."""
    for name, field in fields.items():
        said = CODELIST.findall(field.metadata.get("description", ""))
        for codelist in sorted({*said, name, f"{name.replace('_', '-')}s"} & CODELISTS.keys()):
            for code, definition in CODELISTS[codelist][1].items():
                yield name, codelist, code, definition
        if isinstance(field, ma.fields.List) and isinstance(field.inner, ma.fields.Nested):
            for part, *rest in codes(field.inner.schema.fields):
                yield f"{name}.{part}", *rest


def fill(book: Workbook, title: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(list(header))
    for row in rows:
        sheet.append([in_sheet(sheet, value) for value in row])


def in_sheet(sheet: Any, value: Any) -> Any:
    """Return numbers, days and truth values as they are, all else as text that is no formula."""
    if isinstance(value, float):  # openpyxl would round it to 16 digits; 17 make a double
        return written(sheet, repr(value), "n")
    if value is None or isinstance(value, bool | int | date):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", cell(value))
    if len(text) > LONGEST:
        raise too_large(f"a text of more than {LONGEST:,} characters")
    return written(sheet, text, "s")


def written(sheet: Any, text: str, data_type: str) -> Any:
    """Return a cell of this text as it stands, whatever openpyxl would take it for."""
    found = WriteOnlyCell(sheet, text)
    found.data_type = data_type
    return found


def too_large(what: str) -> ProblemError:
    return ProblemError(
        "bad_request", f"A worksheet cannot hold {what}: narrow the list, or take it as .csv."
    )

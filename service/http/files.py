"""A list in a file: whole or an error, in as little memory as one batch of its rows takes."""

import csv
import logging
import re
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from io import StringIO
from itertools import chain, islice
from tempfile import TemporaryFile
from time import monotonic
from typing import IO, Any

import marshmallow as ma

from schemas.base import Output
from schemas.dumping import compiled
from service.storage.csv_copy import Kinds
from service.storage.errors import DatabaseUnavailableError
from service.storage.file_rows import Rows
from service.storage.revision import Row

from . import metrics
from .formats import File, Table, as_json

log = logging.getLogger("burdenshare")

# How many rows go out at once, and how many bytes of a file on disk.
ROWS = 100
PART = 2**16


class BrokenOffError(Exception):
    """A file ends before its time: it is sent without its end, so that the reader sees it."""


def as_csv(table: Table) -> Iterator[bytes]:
    """Write RFC 4180: the fields' names, then a line for each row."""
    header = line(table.fields).encode()
    if table.copied is not None:
        return joined(header, table.copied)
    rows = (line(map(cell, row.values())).encode() for row in table.rows)
    return parts(chain((header,), rows))


def joined(header: bytes, lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the header with the first lines, which may fail, and then the others."""
    yield header + next(lines, b"")
    yield from lines


def as_ndjson(table: Table) -> Iterator[bytes]:
    """Write each row as JSON has it in `data`, a line each."""
    return parts(map(as_json, table.rows))


def parts(lines: Iterator[bytes]) -> Iterator[bytes]:
    while some := list(islice(lines, ROWS)):
        yield b"".join(some)


def line(cells: Iterable[str]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def cell(value: Any) -> str:
    """Return a value as one text: nothing for null, items joined, what has parts as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(map(is_short, value)):
        return "; ".join(map(item, value))
    return compact(value)


# Of these objects a cell has so much as tells them apart.
SHORT = {frozenset({"field", "reason"}): "missing", frozenset({"id", "text"}): "notes"}


def is_short(value: Any) -> bool:
    return not isinstance(value, dict) or frozenset(value) in SHORT


def item(value: Any) -> str:
    """Return an item of a list: of a missing field `field=reason`, of a note its id."""
    if not isinstance(value, dict):
        return cell(value)
    return f"{value['field']}={value['reason']}" if "field" in value else str(value["id"])


def compact(value: Any) -> str:
    return as_json(value)[:-1].decode()


CSV = File("text/csv", ".csv", as_csv, "CSV (RFC 4180, UTF-8)", "; charset=utf-8; header=present")
NDJSON = File("application/x-ndjson", ".ndjson", as_ndjson, "JSON, a row a line")


def table_of(returns: ma.Schema, body: Mapping[str, Any], address: str) -> Table:
    """Return the table of a list's body, its rows dumped one by one as JSON's are together."""
    data, meta = returns.fields["data"], returns.fields["meta"]
    assert isinstance(data, ma.fields.List)
    assert isinstance(data.inner, ma.fields.Nested)
    assert isinstance(meta, ma.fields.Nested)
    row, rows = data.inner.schema, body["data"]
    return Table(
        row.fields,
        map(compiled(row), rows),
        meta.schema.dump(body["meta"]),
        body.get("codes", {}),
        rows.copied(row) if isinstance(rows, UntilRead) else None,
        address,
    )


# How PostgreSQL names what these fields dump.
KINDS: Mapping[type[ma.fields.Field[Any]], str] = {
    ma.fields.String: "text",
    ma.fields.Integer: "integer",
    ma.fields.Float: "number",
}


def kinds_of(row: ma.Schema) -> Kinds:
    """Return each field of a row with its kind, for rows whose JSON is stored."""
    return tuple((name, kind_of(field)) for name, field in row.dump_fields.items())


def kind_of(field: ma.fields.Field[Any]) -> str:
    if isinstance(field, ma.fields.List):
        assert isinstance(field.inner, ma.fields.Nested)
        return SHORT[frozenset(field.inner.schema.fields)]
    return KINDS[type(field)]


def by_disk(save: Callable[[IO[bytes]], None]) -> Iterator[bytes]:
    """Save to a file on disk, then yield that in parts."""
    with TemporaryFile() as file:
        save(file)
        yield from read_parts(file)


def read_parts(file: IO[bytes], begin: int = 0, end: int = sys.maxsize) -> Iterator[bytes]:
    """Yield the bytes of a file on disk from one place up to another, a part at a time."""
    file.seek(begin)
    while begin < end and (part := file.read(min(PART, end - begin))):
        begin += len(part)
        yield part


def file_name(path: str, suffix: str, release: str | None) -> str:
    """Return what to save a list as, such as `spending-years_nato-2026-07-10.csv`."""
    path = path.removesuffix(suffix).removeprefix("/v1/")
    return "_".join(filter(None, (re.sub("[^A-Za-z0-9.-]+", "-", path), release))) + suffix


def begin(
    chunks: Iterator[bytes], lent: ExitStack, seconds: float, request_id: str
) -> Iterator[bytes]:
    """Write the first rows, so that what fails by then is a problem; the rest as they are read.

    `lent` is what the rows take, and given back as soon as they are read, fail or nobody reads.
    """
    first = next(chunks, b"")
    return guarded(chain((first,), chunks), lent, monotonic() + seconds, request_id)


def guarded(
    chunks: Iterator[bytes], lent: ExitStack, deadline: float, request_id: str
) -> Iterator[bytes]:
    """Yield the chunks. Raises BrokenOffError when one fails, or the reader takes too long."""
    try:
        with lent:
            for chunk in chunks:
                if monotonic() > deadline:
                    raise TimeoutError("the client reads too slowly")
                yield chunk
    except Exception as error:
        log.error("file broken off in request %s", request_id, exc_info=error)
        if isinstance(error, DatabaseUnavailableError):
            metrics.count_failure(error.code)
        raise BrokenOffError from error


@dataclass
class UntilRead:
    """Rows that give back what they take once the last is read, or nobody reads."""

    rows: Rows | Generator[Row]
    lent: ExitStack

    def __iter__(self) -> Iterator[Row]:
        return self.read(iter(self.rows))

    def copied(self, row: ma.Schema) -> Iterator[bytes] | None:
        """Return the rows as lines of CSV, or None for those that Python writes."""
        if not (isinstance(row, Output) and row.is_written and isinstance(self.rows, Rows)):
            return None
        return self.read(self.rows.copied(kinds_of(row)))

    def read(self, found: Iterator[Any]) -> Iterator[Any]:
        yield from found
        self.lent.close()

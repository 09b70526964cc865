"""A list as Parquet: a typed column for each field, written by a process of its own.

pyarrow takes 37 MB, and more with every group of rows, and gives little of it back. So a worker
never loads it: parquet_writer.py does, and is gone when the file is whole.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO, Any

import marshmallow as ma
from marshmallow import fields

from .files import by_disk
from .formats import File, Table, as_json
from .problems import FULL

WRITER = Path(__file__).with_name("parquet_writer.py")

Field = ma.fields.Field[Any]

# A date is a kind of instant to marshmallow, hence first.
TYPES: Mapping[type[Field], str] = {
    fields.Integer: "integer",
    fields.Float: "number",
    fields.Boolean: "boolean",
    fields.Date: "date",
    fields.DateTime: "instant",
    fields.String: "text",
}


def as_parquet(table: Table) -> Iterator[bytes]:
    """Write the table to a file on disk, then send that."""
    return by_disk(lambda file: save(table, file, table.about))


def save(table: Table, file: IO[bytes], said: Mapping[str, Any]) -> None:
    """Write the table to a file on disk; `said` goes into the file's own metadata, as text.

    Raises OSError for a disk that is full, and RuntimeError where the writer fails otherwise.
    """
    metadata = {name: str(value) for name, value in said.items() if value is not None}
    # -I: it imports nothing of ours, and nothing that lies about where the service runs.
    with Popen([sys.executable, "-I", WRITER], stdin=PIPE, stdout=file) as writer:
        assert writer.stdin is not None
        with suppress(BrokenPipeError):  # of a writer that has ended: its exit code says why
            writer.stdin.write(as_json([columns_of(table.fields), metadata]))
            for row in table.rows:
                writer.stdin.write(as_json([row[name] for name in table.fields]))
        with suppress(BrokenPipeError):
            writer.stdin.close()
    if writer.returncode in FULL:
        raise OSError(writer.returncode, os.strerror(writer.returncode))
    if writer.returncode != 0:
        raise RuntimeError(f"the writer of Parquet ended with {writer.returncode}")


def columns_of(columns: Mapping[str, Field]) -> list[Any]:
    """Return the name, type and description of each column."""
    return [
        [name, type_of(field), field.metadata["description"]] for name, field in columns.items()
    ]


def type_of(field: Field) -> Any:
    """Return a word, `{"list": type}` or `{"struct": columns}`; `json` has no fixed parts."""
    if isinstance(field, fields.List):
        return {"list": type_of(field.inner)}
    if isinstance(field, fields.Nested):
        return {"struct": columns_of(field.schema.fields)}
    return next((name for kind, name in TYPES.items() if isinstance(field, kind)), "json")


PARQUET = File("application/vnd.apache.parquet", ".parquet", as_parquet, "Apache Parquet")

"""Writes Parquet to standard output, of JSON from standard input: a program of its own.

The first line has the columns (name, type, description) and the metadata, every other one the
values of a row. What has parts comes as an object, by their names. Where the operating system
refuses, as with a full disk, the exit code is its errno.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

# Its own pools keep what they once had. It reads this as it is imported.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

import pyarrow as pa
import pyarrow.parquet as pq

# Rows that are turned into columns at once, and how many of these make a group of the file.
ROWS = 500
BATCHES = 40

TYPES = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("s", "UTC"),
    "text": pa.string(),
    "json": pa.string(),
}


def main(lines: IO[bytes], file: IO[bytes]) -> None:
    columns, metadata = json.loads(next(lines))
    schema = pa.schema(parts_of(columns), metadata)
    # Snappy is what every reader has. All else is as pyarrow has it, and the same each time.
    with pq.ParquetWriter(file, schema, compression="snappy") as writer:
        batches = batches_of(lines, columns, schema)
        while group := list(islice(batches, BATCHES)):
            writer.write_table(pa.Table.from_batches(group, schema))


def batches_of(
    lines: Iterable[bytes], columns: list[Any], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    rows = (json.loads(line) for line in lines)
    while some := list(islice(rows, ROWS)):
        values = zip(*some, strict=True)
        arrays = [
            pa.array([typed(kind, value) for value in column], type_of(kind))
            for (_, kind, _), column in zip(columns, values, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def parts_of(columns: list[Any]) -> list[pa.Field]:
    return [
        pa.field(name, type_of(kind), metadata={"description": description})
        for name, kind, description in columns
    ]


def type_of(kind: Any) -> pa.DataType:
    if isinstance(kind, str):
        return TYPES[kind]
    if "list" in kind:
        return pa.list_(type_of(kind["list"]))
    return pa.struct(parts_of(kind["struct"]))


def typed(kind: Any, value: Any) -> Any:
    """Return a value of JSON as one of its type."""
    if value is None:
        return None
    if isinstance(kind, dict):
        if "list" in kind:
            return [typed(kind["list"], part) for part in value]
        return {name: typed(part, value[name]) for name, part, _ in kind["struct"]}
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "instant":
        return datetime.fromisoformat(value)
    return json.dumps(value, ensure_ascii=False) if kind == "json" else value


if __name__ == "__main__":
    try:
        main(sys.stdin.buffer, sys.stdout.buffer)
        sys.stdout.flush()
    except OSError as error:
        # At once: Python would try to write the rest again.
        os._exit(error.errno or 1)

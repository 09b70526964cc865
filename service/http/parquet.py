"""A list as Parquet: a typed column for each field, written in groups of rows.

pyarrow is imported with the first list that is asked for so: a worker without it is 29 MB smaller.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import marshmallow as ma
from marshmallow import fields

from .files import about, by_disk, compact
from .formats import File, Table

if TYPE_CHECKING:
    import pyarrow as pa

# Rows that are turned into columns at once, and how many of these make a group of the file. All of
# a group is in memory, and of each group 12 kB until the file ends.
ROWS = 200
BATCHES = 40

Field = ma.fields.Field[Any]


def as_parquet(table: Table) -> Iterator[bytes]:
    """Write the table to a file on disk, then send that."""
    return by_disk(lambda file: save(table, file, about(table.meta)))


def save(table: Table, file: IO[bytes], said: Mapping[str, Any]) -> None:
    """Write the table; `said` goes into the file's own metadata, as text."""
    arrow, parquet = loaded()
    schema = schema_of(table.fields, said)
    # Snappy is what every reader has. All else is as pyarrow has it, and the same each time.
    with parquet.ParquetWriter(file, schema, compression="snappy") as writer:
        batches = batches_of(table, schema)
        while group := list(islice(batches, BATCHES)):
            writer.write_table(arrow.Table.from_batches(group, schema))


def batches_of(table: Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    arrow, _ = loaded()
    rows = iter(table.rows)
    while some := list(islice(rows, ROWS)):
        yield arrow.RecordBatch.from_pylist([typed_row(table.fields, row) for row in some], schema)


@cache
def loaded() -> tuple[Any, Any]:
    """Return pyarrow and its Parquet."""
    # Its own pools keep what they once had. It reads this as it is imported.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    import pyarrow
    import pyarrow.parquet

    return pyarrow, pyarrow.parquet


def schema_of(columns: Mapping[str, Field], said: Mapping[str, Any]) -> pa.Schema:
    arrow, _ = loaded()
    metadata = {name: str(value) for name, value in said.items() if value is not None}
    return arrow.schema(parts_of(columns), metadata)


def parts_of(columns: Mapping[str, Field]) -> list[pa.Field]:
    arrow, _ = loaded()
    return [
        arrow.field(name, type_of(field), metadata={"description": field.metadata["description"]})
        for name, field in columns.items()
    ]


def type_of(field: Field) -> pa.DataType:
    """Return what a field is in Parquet; what has no fixed parts is JSON in a text."""
    arrow, _ = loaded()
    if isinstance(field, fields.List):
        return arrow.list_(type_of(field.inner))
    if isinstance(field, fields.Nested):
        return arrow.struct(parts_of(field.schema.fields))
    # A date is a kind of instant to marshmallow, hence first.
    types = {
        fields.Integer: arrow.int64(),
        fields.Float: arrow.float64(),
        fields.Boolean: arrow.bool_(),
        fields.Date: arrow.date32(),
        fields.DateTime: arrow.timestamp("s", "UTC"),
    }
    return next((made for kind, made in types.items() if isinstance(field, kind)), arrow.string())


def typed_row(columns: Mapping[str, Field], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: typed(field, row[name]) for name, field in columns.items()}


def typed(field: Field, value: Any) -> Any:
    """Return a value of JSON as one of its field's type."""
    if value is None:
        return None
    if isinstance(field, fields.List):
        return [typed(field.inner, part) for part in value]
    if isinstance(field, fields.Nested):
        return typed_row(field.schema.fields, value)
    if isinstance(field, fields.Date):
        return date.fromisoformat(value)
    if isinstance(field, fields.DateTime):
        return datetime.fromisoformat(value)
    return value if isinstance(value, str | int | float) else compact(value)


PARQUET = File("application/vnd.apache.parquet", ".parquet", as_parquet, "Apache Parquet")

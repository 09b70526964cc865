"""Rows that stand in the database as JSON are what their schema makes of their columns."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import marshmallow as ma
import orjson
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb, set_json_loads
from psycopg.types.numeric import FloatLoader

from importers.load import WRITTEN, load
from schemas.base import Output
from schemas.dumping import dumper
from schemas.observations import Observation
from schemas.spending_years import SpendingYear
from service.http.formats import as_json
from service.storage.database import given as named
from service.storage.database import whole

from ...conftest import DATA, made_database

Connection = psycopg.Connection[DictRow]

# By the table that has the rows: their schema and the query that finds them.
LISTS: dict[str, tuple[type[Output], str]] = {
    "observation": (Observation, "observations/list"),
    "spending_year": (SpendingYear, "spending_years/list"),
}


def connect(url: str) -> Connection:
    connection = psycopg.connect(url, row_factory=dict_row, cursor_factory=psycopg.RawCursor)
    connection.adapters.register_loader("numeric", FloatLoader)
    set_json_loads(orjson.loads, connection)
    return connection


@pytest.fixture(scope="module")
def connection(database_url: str) -> Iterator[Connection]:
    with connect(database_url) as connection:
        yield connection
        connection.rollback()


def rows_of(connection: Connection, table: str, release: str) -> list[dict[str, Any]]:
    asked = {"release": release}
    statement = whole(LISTS[table][1], named(asked), False)
    return connection.execute(statement.text, statement.fill(asked)).fetchall()


def releases(connection: Connection) -> list[str]:
    return [row["id"] for row in connection.execute("SELECT id FROM release").fetchall()]


def check(connection: Connection, table: str, release: str) -> int:
    """Compare the JSON of each row with its columns; return how many there were."""
    dump = dumper(LISTS[table][0])
    rows = rows_of(connection, table, release)
    for row in rows:
        assert row["json"].encode() + b"\n" == as_json(dump(row))
    return len(rows)


def test_every_list_of_written_rows_is_tried() -> None:
    written = {schema for schema in subclasses(Output) if schema.is_written}
    assert {schema for schema, _ in LISTS.values()} == written
    assert set(LISTS) == set(WRITTEN)


def subclasses(schema: type[Output]) -> Iterator[type[Output]]:
    for found in schema.__subclasses__():
        yield found
        yield from subclasses(found)


@pytest.mark.parametrize("table", LISTS)
def test_each_row_loaded_is_written_as_its_schema_dumps_it(
    connection: Connection, table: str
) -> None:
    assert sum(check(connection, table, release) for release in releases(connection)) > 1000


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | (
    st.sampled_from(
        ['"', "\\", "/", "\n", "\r\n", "\t", "\b", "\x1f", "\x7f", "\u2028", "é", "\U0001d6fc"]
    )
)
NUMBERS = st.one_of(
    st.floats(-1e300, 1e300).map(repr).map(Decimal),
    st.floats(1e14, 1e24).map(repr).map(Decimal),
    st.decimals(-(10**9), 10**9, places=17),
    st.integers(-(10**18), 10**18).map(Decimal),
)
FIGURES = [
    name for name, field in SpendingYear().fields.items() if isinstance(field, ma.fields.Float)
]
NOTES = st.lists(TEXTS, max_size=3)


def noted(connection: Connection, notes: list[str]) -> list[str]:
    """Insert notes with these texts, and return their ids."""
    ids = [f"made-up-{at}" for at, _ in enumerate(notes)]
    for at, text in zip(ids, notes, strict=True):
        connection.execute("INSERT INTO note (id, text) VALUES ($1, $2)", [at, text])
    return ids


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(value=st.none() | NUMBERS, cell=st.none() | TEXTS, notes=NOTES)
def test_any_figure_is_written_as_its_schema_dumps_it(
    connection: Connection, value: Decimal | None, cell: str | None, notes: list[str]
) -> None:
    connection.rollback()
    changed = connection.execute(
        """
        UPDATE observation
        SET value = $1, missing_reason = $2, source_cell = $3, notes = $4
        WHERE release = 'nato-2023-07-07' AND area = 'POL'
        """,
        [value, "not_held" if value is None else None, cell, noted(connection, notes)],
    )
    assert changed.rowcount > 0
    assert check(connection, "observation", "nato-2023-07-07") > 0


@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
@given(
    figures=st.lists(st.none() | NUMBERS, min_size=len(FIGURES), max_size=len(FIGURES)),
    missing=st.lists(st.fixed_dictionaries({"field": TEXTS, "reason": TEXTS}), max_size=3),
    notes=NOTES,
)
def test_any_spending_year_is_written_as_its_schema_dumps_it(
    connection: Connection,
    figures: list[Decimal | None],
    missing: list[dict[str, str]],
    notes: list[str],
) -> None:
    connection.rollback()
    given = [*figures, Jsonb(missing), noted(connection, notes)]
    columns = ", ".join(
        f"{name} = ${at}" for at, name in enumerate([*FIGURES, "missing", "notes"], start=1)
    )
    where = "release = 'nato-2023-07-07' AND member = 'POL'"
    changed = connection.execute(f"UPDATE spending_year SET {columns} WHERE {where}", given)
    assert changed.rowcount > 0
    assert check(connection, "spending_year", "nato-2023-07-07") > 0


def test_a_change_of_the_reference_tables_writes_the_rows_again(
    server_url: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    for folder in (data / "releases").iterdir():
        if folder.name != "nato-2024-06-17":
            shutil.rmtree(folder)
    with made_database(server_url) as url, connect(url) as connection:
        load(url, data)
        connection.execute("UPDATE note SET text = 'other words' WHERE id LIKE 'nato-2024-06-17-%'")
        connection.commit()
        with pytest.raises(AssertionError):
            check(connection, "observation", "nato-2024-06-17")
        sources = data / "sources.csv"
        sources.write_text(sources.read_text("utf-8").replace("NATO", "N.A.T.O."), "utf-8")
        load(url, data)
        connection.rollback()
        for table in LISTS:
            assert check(connection, table, "nato-2024-06-17") > 0

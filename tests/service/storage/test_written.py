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

from importers.load import load
from importers.loaded import WRITTEN
from schemas.base import Output
from schemas.dumping import dumper
from schemas.observations import Observation
from schemas.spending_years import SpendingYear
from service.http.formats import as_json
from service.storage.statements import whole

from ...conftest import DATA, made_database, served

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
    statement = whole(LISTS[table][1], (), frozenset(asked))
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


@pytest.fixture(scope="module")
def changeable(
    server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """Return the URL of a database with one release, and the folder that it was loaded from."""
    data = tmp_path_factory.mktemp("changeable") / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("releases"))
    shutil.copytree(DATA / "releases" / RELEASE, data / "releases" / RELEASE)
    with made_database(server_url) as url:
        load(url, data)
        yield url, data


RELEASE = "nato-2024-06-17"
STAR = f"{RELEASE}-star"

# What an operator may change by hand of that which stands in the rows of others, and where.
BY_HAND = {
    "a note's text": f"UPDATE note SET text = 'other words' WHERE id = '{STAR}'",
    "a note's id": f"UPDATE note SET id = 'renamed' WHERE id = '{STAR}'",
    "a note away": f"DELETE FROM note WHERE id = '{STAR}'",
    "all notes away": "TRUNCATE note",
    "a note that is cited already": (
        "UPDATE observation SET notes = '{new}' WHERE area = 'POL';"
        "UPDATE spending_year SET notes = '{new}' WHERE member = 'POL';"
        "INSERT INTO note VALUES ('new', 'Now it is there.')"
    ),
    "what an area is": "UPDATE area SET kind = 'aggregate' WHERE code = 'POL'",
    "a unit": "UPDATE indicator SET unit = 'usd' WHERE id = 'personnel_thousands'",
    "a release's source": f"UPDATE release SET source = 'sipri' WHERE id = '{RELEASE}'",
    "all at once": (
        "UPDATE note SET text = text || '!';"
        "UPDATE area SET kind = 'aggregate';"
        "UPDATE indicator SET unit = 'usd' WHERE unit = 'usd_m'"
    ),
}


@pytest.mark.parametrize("change", BY_HAND)
def test_a_change_by_hand_is_in_each_row_at_once(changeable: tuple[str, Path], change: str) -> None:
    with connect(changeable[0]) as connection:
        before = {table: texts(connection, table) for table in LISTS}
        for statement in BY_HAND[change].split(";"):
            connection.execute(statement.encode())
        for table in LISTS:
            assert check(connection, table, RELEASE) > 0
        assert {table: texts(connection, table) for table in LISTS} != before
        connection.rollback()


def texts(connection: Connection, table: str) -> set[str]:
    query = f"SELECT json FROM {table}"
    return {row["json"] for row in connection.execute(query.encode()).fetchall()}


def test_only_the_rows_concerned_are_written_again(changeable: tuple[str, Path]) -> None:
    query = "SELECT count(*) AS rows FROM observation WHERE xmin = pg_current_xact_id()::xid"
    noted = "SELECT count(*) AS rows FROM observation WHERE notes && $1"
    with connect(changeable[0]) as connection:
        expected = connection.execute(noted, [[STAR]]).fetchone()
        connection.execute("UPDATE note SET text = text || '!' WHERE id = $1", [STAR])
        assert connection.execute(query).fetchone() == expected
        connection.rollback()
        connection.execute("UPDATE note SET text = text")
        connection.execute("UPDATE area SET name = name || '!'")
        connection.execute("UPDATE indicator SET title = title || '!'")
        connection.execute("UPDATE release SET title = title || '!'")
        assert connection.execute(query).fetchone() == {"rows": 0}
        connection.rollback()


def test_a_list_and_its_item_agree_after_a_change_by_hand_and_no_cache_keeps_the_old(
    changeable: tuple[str, Path],
) -> None:
    url, _ = changeable
    with served(url) as app, psycopg.connect(url, autocommit=True) as owner:
        client = app.test_client()
        cited = owner.execute(
            "SELECT member, year FROM spending_year WHERE notes && %s", [[STAR]]
        ).fetchone()
        assert cited is not None
        paths = {
            "/v1/spending-years?member={}&year={}".format(*cited): lambda data: data[0],
            "/v1/spending-years/{}/{}".format(*cited): lambda data: data,
        }
        before = {path: client.get(path) for path in paths}
        original = owner.execute("SELECT text FROM note WHERE id = %s", [STAR]).fetchone()
        assert original is not None
        try:
            owner.execute("UPDATE note SET text = 'other words' WHERE id = %s", [STAR])
            for path, item_of in paths.items():
                validator = {"If-None-Match": before[path].headers["ETag"]}
                after = client.get(path, headers=validator)
                assert after.status_code == 200
                notes = {note["id"]: note["text"] for note in item_of(after.json["data"])["notes"]}
                assert notes[STAR] == "other words"
        finally:
            owner.execute("UPDATE note SET text = %s WHERE id = %s", [*original, STAR])


# A change of each table that is served. Its transaction is undone.
SERVED = {
    "source": "UPDATE source SET title = title || '!'",
    "indicator": "UPDATE indicator SET title = title || '!'",
    "note": "INSERT INTO note VALUES ('x', 'x')",
    "member": "UPDATE member SET name = name || '!'",
    "area": "UPDATE area SET name = name || '!'",
    "summit": "UPDATE summit SET name = name || '!'",
    "target": "UPDATE target SET title = title || '!'",
    "commitment": "TRUNCATE commitment",
    "claim": "DELETE FROM claim",
    "changelog": "TRUNCATE changelog",
    "release": "UPDATE release SET title = title || '!'",
    "observation": "UPDATE observation SET source_cell = 'x' WHERE area = 'POL'",
    "spending_year": "DELETE FROM spending_year WHERE member = 'POL'",
    "comparison": "TRUNCATE comparison",
    "availability": "UPDATE availability SET count = count + 1 WHERE count > 0",
}


# The search index is made of served tables, in the transactions that change these.
UNSERVED = {"dataset", "migration", "search_document", "search_word"}


def test_every_table_that_is_served_is_tried(changeable: tuple[str, Path]) -> None:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with connect(changeable[0]) as connection:
        found = {row["tablename"] for row in connection.execute(query).fetchall()}
    assert found == SERVED.keys() | UNSERVED


@pytest.mark.parametrize("table", SERVED)
def test_a_change_by_hand_gives_the_data_set_a_new_revision(
    changeable: tuple[str, Path], table: str
) -> None:
    with connect(changeable[0]) as connection:
        before = connection.execute("SELECT * FROM dataset").fetchone()
        connection.execute(f"UPDATE {table} SET {KEYS.get(table, 'id')} = '' WHERE false".encode())
        assert connection.execute("SELECT * FROM dataset").fetchone() == before
        connection.execute(SERVED[table].encode())
        after = connection.execute("SELECT * FROM dataset").fetchone()
        assert before is not None
        assert after is not None
        assert after["revision"] != before["revision"]
        assert after["changed_at"] > before["changed_at"]
        connection.rollback()


def test_the_instant_of_the_last_change_never_goes_back(changeable: tuple[str, Path]) -> None:
    url = changeable[0]

    def changed_at() -> Any:
        with connect(url) as reader:
            [row] = reader.execute("SELECT changed_at FROM dataset").fetchall()
            return row["changed_at"]

    with connect(url) as early, connect(url) as late:
        early.execute("SELECT 1")  # its transaction begins
        late.execute("UPDATE note SET text = text || '.' WHERE id = (SELECT min(id) FROM note)")
        late.commit()
        before = changed_at()
        early.execute("UPDATE indicator SET title = title || '.' WHERE position = 1")
        early.commit()
        assert changed_at() > before
        # As it was for the tests that follow.
        late.execute("UPDATE note SET text = left(text, -1) WHERE id = (SELECT min(id) FROM note)")
        late.execute("UPDATE indicator SET title = left(title, -1) WHERE position = 1")
        late.commit()


KEYS = {
    "member": "code", "area": "code", "observation": "area", "spending_year": "member",
    "comparison": "area", "availability": "area",
}  # fmt: skip


def test_loading_changed_files_writes_the_rows_again(
    changeable: tuple[str, Path], tmp_path: Path
) -> None:
    url, data = changeable
    changed = tmp_path / "data"
    shutil.copytree(data, changed)
    path = changed / "indicators.csv"
    path.write_text(path.read_text("utf-8").replace(",thousands,", ",usd,"), "utf-8")
    with connect(url) as connection:
        before = texts(connection, "observation")
        connection.rollback()
        try:
            load(url, changed)
            assert texts(connection, "observation") != before
            assert check(connection, "observation", RELEASE) > 0
            connection.rollback()
        finally:
            load(url, data)
        assert texts(connection, "observation") == before

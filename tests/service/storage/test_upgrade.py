"""A database that older code migrated and loaded is brought up to date with all it holds."""

import hashlib
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from importers.__main__ import main
from service.storage import migrations

from ...conftest import DATA, served
from ...importers.database import TABLES, Row, everything

# What 0001_reader.sql was until the reader's rights were given at each migrate.
FIRST = """-- The role the web process connects as: it can read what migrations and loading make, and nothing else.
-- Roles belong to the whole server, so another database of it may have made this one already.
DO $$
BEGIN
    CREATE ROLE burdenshare_reader LOGIN;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

GRANT USAGE ON SCHEMA public TO burdenshare_reader;

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO burdenshare_reader;
"""


@pytest.fixture
def empty(server_url: str) -> Iterator[str]:
    name = sql.Identifier(f"burdenshare_test_{uuid4().hex[:12]}")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        yield make_conninfo(server_url, dbname=name._obj[0])
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def migrate_as_then(url: str, until: str) -> None:
    """Apply the files up to one, as the code did that had no others."""
    with psycopg.connect(url) as connection:
        connection.execute(migrations.LEDGER)
        for name, now in migrations.read():
            text = FIRST if name == "0001_reader" else now
            if name <= until:
                connection.execute(text.encode())
                values = [name, hashlib.sha256(text.encode()).hexdigest()]
                connection.execute("INSERT INTO migration (name, sha256) VALUES (%s, %s)", values)


def load_as_then(url: str, loaded_url: str) -> None:
    """Copy what is loaded in another database, but for the columns that are not there yet."""
    views = ("search_document", "search_word")
    with psycopg.connect(loaded_url) as source, psycopg.connect(url) as target:
        target.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in [name for name in TABLES if name not in views]:
            columns = ", ".join(column for column in columns_of(target, table))
            copied = f"COPY (SELECT {columns} FROM {table}) TO STDOUT".encode()
            pasted = f"COPY {table} ({columns}) FROM STDIN".encode()
            with (
                source.cursor() as reader,
                reader.copy(copied) as rows,
                target.cursor() as writer,
                writer.copy(pasted) as place,
            ):
                for block in rows:
                    place.write(block)
        for view in views:
            target.execute(f"REFRESH MATERIALIZED VIEW {view}".encode())


def columns_of(connection: psycopg.Connection, table: str) -> list[str]:
    query = """
        SELECT attname FROM pg_attribute
        WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'json'
    """
    return [name for (name,) in connection.execute(query, [table])]


def rows_in(url: str) -> dict[str, list[Row]]:
    """Return all rows, but for the number of the transaction that made the revision."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        rows = everything(connection)
    for row in rows["dataset"]:
        row.pop("changed_in", None)
    return rows


@pytest.mark.parametrize("until", ["0022_availability_by_area", "0023_json"])
def test_an_older_database_holds_the_same_once_it_is_migrated(
    empty: str, database_url: str, monkeypatch: pytest.MonkeyPatch, until: str
) -> None:
    migrate_as_then(empty, until)
    load_as_then(empty, database_url)
    newer = [name for name, _ in migrations.read() if name > until]
    assert migrations.migrate(empty) == newer
    assert migrations.migrate(empty) == []
    before, after = rows_in(database_url), rows_in(empty)
    assert len(after["observation"]) > 1000
    assert after == before
    monkeypatch.setenv("DATABASE_URL", empty)
    assert main(["releases", "verify"]) == 0
    assert main(["load", str(DATA)]) == 0
    assert rows_in(empty) == before
    path = "/v1/spending-years?member=POL&sort=-year"
    with served(empty) as app, served(database_url) as fresh:
        answers = [each.test_client().get(path) for each in (app, fresh)]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].data == answers[1].data
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]


def test_rows_that_a_change_by_hand_left_behind_are_mended(
    empty: str,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    migrate_as_then(empty, "0023_json")
    load_as_then(empty, database_url)
    before = rows_in(empty)
    with psycopg.connect(empty) as connection:
        changed = connection.execute("UPDATE note SET text = 'x' WHERE id = 'nato-2024-06-17-star'")
        assert changed.rowcount == 1
        stale = """SELECT count(*) FROM observation WHERE json LIKE '%"text":"x"%'"""
        assert connection.execute(stale.encode()).fetchone() == (0,)
    migrations.migrate(empty)
    with psycopg.connect(empty) as connection:
        noted = "SELECT count(*) FROM observation WHERE notes && '{nato-2024-06-17-star}'"
        found = connection.execute(stale.encode()).fetchone()
        assert found == connection.execute(noted.encode()).fetchone()
        assert found != (0,)
    assert rows_in(empty)["dataset"][0]["revision"] != before["dataset"][0]["revision"]
    monkeypatch.setenv("DATABASE_URL", empty)
    assert main(["releases", "verify"]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "loaded x" in line]
    assert line.startswith("nato-2024-06-17: note: nato-2024-06-17-star: loaded x, file Starred")


def test_the_first_file_was_what_older_databases_have_applied() -> None:
    sha256 = hashlib.sha256(FIRST.encode()).hexdigest()
    assert {"0001_reader": sha256} == migrations.REWRITTEN

"""A database that older code migrated and loaded is brought up to date with all it holds."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from importers.__main__ import main
from service.storage import migrations

from ...conftest import DATA, served
from ...importers.database import Row, everything

# Commit afb1329 made the database, with PostgreSQL 15, and loaded three of the five releases:
# pg_dump --no-owner --no-privileges --rows-per-insert=500 | gzip -9
DUMP = Path(__file__).with_name("schema_0024.sql.gz")
NEWEST_THEN = "0024_stored_json"

PATHS = (
    "/v1", "/v1/members", "/v1/releases", "/v1/spending-years?member=POL&sort=-year",
    "/v1/observations?area=EST&release=nato-2025-08-28", "/v1/revisions?area=POL",
    "/v1/availability?area=POL", "/v1/rankings", "/v1/claims", "/v1/commitments?member=ESP",
    "/v1/changelog", "/v1/search?q=poland", "/v1/search?q=bulgarian",
)  # fmt: skip


@pytest.fixture
def older(server_url: str) -> Iterator[str]:
    """Return the URL of a database restored from the dump."""
    name = sql.Identifier(f"burdenshare_test_{uuid4().hex[:12]}")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        url = make_conninfo(server_url, dbname=name._obj[0])
        with psycopg.connect(url) as restoring:
            restoring.execute(dumped())
        yield url
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def dumped() -> bytes:
    """Return the dump without psql's own commands."""
    lines = gzip.decompress(DUMP.read_bytes()).splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(b"\\"))


def rows_in(url: str) -> dict[str, list[Row]]:
    """Return all rows; the names of what can be searched are a set."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        rows = everything(connection)
    for row in rows["search_document"]:
        row["names"].sort()
    return rows


def test_an_older_database_keeps_all_rows(older: str) -> None:
    before = rows_in(older)
    assert len(before["observation"]) > 1000
    newer = [name for name, _ in migrations.read() if name > NEWEST_THEN]
    assert migrations.migrate(older) == [*newer, "always"]
    assert migrations.migrate(older) == []
    assert rows_in(older) == before


def test_an_older_database_serves_what_a_new_one_serves_once_the_rest_is_loaded(
    older: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations.migrate(older)
    monkeypatch.setenv("DATABASE_URL", older)
    assert main(["load", str(DATA)]) == 0
    assert main(["releases", "verify"]) == 0
    copy_instants(database_url, older)
    assert rows_in(older) == rows_in(database_url)
    with served(older) as app, served(database_url) as fresh:
        for path in PATHS:
            upgraded, made = [each.test_client().get(path) for each in (app, fresh)]
            assert upgraded.status_code == 200
            assert upgraded.data == made.data
            assert upgraded.headers["ETag"] == made.headers["ETag"]


def copy_instants(source_url: str, target_url: str) -> None:
    """Copy what each load makes anew: the instants of loading, and the revision."""
    with psycopg.connect(source_url) as source, psycopg.connect(target_url) as target:
        for table in ("release", "changelog"):
            loaded = source.execute(f"SELECT loaded_at, id FROM {table}".encode()).fetchall()
            change = f"UPDATE {table} SET loaded_at = %s WHERE id = %s".encode()
            target.cursor().executemany(change, loaded)
        target.execute("DELETE FROM dataset")
        target.cursor().executemany(
            "INSERT INTO dataset VALUES (%s, %s, %s, %s, %s)",
            source.execute("TABLE dataset").fetchall(),
        )


def test_the_schema_is_that_of_a_new_database(older: str, scratch_database: str) -> None:
    migrations.migrate(older)
    assert schema_of(older) == schema_of(scratch_database)


def schema_of(url: str) -> set[tuple[str, ...]]:
    query = """
        SELECT 'column', attrelid::regclass::text, attname || ' ' || attnum,
            concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, atthasdef)
        FROM pg_attribute INNER JOIN pg_class ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
        UNION ALL SELECT 'index', tablename, indexname, indexdef
        FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT 'view', viewname, '', definition
        FROM pg_views WHERE schemaname = 'public'
        UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT 'function', '', proname, pg_get_functiondef(pg_proc.oid)
        FROM pg_proc
        LEFT JOIN pg_depend ON pg_proc.oid = objid AND deptype = 'e' -- of an extension
        WHERE pronamespace = 'public'::regnamespace AND objid IS NULL
    """
    with psycopg.connect(url) as connection:
        return set(connection.execute(query).fetchall())


def test_rows_that_a_change_by_hand_left_behind_are_mended(
    older: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    note = "nato-2025-08-28-aggregates"
    before = rows_in(older)
    with psycopg.connect(older) as connection:
        connection.execute("ALTER TABLE note DISABLE TRIGGER USER")
        changed = connection.execute("UPDATE note SET text = 'x' WHERE id = %s", [note])
        assert changed.rowcount == 1
        connection.execute("ALTER TABLE note ENABLE TRIGGER USER")
        stale = """SELECT count(*) FROM observation WHERE json LIKE '%"text":"x"%'"""
        assert connection.execute(stale.encode()).fetchone() == (0,)
    migrations.migrate(older)
    with psycopg.connect(older) as connection:
        noted = "SELECT count(*) FROM observation WHERE notes && ARRAY[%s]"
        found = connection.execute(stale.encode()).fetchone()
        assert found == connection.execute(noted, [note]).fetchone()
        assert found != (0,)
    assert rows_in(older)["dataset"][0]["revision"] != before["dataset"][0]["revision"]
    monkeypatch.setenv("DATABASE_URL", older)
    assert main(["releases", "verify"]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "loaded x" in line]
    assert line.startswith(f"nato-2025-08-28: note: {note}: loaded x, file In this")

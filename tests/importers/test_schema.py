"""Every command refuses a database whose tables are not those of its own code."""

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from importers import schema
from importers.__main__ import main
from importers.load import load
from service.storage import migrations

from .conftest import WriteSipri
from .database import Row, everything

NEWEST = max(path.stem for path in migrations.TABLES.glob("*.sql"))
RELEASE = "nato-2024-06-17"
COMMANDS = {
    "load": ("load", "{data}"),
    "releases list": ("releases", "list", "--data", "{data}"),
    "releases show": ("releases", "show", RELEASE, "--data", "{data}"),
    "releases load": ("releases", "load", RELEASE, "--data", "{data}"),
    "releases verify": ("releases", "verify", "--data", "{data}"),
    "releases withdraw": ("releases", "withdraw", RELEASE, "--reason", "Wrong.", "--data", "{data}"),
}  # fmt: skip

NEWER = (
    "INSERT INTO migration (name, sha256) VALUES ('9001_newer', '')",
    "the database is ahead of this code: it has 9001_newer. Load with the code that migrated it\n",
)
OLDER = (
    f"DELETE FROM migration WHERE name = '{NEWEST}'",
    f"the database is behind this code: it lacks {NEWEST}; run `flask --app service migrate` first\n",
)
UNMIGRATED = (
    "DROP TABLE migration",
    "the database is not migrated: run `flask --app service migrate` first\n",
)


def run(command: str, data: Path) -> int:
    return main([part.format(data=data) for part in COMMANDS[command]])


@pytest.fixture(autouse=True)
def database_url(scratch_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", scratch_database)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_refuses_newer_and_older_tables(
    scratch_database: str,
    connection: psycopg.Connection[Row],
    data: Path,
    command: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    load(scratch_database, data)
    before = everything(connection)
    for change, line in (NEWER, OLDER, UNMIGRATED):
        with connection.transaction():
            connection.execute("CREATE TABLE IF NOT EXISTS kept AS TABLE migration")
            connection.execute(change.encode())
        assert run(command, data) == 1
        assert capsys.readouterr() == ("", line)
        connection.execute("DROP TABLE IF EXISTS migration")
        connection.execute("ALTER TABLE kept RENAME TO migration")
    assert everything(connection) == before
    assert not (data / "releases" / RELEASE / "withdrawn.yaml").exists()
    assert run(command, data) == 0


def test_the_whole_of_sipri_is_refused_too(
    connection: psycopg.Connection[Row],
    data: Path,
    write_sipri: WriteSipri,
    capsys: pytest.CaptureFixture[str],
) -> None:
    connection.execute(NEWER[0].encode())
    assert main(["whole", str(write_sipri()), str(data)]) == 1
    assert capsys.readouterr().err == NEWER[1]
    assert connection.execute("SELECT count(*) AS n FROM release").fetchone() == {"n": 0}


def test_what_was_migrated_while_a_load_waited_is_seen(
    scratch_database: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second look is after the lock, which migrating holds too."""
    looks = []
    monkeypatch.setattr(
        "importers.load.check_schema", lambda connection: looks.append(locked()) or []
    )

    def locked() -> bool:
        query = """
            SELECT FROM pg_locks INNER JOIN pg_database ON pg_locks.database = pg_database.oid
            WHERE datname = current_database() AND locktype = 'advisory' AND objid = %s
        """
        with psycopg.connect(scratch_database) as other:
            return other.execute(query, [migrations.LOAD_LOCK]).fetchone() is not None

    load(scratch_database, data)
    assert looks == [False, True]


def test_the_files_are_those_that_the_service_applies() -> None:
    assert schema.TABLES == migrations.TABLES


def test_it_says_so_of_a_database_of_something_else(
    scratch_database: str,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = make_conninfo(scratch_database, options="-c search_path=pg_catalog")
    monkeypatch.setenv("DATABASE_URL", url)
    assert run("load", data) == 1
    assert capsys.readouterr().err == UNMIGRATED[1]


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
@pytest.mark.parametrize("command", ["load", "releases verify"])
def test_texts_are_utf_8_whatever_the_environment_asks_for(
    scratch_database: str,
    data: Path,
    command: str,
    encoding: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", encoding)
    assert migrations.migrate(scratch_database) == []
    assert run("load", data) == 0
    assert run(command, data) == 0

"""Tables: applied once, in order, all or nothing. Definitions: applied again on every change."""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from importers.load import LOCK
from service.storage import migrations, waiting


@pytest.fixture
def folder(scratch_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of the test's own, with the migrations that are applied already."""
    for name, text in migrations.read():
        (tmp_path / f"{name}.sql").write_text(text, "utf-8")
    monkeypatch.setattr(migrations, "TABLES", tmp_path)
    return tmp_path


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
    return {name for (name,) in rows}


def test_a_second_run_finds_nothing_to_do(scratch_database: str) -> None:
    assert migrations.migrate(scratch_database) == []


def test_a_new_file_is_applied_once(scratch_database: str, folder: Path) -> None:
    (folder / "9001_new.sql").write_text("-- New.\nCREATE TABLE new (id integer);\n")
    assert migrations.migrate(scratch_database) == ["9001_new"]
    assert migrations.migrate(scratch_database) == []
    assert "new" in tables(scratch_database)


def test_a_failing_file_leaves_nothing_of_any(scratch_database: str, folder: Path) -> None:
    (folder / "9001_new.sql").write_text("-- New.\nCREATE TABLE new (id integer);\n")
    (folder / "9002_wrong.sql").write_text("-- Wrong.\nCREATE TABLE wrong (id nonsense);\n")
    with pytest.raises(migrations.MigrationError, match=r"9002_wrong\.sql: type .* does not exist"):
        migrations.migrate(scratch_database)
    assert not {"new", "wrong"} & tables(scratch_database)


def test_an_edited_file_is_refused(scratch_database: str, folder: Path) -> None:
    path = folder / "0013_dataset.sql"
    path.write_text(path.read_text("utf-8") + "-- edited\n", "utf-8")
    with pytest.raises(migrations.MigrationError, match=r"0013_dataset\.sql changed after"):
        migrations.migrate(scratch_database)


def test_a_file_applied_before_it_was_rewritten_is_accepted(scratch_database: str) -> None:
    with psycopg.connect(scratch_database) as connection:
        changed = connection.execute(
            "UPDATE migration SET sha256 = %s WHERE name = '0001_reader'",
            ["9d5ef46908d0f5765f7e5122e9e1c703e85c4076bb9396d2f2e2dd135fb3670d"],
        )
        assert changed.rowcount == 1
    assert migrations.migrate(scratch_database) == []


def test_older_code_refuses_a_newer_database(scratch_database: str, folder: Path) -> None:
    (folder / "0013_dataset.sql").unlink()
    with pytest.raises(migrations.MigrationError, match="ahead of this code: it has 0013_dataset"):
        migrations.migrate(scratch_database)


def test_several_at_once_apply_each_file_once(scratch_database: str, folder: Path) -> None:
    (folder / "9001_new.sql").write_text(
        "-- New.\nCREATE TABLE new (id integer);\nSELECT pg_sleep(0.2);\n"
    )
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(migrations.migrate, [scratch_database] * 4))
    assert sorted(applied) == [[], [], [], ["9001_new"]]


@pytest.fixture
def always(scratch_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of sql/always, as it is applied already."""
    monkeypatch.setattr(migrations, "ALWAYS", shutil.copytree(migrations.ALWAYS, tmp_path / "new"))
    return migrations.ALWAYS


VIEW = "-- New.\nCREATE OR REPLACE VIEW new AS SELECT {}::integer AS id;\n"


def test_a_changed_definition_is_applied_again(scratch_database: str, always: Path) -> None:
    for number in (1, 2):
        (always / "new.sql").write_text(VIEW.format(number))
        assert migrations.migrate(scratch_database) == ["always"]
        assert migrations.migrate(scratch_database) == []
        with psycopg.connect(scratch_database) as connection:
            assert connection.execute("TABLE new").fetchone() == (number,)
            reader = "SELECT has_table_privilege('burdenshare_reader', 'new', 'SELECT')"
            assert connection.execute(reader).fetchone() == (True,)


def test_a_new_table_has_the_definitions_applied_again(
    scratch_database: str, folder: Path, always: Path
) -> None:
    (always / "new.sql").write_text(VIEW.format(1))
    migrations.migrate(scratch_database)
    (folder / "9001_dropped.sql").write_text("-- Dropped.\nDROP VIEW new;\n")
    assert migrations.migrate(scratch_database) == ["9001_dropped"]
    assert "new" in tables(scratch_database)


def test_a_failing_definition_is_named(scratch_database: str, always: Path) -> None:
    (always / "new.sql").write_text(VIEW.format("nonsense"))
    with pytest.raises(migrations.MigrationError, match=r"^always/new\.sql: column .* not exist"):
        migrations.migrate(scratch_database)


def test_stored_copies_follow_what_makes_them_and_come_before_views_that_are_read() -> None:
    assert list(migrations.definitions())[-2:] == ["always/stored_copies", "always/views"]


def test_nothing_new_needs_no_table(scratch_database: str) -> None:
    with psycopg.connect(scratch_database) as owner:
        for table in tables(scratch_database) - {"migration"}:
            owner.execute(f"LOCK {table} IN ACCESS EXCLUSIVE MODE".encode())
        assert migrations.migrate(scratch_database) == []


ALTERING = "-- New.\nCREATE TABLE new (id integer);\nALTER TABLE member ADD COLUMN new integer;\n"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PATIENCE_S", 1)


@pytest.mark.usefixtures("impatient")
def test_a_table_in_use_is_one_line_that_names_who_uses_it(
    scratch_database: str, folder: Path
) -> None:
    (folder / "9001_new.sql").write_text(ALTERING)
    with psycopg.connect(scratch_database) as reader:
        pid, user = reader.info.backend_pid, reader.info.user
        reader.execute("SELECT count(*)\nFROM member")
        with pytest.raises(migrations.MigrationError) as refused:
            migrations.migrate(scratch_database)
        assert "new" not in tables(scratch_database)
    assert re.fullmatch(
        r"9001_new\.sql: a table has been in use for more than 1 s, by "
        rf"pid {pid} of {user}, idle in transaction since "
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S+: SELECT count\(\*\) FROM member\. "
        r"Nothing was changed\. Wait for them to end, or end them by "
        r"SELECT pg_terminate_backend\(pid\), then migrate again",
        str(refused.value),
    )
    assert migrations.migrate(scratch_database) == ["9001_new"]


@pytest.mark.usefixtures("impatient")
def test_who_reads_meanwhile_is_answered(scratch_database: str, folder: Path) -> None:
    """A statement that waits for a table holds up all that come after it."""
    (folder / "9001_new.sql").write_text(ALTERING)
    with ThreadPoolExecutor() as pool, psycopg.connect(scratch_database) as slow:
        slow.execute("SELECT count(*) FROM member")
        migrating = pool.submit(migrations.migrate, scratch_database)
        with psycopg.connect(scratch_database, autocommit=True) as other:
            other.execute("SET statement_timeout = '30s'")
            while not migrating.done():
                other.execute("SELECT count(*) FROM member")
        with pytest.raises(migrations.MigrationError, match="has been in use"):
            migrating.result()


@pytest.mark.usefixtures("impatient")
def test_a_second_migration_waits_longer_than_for_a_table(
    scratch_database: str, folder: Path
) -> None:
    (folder / "9001_new.sql").write_text("-- New.\nSELECT pg_sleep(2.5);\n")
    with ThreadPoolExecutor(2) as pool:
        applied = list(pool.map(migrations.migrate, [scratch_database] * 2))
    assert sorted(applied) == [[], ["9001_new"]]


def test_a_migration_waits_for_a_load(scratch_database: str, folder: Path) -> None:
    (folder / "9001_new.sql").write_text("-- New.\nCREATE TABLE new (id integer);\n")
    with (
        ThreadPoolExecutor() as pool,
        psycopg.connect(scratch_database, autocommit=True) as loading,
    ):
        loading.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        migrating = pool.submit(migrations.migrate, scratch_database)
        waits = """
            SELECT FROM pg_locks INNER JOIN pg_database ON pg_locks.database = pg_database.oid
            WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted
        """
        while not loading.execute(waits).fetchall():
            assert not migrating.done()
        assert "new" not in tables(scratch_database)
        loading.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        assert migrating.result() == ["9001_new"]

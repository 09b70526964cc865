"""Migrations: applied once, in order, all or nothing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from service.storage import migrations


@pytest.fixture
def folder(scratch_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of the test's own, with the migrations that are applied already."""
    for name, text in migrations.read():
        (tmp_path / f"{name}.sql").write_text(text, "utf-8")
    monkeypatch.setattr(migrations, "MIGRATIONS", tmp_path)
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

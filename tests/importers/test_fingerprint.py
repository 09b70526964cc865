"""A load of what is loaded, files and all, reads nothing; a load of anything else reads it all."""

import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from importers import fingerprint
from importers import load as loading
from importers.__main__ import DATA
from importers.load import load
from importers.packs import local_of

from .database import Row, refusal

LOADED = ["nato-2023-07-07: already loaded", "nato-2024-06-17: already loaded"]
SMALL, NEXT = "releases/nato-2023-07-07", "releases/nato-2025-08-28"


@pytest.fixture
def data(scratch_database: str, data: Path) -> Path:
    """Return a folder that was loaded, and then found loaded."""
    load(scratch_database, data, local_of(data))
    load(scratch_database, data, local_of(data))
    return data


@pytest.fixture
def is_read(
    scratch_database: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], bool]:
    """Return a function that loads, and tells whether folders were read for that."""
    read = loading.read_packs

    def ask() -> bool:
        asked = []
        monkeypatch.setattr(loading, "read_packs", lambda *given: asked.append(1) or read(*given))
        assert load(scratch_database, data, local_of(data))[:2] == LOADED
        return bool(asked)

    return ask


def test_the_same_again_is_not_read(is_read: Callable[[], bool]) -> None:
    assert not is_read()
    assert not is_read()


def test_a_load_that_loads_something_is_not_remembered(
    scratch_database: str, data: Path, is_read: Callable[[], bool]
) -> None:
    with (data / "members.csv").open("a") as file:
        file.write("\n")
    load(scratch_database, data, local_of(data))  # the reference tables
    assert is_read()
    assert not is_read()


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


FILES: dict[str, Callable[[Path], object]] = {
    "a file of reference": lambda data: append(data / "members.csv", "\n"),
    "another one, whatever is in it": lambda data: (data / "more.csv").write_text("a\n"),
    "what a release says": lambda data: append(data / SMALL / "release.yaml", "# checked\n"),
    "something beside its figures": lambda data: (data / SMALL / "README").write_text("a"),
    "a release in the local folder": lambda data: shutil.copytree(
        DATA / NEXT, local_of(data) / NEXT
    ),
}


@pytest.mark.parametrize("change", FILES.values(), ids=list(FILES))
def test_whatever_changes_in_the_files_has_them_read(
    data: Path, is_read: Callable[[], bool], change: Callable[[Path], object]
) -> None:
    change(data)
    assert is_read()


def test_other_code_has_them_read(
    is_read: Callable[[], bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code"
    shutil.copytree(fingerprint.CODE, code)
    append(code / "checks.py", "\n")
    monkeypatch.setattr(fingerprint, "CODE", code)
    assert is_read()


def test_another_library_has_them_read(
    is_read: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yaml.__version__", "0")
    assert is_read()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE dataset SET reference_sha256 = 'another'",
        "COMMENT ON TABLE dataset IS NULL",
        "UPDATE release SET withdrawn_on = NULL, content_sha256 = content_sha256 || ' '",
    ],
)
def test_whatever_changes_in_the_database_has_them_read(
    scratch_database: str,
    connection: psycopg.Connection[Row],
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    asked = []
    monkeypatch.setattr(loading, "load_folders", lambda *given: asked.append(1) or [])
    load(scratch_database, data, local_of(data))
    assert not asked
    connection.execute(change.encode())
    load(scratch_database, data, local_of(data))
    assert asked


def test_a_release_that_is_gone_from_the_database_is_loaded_again(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    with connection.transaction():
        loading.drop_release(connection, "nato-2023-07-07")  # type: ignore[arg-type]
    assert load(scratch_database, data, local_of(data)) == [
        "nato-2023-07-07: 99 figures loaded",
        LOADED[1],
    ]


def test_what_cannot_be_read_is_refused_all_the_same(scratch_database: str, data: Path) -> None:
    (data / "members.csv").unlink()
    (data / "members.csv").mkdir()
    assert any("members.csv" in line for line in refusal(scratch_database, data))


def test_whoever_may_not_write_reads_it_all_each_time(
    scratch_database: str, connection: psycopg.Connection[Row], is_read: Callable[[], bool]
) -> None:
    name = connection.info.dbname
    connection.execute("COMMENT ON TABLE dataset IS NULL")
    connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode())
    assert is_read()
    assert is_read()

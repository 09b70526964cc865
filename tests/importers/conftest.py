"""Copies of data/ that a test may change, and the database to load them into."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg.rows import dict_row

from importers.__main__ import DATA
from importers.books import sha256_of
from importers.figures import Figure, read_figures
from importers.reference import Reference, read_reference
from importers.releases import Release, read_release

from .database import Row
from .sipri_workbooks import Changes, write_workbook

Pack = tuple[Release, list[Figure]]
WriteSipri = Callable[..., Path]

SIPRI = "sipri-2025-04-28"


@pytest.fixture(scope="session")
def reference() -> Reference:
    return read_reference(DATA)


def read_pack(name: str) -> Pack:
    release = read_release(DATA / "releases" / name)
    return release, read_figures(release)


@pytest.fixture(scope="session")
def release_2023() -> Pack:
    return read_pack("nato-2023-07-07")


@pytest.fixture(scope="session")
def release_2024() -> Pack:
    return read_pack("nato-2024-06-17")


@pytest.fixture(scope="session")
def release_2025() -> Pack:
    return read_pack("nato-2025-08-28")


@pytest.fixture(scope="session")
def release_2026() -> Pack:
    return read_pack("nato-2026-07-10")


@pytest.fixture(scope="session")
def release_sipri() -> Pack:
    return read_pack(SIPRI)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a copy of data/ with its two smallest releases."""
    data = tmp_path / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("releases"))
    for name in ("nato-2023-07-07", "nato-2024-06-17"):
        shutil.copytree(DATA / "releases" / name, data / "releases" / name)
    return data


@pytest.fixture
def sipri_folder(data: Path) -> Path:
    """Return a copy of the bundled part of SIPRI's release, in the copy of data/."""
    return Path(shutil.copytree(DATA / "releases" / SIPRI, data / "releases" / SIPRI))


@pytest.fixture
def write_sipri(sipri_folder: Path, tmp_path: Path, release_sipri: Pack) -> WriteSipri:
    """Return a function that writes a changed workbook, whose checksum the release then has."""

    def write(changes: Changes | None = None, **keys: object) -> Path:
        file, path = tmp_path / "milex.xlsx", sipri_folder / "release.yaml"
        write_workbook(file, *release_sipri, changes)
        content = yaml.safe_load(path.read_text()) | {"sha256": sha256_of(file)} | keys
        path.write_text(yaml.safe_dump(content))
        return file

    return write


@pytest.fixture
def connection(scratch_database: str) -> Iterator[psycopg.Connection[Row]]:
    with psycopg.connect(scratch_database, row_factory=dict_row, autocommit=True) as connection:
        yield connection

"""Completing a part of a release that is loaded, by the whole of it in the local folder."""

import shutil
from pathlib import Path

import psycopg
import pytest
import yaml

from importers.__main__ import DATA, main
from importers.books import sha256_of
from importers.figures import read_figures, write_figures
from importers.load import load
from importers.packs import local_of
from importers.refusals import RefusedError
from importers.releases import read_release

from .conftest import SIPRI, Pack
from .database import Row, everything
from .sipri_workbooks import write_workbook

SHARE = "DEU,share_gdp_pct,2024,"
RULE = f"{SIPRI}: a release is immutable; a correction is a new release: "


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, release_sipri: Pack) -> Path:
    """Return a data/ with a part of a release and, beside it, the local folder with the whole."""
    root = tmp_path_factory.mktemp("whole")
    data, file = root / "data", root / "milex.xlsx"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("nato-202[456]*"))
    write_workbook(file, *release_sipri)
    path = data / "releases" / SIPRI / "release.yaml"
    content = yaml.safe_load(path.read_text()) | {"sha256": sha256_of(file)}
    path.write_text(yaml.safe_dump(content))
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("DATABASE_URL", raising=False)
        assert main(["whole", str(file), str(data)]) == 0
    return data


@pytest.fixture
def data(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "data"))


@pytest.fixture
def local(data: Path, written: Path) -> Path:
    return Path(shutil.copytree(local_of(written), local_of(data)))


def refusal(url: str, data: Path) -> list[str]:
    with pytest.raises(RefusedError) as refused:
        load(url, data, local_of(data))
    lines = [line.replace(f"{local_of(data)}/", "local/") for line in refused.value.problems]
    return [line.replace(f"{data}/", "data/") for line in lines]


def change(folder: Path, before: str, after: str) -> None:
    path = folder / "releases" / SIPRI / "figures.csv"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after, 1))


def test_one_command_writes_the_whole_and_completes_what_is_loaded(
    scratch_database: str,
    connection: psycopg.Connection[Row],
    data: Path,
    written: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    load(scratch_database, data)
    before = everything(connection)
    monkeypatch.setenv("DATABASE_URL", scratch_database)
    assert main(["whole", str(written.with_name("milex.xlsx")), str(data)]) == 0
    assert capsys.readouterr().out == (
        f"{SIPRI}: 193 figures in 36,518 rows written\n"
        "nato-2023-07-07: already loaded\n"
        f"{SIPRI}: 193 figures completed\n"
    )
    after = everything(connection)
    for table in ("observation", "spending_year"):
        assert {repr(row) for row in before[table]} <= {repr(row) for row in after[table]}
    assert len(after["observation"]) - len(before["observation"]) == 36_518 - 963
    release = next(row for row in after["release"] if row["id"] == SIPRI)
    assert (release["coverage"], release["year_first"]) == ("full", 1949)
    assert release["loaded_at"] > max(row["loaded_at"] for row in before["release"])
    assert f"{SIPRI}-part" not in {row["id"] for row in after["note"]} | {*release["notes"]}
    assert after["dataset"][0]["revision"] != before["dataset"][0]["revision"]


def test_what_is_whole_stays_so_with_and_without_the_local_folder(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path, local: Path
) -> None:
    assert load(scratch_database, data, local)[1:] == [f"{SIPRI}: 193 figures loaded"]
    before = everything(connection)
    assert load(scratch_database, data, local)[1:] == [f"{SIPRI}: already loaded"]
    shutil.rmtree(local)
    text = f"{SIPRI}: already loaded, more of it than is here"
    assert load(scratch_database, data, local)[1:] == [text]
    assert everything(connection) == before


def test_a_whole_that_contradicts_the_part_is_refused_and_nothing_changes(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path, local: Path
) -> None:
    load(scratch_database, data)
    before = everything(connection)
    change(local, f"{SHARE}1.8919037720549366,", f"{SHARE}1.9,")
    text = "DEU share_gdp_pct 2024: loaded 1.8919037720549366, now 1.9"
    assert refusal(scratch_database, data) == [
        f"local/releases/{SIPRI}: does not complete data/releases/{SIPRI}: {text}",
    ]
    change(data, f"{SHARE}1.8919037720549366,", f"{SHARE}1.9,")
    assert refusal(scratch_database, data) == [RULE + text]
    assert everything(connection) == before


def test_a_part_that_contradicts_the_whole_is_refused(
    scratch_database: str, data: Path, local: Path
) -> None:
    load(scratch_database, data, local)
    shutil.rmtree(local)
    change(data, f"{SHARE}1.8919037720549366,", f"{SHARE}1.9,")
    text = "DEU share_gdp_pct 2024: loaded 1.8919037720549366, now 1.9"
    assert refusal(scratch_database, data) == [RULE + text]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (
            f"{SHARE}1.8919037720549366,actual,,Share of GDP!BZ168,",
            f"{SHARE},actual,not_held,,",
            "DEU share_gdp_pct 2024: loaded 1.8919037720549366, now not_held",
        ),
        (
            f"{SHARE}1.8919037720549366,actual",
            f"{SHARE}1.8919037720549366,estimate",
            "DEU share_gdp_pct 2024: loaded actual, now estimate",
        ),
        (
            "ISL,share_gdp_pct,2024,,actual,not_applicable",
            "ISL,share_gdp_pct,2024,,actual,not_reported",
            "ISL share_gdp_pct 2024: loaded not_applicable, now not_reported",
        ),
    ],
)
def test_a_cell_that_stands_may_not_change(
    scratch_database: str, data: Path, local: Path, before: str, after: str, text: str
) -> None:
    change(local, before, after)
    assert refusal(scratch_database, data) == [
        f"local/releases/{SIPRI}: does not complete data/releases/{SIPRI}: {text}",
    ]


def test_what_was_not_held_may_become_a_figure(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path, local: Path
) -> None:
    load(scratch_database, data)
    cell = "POL,spending_lcu_m_current,2024,"
    change(local, f"{cell},actual,not_held", f"{cell}151241,actual,")
    assert load(scratch_database, data, local)[1:] == [f"{SIPRI}: 194 figures completed"]
    query = "SELECT spending_lcu_m_current AS spent FROM spending_year WHERE member = 'POL' AND year = 2024 AND release = %s"  # fmt: skip
    assert connection.execute(query.encode(), [SIPRI]).fetchone() == {"spent": 151241}


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("title", "Another", "title: loaded SIPRI Military Expenditure Database, now Another"),
        ("constant_base_year", 2024, "constant_base_year: loaded 2023, now 2024"),
    ],
)
def test_what_the_release_says_of_itself_may_not_change(
    scratch_database: str, data: Path, local: Path, key: str, value: object, text: str
) -> None:
    path = local / "releases" / SIPRI / "release.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {key: value}))
    (line,) = refusal(scratch_database, data)
    assert line.endswith(f": release.yaml: {text}")


def test_the_text_of_a_note_may_not_change(scratch_database: str, data: Path, local: Path) -> None:
    load(scratch_database, data)
    for folder in (data, local):
        path = folder / "releases" / SIPRI / "release.yaml"
        path.write_text(path.read_text().replace("Carabinieri", "police"))
    (line,) = refusal(scratch_database, data)
    assert line.startswith(f"{RULE}release.yaml: note {SIPRI}-italy: loaded ")


def test_a_local_folder_that_is_no_more_than_a_part_is_refused(
    scratch_database: str, data: Path, local: Path
) -> None:
    shutil.rmtree(local)
    shutil.copytree(data / "releases" / SIPRI, local / "releases" / SIPRI)
    assert refusal(scratch_database, data) == [
        f"local/releases/{SIPRI}: does not complete data/releases/{SIPRI}",
    ]


def test_a_completion_that_fails_half_way_leaves_the_part(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path, local: Path
) -> None:
    load(scratch_database, data)
    before = everything(connection)
    connection.execute(
        """
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE 'the disk is full'; END $$;
        CREATE TRIGGER fail BEFORE INSERT ON spending_year EXECUTE FUNCTION fail()
        """
    )
    assert refusal(scratch_database, data) == [f"local/releases/{SIPRI}: the disk is full"]
    assert everything(connection) == before


def test_a_release_of_its_own_may_stand_in_the_local_folder(
    scratch_database: str, data: Path, local: Path
) -> None:
    shutil.rmtree(data / "releases" / SIPRI)
    assert load(scratch_database, data, local)[1:] == [f"{SIPRI}: 193 figures loaded"]


def test_a_folder_written_twice_is_the_same(data: Path, local: Path) -> None:
    folder = local / "releases" / SIPRI
    before = (folder / "figures.csv").read_bytes()
    release = read_release(folder)
    write_figures(release, read_figures(release))
    assert (folder / "figures.csv").read_bytes() == before


def test_a_whole_is_verified_where_only_the_part_is_at_hand(
    scratch_database: str,
    connection: psycopg.Connection[Row],
    data: Path,
    local: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    load(scratch_database, data, local)
    monkeypatch.setenv("DATABASE_URL", scratch_database)
    verify = ["releases", "verify", SIPRI, "--data", str(data)]
    assert main(verify) == 0
    assert capsys.readouterr().out == f"{SIPRI}: 36,518 cells compared, differences: 0\n"
    shutil.rmtree(local)
    assert main(verify) == 0
    connection.execute(
        """
        UPDATE observation SET value = 2
        WHERE area = 'DEU' AND indicator = 'share_gdp_pct' AND year = 2024 AND release = %s
        """,
        [SIPRI],
    )
    capsys.readouterr()
    assert main(verify) == 1
    line, _ = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{SIPRI}: observation: DEU share_gdp_pct 2024: value: loaded 2, file ")

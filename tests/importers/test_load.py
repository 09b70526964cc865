"""Loading releases into a real PostgreSQL."""

import csv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import yaml

from importers.__main__ import main
from importers.load import load
from importers.reference import Reference
from importers.tidy import COLUMNS

from .database import Row, everything, refusal


def add_release(data: Path, tmp_path: Path, value: str = "2.5") -> Path:
    """Make a release up, as its publisher would bring it: a release.yaml and a tidy file."""
    folder, file = data / "releases" / "nato-2027-07-01", tmp_path / "tidy.csv"
    folder.mkdir()
    content = yaml.safe_load((data / "releases/nato-2023-07-07/release.yaml").read_text())
    content |= {
        "id": folder.name,
        "title": "Made up",
        "published_on": "2027-07-01",
        "constant_base_year": 2021,
        "citation": "Nobody",
        "notes": [
            {"id": f"{folder.name}-a", "text": "On a figure.", "areas": ["POL"], "years": [2027]},
            {"id": f"{folder.name}-b", "text": "On the release."},
        ],
        "exceptions": [{"check": "blanks", "reason": "made up"}],
    }
    text = yaml.safe_dump(content).replace("'2027-07-01'", "2027-07-01")
    (folder / "release.yaml").write_text(text)
    unit = "% of real GDP (2021 prices)"
    rows = [
        ["NATO", "x", "2027-07-01", "POL", "defence_expenditure_share_gdp", unit, 2026, "", 0],
        ["NATO", "x", "2027-07-01", "POL", "defence_expenditure_share_gdp", unit, 2027, value, 1],
        ["NATO", "x", "2027-07-01", "POL", "military_personnel", "thousands", 2027, "300.0", 1],
    ]
    with file.open("w", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])
    assert main(["tidy", str(file), "--data", str(data)]) == 0
    return folder


def change_figure(data: Path, before: str, after: str) -> None:
    path = data / "releases" / "nato-2023-07-07" / "figures.csv"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


def test_loading_says_what_it_loads(scratch_database: str, data: Path) -> None:
    assert load(scratch_database, data) == [
        "nato-2023-07-07: 99 figures loaded",
        "nato-2024-06-17: 5,377 figures loaded",
    ]


def test_loading_twice_changes_nothing(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    load(scratch_database, data)
    before = everything(connection)
    assert load(scratch_database, data) == [
        "nato-2023-07-07: already loaded",
        "nato-2024-06-17: already loaded",
    ]
    assert everything(connection) == before


def test_two_loads_at_once_wait_for_each_other(scratch_database: str, data: Path) -> None:
    with ThreadPoolExecutor() as pool:
        loads = [pool.submit(load, scratch_database, data) for _ in range(2)]
    assert sorted(line for each in loads for line in each.result()) == [
        "nato-2023-07-07: 99 figures loaded",
        "nato-2023-07-07: already loaded",
        "nato-2024-06-17: 5,377 figures loaded",
        "nato-2024-06-17: already loaded",
    ]


def test_the_command_loads_the_database_of_the_environment(
    scratch_database: str,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", scratch_database)
    assert main(["load", str(data)]) == 0
    assert capsys.readouterr().out == (
        "nato-2023-07-07: 99 figures loaded\nnato-2024-06-17: 5,377 figures loaded\n"
    )


def test_a_changed_figure_is_refused_and_nothing_changes(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path, tmp_path: Path
) -> None:
    load(scratch_database, data)
    before = everything(connection)
    add_release(data, tmp_path)
    change_figure(data, "POL,share_gdp_pct,2023,3.901121244", "POL,share_gdp_pct,2023,3.9")
    assert refusal(scratch_database, data) == [
        "nato-2023-07-07: a release is immutable; a correction is a new release: "
        "POL share_gdp_pct 2023: loaded 3.901121244, now 3.9",
    ]
    assert everything(connection) == before


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (
            "POL,real_change_pct,2023,,estimate,not_held",
            "POL,real_change_pct,2023,,estimate,not_reported",
            "POL real_change_pct 2023: loaded not_held, now not_reported",
        ),
        (
            "POL,real_change_pct,2023,,estimate,not_held",
            "POL,real_change_pct,2023,7,estimate,",
            "POL real_change_pct 2023: loaded not_held, now 7",
        ),
        (
            "POL,share_gdp_pct,2023,3.901121244,estimate,,,",
            "POL,share_gdp_pct,2023,3.901121244,estimate,,TABLE3!A1,",
            "POL share_gdp_pct 2023: loaded None, now TABLE3!A1",
        ),
    ],
)
def test_any_other_change_of_a_cell_is_refused(
    scratch_database: str, data: Path, before: str, after: str, text: str
) -> None:
    load(scratch_database, data)
    change_figure(data, before, after)
    (line,) = refusal(scratch_database, data)
    assert line.partition("a correction is a new release: ")[2] == text


def test_a_changed_text_of_a_release_is_refused(scratch_database: str, data: Path) -> None:
    load(scratch_database, data)
    path = data / "releases" / "nato-2023-07-07" / "release.yaml"
    path.write_text(path.read_text().replace("title: Defence", "title: Offence"))
    assert refusal(scratch_database, data) == [
        "nato-2023-07-07: a release is immutable; a correction is a new release: release.yaml: "
        "title: loaded Defence Expenditure of NATO Countries (2014-2023), "
        "now Offence Expenditure of NATO Countries (2014-2023)",
    ]


def test_a_failing_check_is_refused_and_nothing_is_loaded(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    before = everything(connection)
    change_figure(data, "POL,share_gdp_pct,2023,3.901121244", "POL,share_gdp_pct,2023,390")
    assert refusal(scratch_database, data) == [
        "releases/nato-2023-07-07/figures.csv: row 482: POL share_gdp_pct 2023: 390: "
        "is not between 0 and 100",
    ]
    assert everything(connection) == before


def test_a_new_release_is_one_new_folder(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path, tmp_path: Path
) -> None:
    load(scratch_database, data)
    before = everything(connection)
    add_release(data, tmp_path)
    assert load(scratch_database, data)[2:] == ["nato-2027-07-01: 2 figures loaded"]
    after = everything(connection)
    for table in ("source", "indicator", "member", "area", "summit", "target", "commitment"):
        assert after[table] == before[table]
    assert after["dataset"][0]["revision"] != before["dataset"][0]["revision"]
    assert after["dataset"][0]["changed_at"] > before["dataset"][0]["changed_at"]
    assert [row for row in after["note"] if row not in before["note"]] == [
        {"id": "nato-2027-07-01-a", "text": "On a figure."},
        {"id": "nato-2027-07-01-b", "text": "On the release."},
    ]
    (release,) = (row for row in after["release"] if row not in before["release"])
    said = {key: release[key] for key in ("id", "year_first", "year_last", "figure_count")}
    assert said == {
        "id": "nato-2027-07-01",
        "year_first": 2026,
        "year_last": 2027,
        "figure_count": 2,
    }
    assert release["indicators"] == ["share_gdp_pct", "personnel_thousands"]
    assert release["notes"] == ["nato-2027-07-01-a", "nato-2027-07-01-b"]


def test_a_wide_row_says_what_is_missing_and_carries_the_notes_of_its_figures(
    scratch_database: str,
    connection: psycopg.Connection[Row],
    data: Path,
    tmp_path: Path,
    reference: Reference,
) -> None:
    add_release(data, tmp_path)
    load(scratch_database, data)
    query = "SELECT * FROM spending_year WHERE release = 'nato-2027-07-01' ORDER BY year"
    without, with_figures = connection.execute(query).fetchall()
    for row in (without, with_figures):
        del row["json"]  # is held against the columns in tests/service/storage/test_written.py
    common = dict.fromkeys(reference.yearly) | {
        "release": "nato-2027-07-01",
        "member": "POL",
        "source": "nato",
        "currency": "PLN",
        "constant_base_year": 2021,
    }
    held = ("share_gdp_pct", "personnel_thousands")
    others = [{"field": name, "reason": "not_held"} for name in reference.yearly]
    assert without == common | {
        "year": 2026,
        "stage": "actual",
        "missing": [{"field": "share_gdp_pct", "reason": "not_reported"}, *others[1:]],
        "notes": [],
        "has_figures": False,
    }
    assert with_figures == common | {
        "year": 2027,
        "stage": "estimate",
        "share_gdp_pct": pytest.approx(2.5),
        "personnel_thousands": 300,
        "missing": [gap for gap in others if gap["field"] not in held],
        "notes": ["nato-2027-07-01-a"],
        "has_figures": True,
    }


def test_wide_and_long_rows_agree_in_every_cell(
    scratch_database: str,
    connection: psycopg.Connection[Row],
    data: Path,
    reference: Reference,
) -> None:
    load(scratch_database, data)
    rows = everything(connection)
    members = reference.members.keys()
    long = {
        (row["release"], row["area"], row["year"], row["indicator"]): (
            row["value"],
            row["missing_reason"],
        )
        for row in rows["observation"]
        if row["area"] in members and row["indicator"] in reference.yearly
    }
    wide = {
        (row["release"], row["member"], row["year"], name): (row[name], reason_of(row, name))
        for row in rows["spending_year"]
        for name in reference.yearly
    }
    assert wide == long
    assert len(wide) == 585 + 5280


def reason_of(row: Row, name: str) -> str | None:
    return next((gap["reason"] for gap in row["missing"] if gap["field"] == name), None)


def test_a_load_that_fails_half_way_leaves_no_trace(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path, tmp_path: Path
) -> None:
    load(scratch_database, data)
    before = everything(connection)
    add_release(data, tmp_path)
    connection.execute(
        """
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE 'the disk is full'; END $$;
        CREATE TRIGGER fail BEFORE INSERT ON spending_year EXECUTE FUNCTION fail()
        """
    )
    assert refusal(scratch_database, data) == ["releases/nato-2027-07-01: the disk is full"]
    assert everything(connection) == before
    connection.execute("DROP TRIGGER fail ON spending_year")
    assert load(scratch_database, data)[2:] == ["nato-2027-07-01: 2 figures loaded"]


def test_a_database_that_was_not_migrated_is_refused(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    connection.execute("DROP TABLE observation, spending_year, release CASCADE")
    assert refusal(scratch_database, data) == [
        'the database is not migrated: relation "release" does not exist',
    ]


@pytest.mark.parametrize(
    ("url", "start"),
    [
        ("postgresql://me:se3ret@localhost:1/x", "the database cannot be reached: "),
        ("postgresql//me:se3ret@localhost", "DATABASE_URL: is not the address"),
        ("", "DATABASE_URL: is not set"),
    ],
)
def test_an_unreachable_database_is_one_line_without_the_password(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    url: str,
    start: str,
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert main(["load", str(data)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(start)
    assert "se3ret" not in line

"""python -m importers releases list, show, load, withdraw and verify."""

import csv
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from importers.__main__ import main
from importers.load import DERIVED as TABLES
from importers.load import derive, load
from importers.loaded import DERIVED_OF, WRITTEN
from importers.packs import local_of

from ..conftest import served
from .database import Row, everything

SMALL, LARGE = "nato-2023-07-07", "nato-2024-06-17"
TODAY = str(datetime.now(UTC).date())

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def releases(
    scratch_database: str,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Return a function that runs a command on data/: its exit code, output and errors."""
    monkeypatch.setenv("DATABASE_URL", scratch_database)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["releases", *arguments, "--data", str(data)])
        return code, *(text.replace(f"{data}/", "") for text in capsys.readouterr())

    return run


@pytest.fixture
def loaded(scratch_database: str, data: Path) -> None:
    load(scratch_database, data)


def listed(releases: Command) -> dict[str, Any]:
    code, output, _ = releases("list", "--json")
    assert code == 0
    return {row["id"]: row for row in json.loads(output)}


def test_what_is_loaded_and_what_is_not(releases: Command) -> None:
    assert releases("load", SMALL) == (0, f"{SMALL}: 99 figures loaded\n", "")
    assert releases("list") == (
        0,
        "release          published   coverage  years      figures  state\n"
        "nato-2023-07-07  2023-07-07  partial   2014-2023       99  loaded\n"
        "nato-2024-06-17  2024-06-17  full      2014-2024     5377  not loaded\n",
        "",
    )
    assert releases("load") == (
        0,
        f"{SMALL}: already loaded\n{LARGE}: 5,377 figures loaded\n",
        "",
    )
    rows = listed(releases)
    assert [row["state"] for row in rows.values()] == ["loaded", "loaded"]
    assert rows[SMALL] | {"loaded_at": ""} == {
        "id": SMALL,
        "source": "nato",
        "published_on": "2023-07-07",
        "coverage": "partial",
        "year_first": 2014,
        "year_last": 2023,
        "figure_count": 99,
        "loaded_at": "",
        "withdrawn_on": None,
        "withdrawn_reason": None,
        "state": "loaded",
        "has_folder": True,
    }


@pytest.mark.usefixtures("loaded")
def test_a_release_without_a_folder_is_listed(releases: Command, data: Path) -> None:
    shutil.rmtree(data / "releases" / SMALL)
    assert "       99  loaded, no folder\n" in releases("list")[1]


def test_another_folder_that_is_broken_does_not_stand_in_the_way(
    releases: Command, data: Path
) -> None:
    (data / "releases" / LARGE / "figures.csv").write_text("nonsense\n")
    assert releases("load", SMALL) == (0, f"{SMALL}: 99 figures loaded\n", "")
    code, _, errors = releases("load")
    assert code == 1
    assert errors.startswith(f"releases/{LARGE}/figures.csv: ")


@pytest.mark.parametrize("command", ["show", "load", "verify", "withdraw"])
def test_an_unknown_id_is_refused_with_the_nearest(releases: Command, command: str) -> None:
    releases("load", SMALL)
    reason = ("--reason", "Wrong.") if command == "withdraw" else ()
    assert releases(command, "nato-2023-07-08", *reason) == (
        1,
        "",
        f"nato-2023-07-08: is no release; did you mean {SMALL}?\n",
    )
    assert releases(command, "x", *reason) == (1, "", "x: is no release\n")


def test_without_a_database_it_says_so(releases: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    for arguments in (["list"], ["show", SMALL], ["load"], ["verify"]):
        code, _, errors = releases(*arguments)
        assert (code, errors.partition(";")[0]) == (1, "DATABASE_URL: is not set")


def test_what_a_release_holds_is_the_same_before_and_after_loading(
    releases: Command, data: Path
) -> None:
    before = json.loads(releases("show", SMALL, "--json")[1])
    releases("load")
    after = json.loads(releases("show", SMALL, "--json")[1])
    changing = {"state", "loaded_at"}
    assert {key: before[key] for key in changing} == {"state": "not_loaded", "loaded_at": None}
    assert after["state"] == "loaded"
    assert after["loaded_at"] is not None
    assert {key: before[key] for key in before.keys() - changing} == {
        key: after[key] for key in after.keys() - changing
    }


@pytest.mark.usefixtures("loaded")
def test_figures_by_indicator_are_counted_as_in_the_file(releases: Command, data: Path) -> None:
    found = json.loads(releases("show", LARGE, "--json")[1])
    with (data / "releases" / LARGE / "figures.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {each["indicator"] for each in found["indicators"]} == {row["indicator"] for row in rows}
    for each in found["indicators"]:
        mine = [row for row in rows if row["indicator"] == each["indicator"]]
        figures = [row for row in mine if row["value"]]
        assert each["figures"] == len(figures)
        assert each["estimates"] == sum(row["stage"] == "estimate" for row in figures)
        assert each["areas"] == len({row["area"] for row in figures})
        assert sum(each["missing"].values()) == len(mine) - len(figures)
    said = yaml.safe_load((data / "releases" / LARGE / "release.yaml").read_text())
    assert {note["id"]: note["text"] for note in found["notes"]} == {
        note["id"]: note["text"] for note in said["notes"]
    }
    for note in found["notes"]:
        carried = [row for row in rows if note["id"] in row["notes"].split("; ")]
        assert note["cells"] == len(carried)


@pytest.mark.usefixtures("loaded")
def test_as_text_it_is_for_a_person(releases: Command) -> None:
    code, output, _ = releases("show", LARGE)
    assert code == 0
    assert "\npublished_on        2024-06-17\n" in output
    line = next(line for line in output.splitlines() if line.startswith("share_equipment"[:5]))
    assert line.split() == ["share_gdp_pct", "363", "66", "33", "2014", "2024", "11", "not_applicable"]  # fmt: skip
    assert "\nnato-2024-06-17-star (on 396 cells)\n  Starred by NATO" in output


def withdraw(releases: Command, release: str = LARGE) -> tuple[int, str, str]:
    return releases("withdraw", release, "--reason", "  NATO took\n it back: wrong. ")


@pytest.mark.usefixtures("loaded")
def test_withdrawn_is_recorded_deleted_and_stays_so(
    releases: Command, data: Path, connection: psycopg.Connection[Row]
) -> None:
    before = everything(connection)
    assert withdraw(releases) == (
        0,
        f"{LARGE}: withdrawn on {TODAY}, recorded in releases/{LARGE}/withdrawn.yaml\n"
        f"{LARGE}: 5,377 figures deleted\n",
        "",
    )
    record = yaml.safe_load((data / "releases" / LARGE / "withdrawn.yaml").read_text())
    assert {key: str(value) for key, value in record.items()} == {
        "withdrawn_on": TODAY,
        "withdrawn_reason": "NATO took it back: wrong.",
    }
    after = everything(connection)
    for table in ("observation", "spending_year", "availability"):
        assert after[table] == [row for row in before[table] if row["release"] != LARGE]
    (row,) = (row for row in before["release"] if row["id"] == LARGE)
    withdrawn = dict(after["release"][1])
    assert withdrawn.pop("withdrawn_at") > row["loaded_at"]
    del row["withdrawn_at"]
    assert withdrawn == row | record | {"figure_count": 0, "indicators": []}
    assert after["dataset"][0]["revision"] != before["dataset"][0]["revision"]
    assert releases("load")[1].splitlines()[1] == f"{LARGE}: withdrawn on {TODAY}"
    assert everything(connection) == after
    assert listed(releases)[LARGE]["state"] == "withdrawn"
    assert releases("verify", LARGE)[0] == 0


@pytest.mark.usefixtures("loaded")
def test_what_the_database_has_as_withdrawn_stays_so_without_the_record(
    releases: Command, data: Path, connection: psycopg.Connection[Row]
) -> None:
    withdraw(releases)
    after = everything(connection)
    (data / "releases" / LARGE / "withdrawn.yaml").unlink()
    assert releases("load")[1].splitlines()[1] == f"{LARGE}: withdrawn on {TODAY}"
    assert everything(connection) == after
    code, output, _ = releases("verify", LARGE)
    assert code == 1
    assert output.splitlines()[0] == f"{LARGE}: release: withdrawn_on: loaded {TODAY}, file nothing"


def test_a_fresh_database_never_serves_what_the_record_withdraws(
    releases: Command,
    scratch_database: str,
    connection: psycopg.Connection[Row],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as without:
        without.delenv("DATABASE_URL")
        assert withdraw(releases)[1].splitlines()[1] == (
            f"{LARGE}: DATABASE_URL is not set: the next load withdraws it"
        )
    # A transaction that committed the figures would be seen by this.
    connection.execute(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            IF EXISTS (SELECT FROM observation WHERE release = 'nato-2024-06-17') THEN
                RAISE 'it would be served';
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON observation
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()
        """
    )
    assert releases("load") == (
        0,
        f"{SMALL}: 99 figures loaded\n{LARGE}: withdrawn on {TODAY}\n",
        "",
    )
    with served(scratch_database) as app:
        client = app.test_client()
        assert client.get(f"/v1/releases/{LARGE}").status_code == 410
        assert client.get(f"/v1/observations?release={LARGE}").status_code == 410
        assert client.get("/v1/observations").json["meta"]["release"] == SMALL
        assert client.get("/v1").json["data"]["data_release"] is None


@pytest.mark.usefixtures("loaded")
def test_a_release_is_withdrawn_once_and_for_a_reason(releases: Command) -> None:
    withdraw(releases)
    assert withdraw(releases) == (
        1,
        "",
        f"{LARGE}: was withdrawn on {TODAY}: NATO took it back: wrong.\n",
    )
    assert releases("withdraw", SMALL, "--reason", " ") == (1, "", "--reason: is empty\n")
    # What a shell passes on of bytes that are no UTF-8, which no database and no file would keep.
    assert releases("withdraw", SMALL, "--reason", "caf\udce9") == (
        1,
        "",
        "--reason: 'caf\\udce9': is not all text\n",
    )


def test_a_release_that_is_not_loaded_can_be_withdrawn(releases: Command) -> None:
    assert withdraw(releases)[1].splitlines()[1] == f"{LARGE}: is not loaded"
    assert listed(releases)[LARGE]["state"] == "not_loaded"


@pytest.mark.usefixtures("loaded")
def test_a_release_without_a_folder_can_be_withdrawn(releases: Command, data: Path) -> None:
    shutil.rmtree(data / "releases" / LARGE)
    assert withdraw(releases) == (
        0,
        f"{LARGE}: has no folder; the database alone knows that it is withdrawn\n"
        f"{LARGE}: 5,377 figures deleted\n",
        "",
    )


def test_a_record_in_the_local_folder_is_enough(
    scratch_database: str, data: Path, releases: Command
) -> None:
    shutil.move(data / "releases" / LARGE, local_of(data) / "releases" / LARGE)
    withdraw(releases)
    assert (local_of(data) / "releases" / LARGE / "withdrawn.yaml").exists()
    assert releases("load")[1].splitlines()[1] == f"{LARGE}: withdrawn on {TODAY}"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("withdrawn_on: 2026-11-20\n", "withdrawn_reason: is missing"),
        ("withdrawn_on: soon\nwithdrawn_reason: x\n", "withdrawn_on: soon: is of a wrong kind"),
        ("[", "is not YAML: "),
        ("withdrawn_on: 2026-11-31\n", "is not YAML: day is out of range for month"),
    ],
)
def test_a_record_that_is_wrong_is_refused(
    releases: Command, data: Path, text: str, wrong: str
) -> None:
    (data / "releases" / SMALL / "withdrawn.yaml").write_text(text)
    code, _, errors = releases("load")
    assert code == 1
    assert errors.startswith(f"releases/{SMALL}/withdrawn.yaml: {wrong}")


@pytest.mark.usefixtures("loaded")
def test_what_is_loaded_agrees_with_the_files(releases: Command) -> None:
    assert releases("verify") == (
        0,
        f"{SMALL}: 585 cells compared, differences: 0\n"
        f"{LARGE}: 5,509 cells compared, differences: 0\n",
        "",
    )


# One row changed by hand, and the one difference that is to be found.
TAMPERED = {
    "UPDATE observation SET value = 4.12 WHERE release = 'nato-2024-06-17' AND area = 'POL' AND indicator = 'share_gdp_pct' AND year = 2024":
        "observation: POL share_gdp_pct 2024: value: loaded 4.12, file 4.120190989357147",
    "UPDATE observation SET value = value * 1.0 WHERE release = 'nato-2024-06-17' AND area = 'USA' AND indicator = 'personnel_thousands' AND year = 2014":
        "observation: USA personnel_thousands 2014: value: loaded 1338.1840, file 1338.184",
    "UPDATE observation SET stage = 'actual' WHERE release = 'nato-2024-06-17' AND area = 'POL' AND indicator = 'share_gdp_pct' AND year = 2024":
        "observation: POL share_gdp_pct 2024: stage: loaded actual, file estimate",
    "UPDATE observation SET source_cell = NULL WHERE release = 'nato-2024-06-17' AND area = 'POL' AND indicator = 'share_gdp_pct' AND year = 2024":
        "observation: POL share_gdp_pct 2024: source_cell: loaded nothing, file TABLE3!N32",
    "UPDATE observation SET missing_reason = 'not_held' WHERE release = 'nato-2024-06-17' AND area = 'ISL' AND indicator = 'share_gdp_pct' AND year = 2024":
        "observation: ISL share_gdp_pct 2024: missing_reason: loaded not_held, file not_applicable",
    "DELETE FROM observation WHERE release = 'nato-2024-06-17' AND area = 'POL' AND indicator = 'share_gdp_pct' AND year = 2024":
        "observation: POL share_gdp_pct 2024: loaded nothing, file a row",
    "INSERT INTO observation VALUES ('nato-2024-06-17', 'POL', 'share_gdp_pct', 2030, 5, 'estimate', NULL, NULL, '{}')":
        "observation: POL share_gdp_pct 2030: loaded a row, file nothing",
    "UPDATE spending_year SET share_gdp_pct = 4.12 WHERE release = 'nato-2024-06-17' AND member = 'POL' AND year = 2024":
        "spending_year: POL 2024: share_gdp_pct: loaded 4.12, file 4.120190989357147",
    "UPDATE spending_year SET currency = 'EUR' WHERE release = 'nato-2024-06-17' AND member = 'POL' AND year = 2024":
        "spending_year: POL 2024: currency: loaded EUR, file PLN",
    "UPDATE release SET title = 'Offence' WHERE id = 'nato-2024-06-17'":
        "release: title: loaded Offence, file Defence Expenditure of NATO Countries (2014-2024)",
    "UPDATE release SET figure_count = 1 WHERE id = 'nato-2024-06-17'":
        "release: figure_count: loaded 1, file 5377",
}  # fmt: skip


@pytest.mark.usefixtures("loaded")
def test_one_change_by_hand_is_found_and_nothing_else(
    releases: Command, connection: psycopg.Connection[Row]
) -> None:
    tables = ("release", "observation", "spending_year", *TABLES)
    for table in tables:
        connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}".encode())
    for change, found in TAMPERED.items():
        assert connection.execute(change.encode()).rowcount == 1
        code, output, errors = releases("verify", LARGE)
        assert (code, errors) == (1, "")
        line, count = output.splitlines()
        assert line == f"{LARGE}: {found}"
        assert count.endswith("differences: 1")
        for table in reversed(tables):
            connection.execute(f"DELETE FROM {table}".encode())
        for table in tables:
            connection.execute(f"INSERT INTO {table} TABLE kept_{table}".encode())
    assert releases("verify")[0] == 0


DERIVED = {
    "UPDATE comparison SET delta = 9 WHERE to_release = 'nato-2024-06-17' AND area = 'POL' AND indicator = 'share_gdp_pct' AND year = 2023":
        "comparison: POL share_gdp_pct 2023: delta: loaded 9, file -0.640968081483421",
    "DELETE FROM comparison WHERE to_release = 'nato-2024-06-17' AND area = 'POL' AND indicator = 'share_gdp_pct' AND year = 2023":
        "comparison: POL share_gdp_pct 2023: loaded nothing, file a row",
    "UPDATE availability SET count = 10 WHERE release = 'nato-2024-06-17' AND area = 'POL' AND indicator = 'share_gdp_pct'":
        "availability: POL share_gdp_pct: count: loaded 10, file 11",
    "DELETE FROM availability WHERE release = 'nato-2024-06-17' AND area = 'POL' AND indicator = 'share_gdp_pct'":
        "availability: POL share_gdp_pct: loaded nothing, file a row",
}  # fmt: skip


@pytest.mark.usefixtures("loaded")
def test_what_is_derived_is_compared_with_what_the_figures_give(
    releases: Command, connection: psycopg.Connection[Row]
) -> None:
    assert set(DERIVED_OF) == set(TABLES)
    for change, found in DERIVED.items():
        assert connection.execute(change.encode()).rowcount == 1
        code, output, errors = releases("verify")
        assert (code, errors) == (1, "")
        _, line, count = output.splitlines()
        assert line == f"{LARGE}: {found}"
        assert count.endswith("differences: 1")
        with connection.transaction():
            for table in TABLES:
                derive(connection, table, "nato")  # type: ignore[arg-type]
    assert releases("verify")[0] == 0


# By the table whose JSON is altered, without its trigger: its row, and where the difference is.
ALTERED = {
    "observation": (
        "area = 'POL' AND indicator = 'share_gdp_pct' AND year = 2024", "POL share_gdp_pct 2024",
    ),
    "spending_year": ("member = 'POL' AND year = 2024", "POL 2024"),
}  # fmt: skip


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("table", WRITTEN)
def test_json_that_is_not_that_of_its_row_is_found(
    releases: Command, connection: psycopg.Connection[Row], table: str
) -> None:
    condition, place = ALTERED[table]
    row = f"{table} WHERE release = '{LARGE}' AND {condition}"
    (before,) = connection.execute(f"SELECT json FROM {row}".encode()).fetchall()
    connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
    altered = before["json"].replace('"POL"', '"POLAND"')
    changed = row.replace(" WHERE", " SET json = %s WHERE", 1)
    assert connection.execute(f"UPDATE {changed}".encode(), [altered]).rowcount == 1
    for arguments in ([], [LARGE]):
        code, output, _ = releases("verify", *arguments)
        *_, line, count = output.splitlines()
        assert code == 1
        assert line == f"{LARGE}: {table}: {place}: json: loaded {altered}, file {before['json']}"
        assert count.endswith("differences: 1")
    (found,) = json.loads(releases("verify", LARGE, "--json")[1])[0]["differences"]
    assert found["release"] == LARGE
    assert (found["table"], found["field"], found["year"]) == (table, "json", 2024)


# What is loaded beside the releases, changed by hand, and what is found of it: the start.
BESIDE = {
    "UPDATE member SET name = 'Polska' WHERE code = 'POL'":
        "member: POL.name: loaded Polska, file Poland",
    "UPDATE member SET aliases = aliases || '{Polonia}' WHERE code = 'POL'":
        "member: POL.aliases: loaded [",
    "UPDATE area SET kind = 'aggregate' WHERE code = 'POL'":
        "area: POL.kind: loaded aggregate, file member",
    "UPDATE indicator SET decimals = 6 WHERE id = 'share_gdp_pct'":
        "indicator: share_gdp_pct.decimals: loaded 6, file 2",
    "UPDATE source SET licence = 'None.' WHERE id = 'sipri'":
        "source: sipri.licence: loaded None., file ",
    "UPDATE target SET value = 2.5 WHERE id = 'wales-2014-spending'":
        "target: wales-2014-spending.value: loaded 2.5, file 2",
    "UPDATE summit SET facts = '[]' WHERE id = 'wales-2014'":
        "summit: wales-2014.facts: loaded [], file [{'text': ",
    "UPDATE note SET text = 'x' WHERE id = 'alb-delivered'":
        "note: alb-delivered.text: loaded x, file ",
    "DELETE FROM claim WHERE id = 'hegseth-2025-06-05-five-percent'":
        "claim: hegseth-2025-06-05-five-percent: loaded nothing, file a row",
    "UPDATE commitment SET sources = '[]' WHERE id = 'alliance-2006-spending'":
        "commitment: alliance-2006-spending.sources: loaded [], file [{",
    "INSERT INTO changelog VALUES ('x', 'data', NULL, '2026-01-01', 'x', 'x', NULL, false)":
        "changelog: x: loaded a row, file nothing",
}  # fmt: skip


@pytest.mark.usefixtures("loaded")
def test_reference_tables_are_compared_with_their_files(
    releases: Command, connection: psycopg.Connection[Row]
) -> None:
    for change, found in BESIDE.items():
        assert connection.execute(change.encode()).rowcount == 1
        code, output, errors = releases("verify")
        assert (code, errors) == (1, "")
        *_, line, count = output.splitlines()
        assert line.startswith(f"reference: {found}")
        assert count.startswith("reference: ")
        assert count.endswith("differences: 1")
        connection.execute("UPDATE dataset SET reference_sha256 = ''")
        assert releases("load")[0] == 0
    assert releases("verify")[0] == 0


@pytest.mark.usefixtures("loaded")
def test_what_can_be_searched_is_compared_with_the_tables(
    releases: Command, connection: psycopg.Connection[Row]
) -> None:
    connection.execute(
        "UPDATE note SET text = text || ' Zymurgy.' WHERE id = %s", [f"{LARGE}-star"]
    )
    connection.execute("SELECT renew_search()")
    connection.execute("UPDATE note SET text = replace(text, ' Zymurgy.', '')")
    code, output, _ = releases("verify")
    assert code == 1
    assert f"reference: search_document: note {LARGE}-star.body: loaded Starred by NATO" in output
    connection.execute("SELECT renew_search()")
    assert releases("verify")[0] == 0


@pytest.mark.usefixtures("loaded")
def test_differences_as_json(releases: Command, connection: psycopg.Connection[Row]) -> None:
    connection.execute(next(iter(TAMPERED)).encode())
    code, output, _ = releases("verify", "--json")
    assert code == 1
    assert json.loads(output) == [
        {"release": SMALL, "cells": 585, "differences": []},
        {
            "release": LARGE,
            "cells": 5509,
            "differences": [
                {
                    "release": LARGE,
                    "table": "observation",
                    "area": "POL",
                    "indicator": "share_gdp_pct",
                    "year": 2024,
                    "field": "value",
                    "loaded": "4.12",
                    "file": "4.120190989357147",
                }
            ],
        },
    ]


@pytest.mark.usefixtures("loaded")
def test_a_note_and_a_missing_folder_are_differences(
    releases: Command, connection: psycopg.Connection[Row], data: Path
) -> None:
    connection.execute("UPDATE note SET text = 'x' WHERE id = 'nato-2024-06-17-star'")
    shutil.rmtree(data / "releases" / SMALL)
    code, output, _ = releases("verify")
    assert code == 1
    first, _, note, _ = output.splitlines()
    assert first == f"{SMALL}: release: loaded a row, file nothing"
    assert note.startswith(f"{LARGE}: note: nato-2024-06-17-star: loaded x, file Starred by NATO")

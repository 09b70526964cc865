"""Loading the reference files of data/ into a real PostgreSQL."""

import shutil
from pathlib import Path

import psycopg
import pytest

from importers.load import load

from .database import Row, everything, refusal


def test_reference_data_follow_their_files(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    load(scratch_database, data)
    before = everything(connection)
    path = data / "commitments.csv"
    header, first, second, *rest = path.read_text().splitlines()
    gone, kept = first.split(",")[0], second.split(",")[0]
    changed = second.replace(f"{kept},", f"{kept}-renamed,", 1)
    path.write_text("\n".join([header, changed, *rest]))
    references = (data / "references.csv").read_text().splitlines()
    references = [line for line in references if not line.startswith(f"commitments,{gone},")]
    text = "\n".join(references).replace(f"commitments,{kept},", f"commitments,{kept}-renamed,")
    (data / "references.csv").write_text(text)
    load(scratch_database, data)
    after = everything(connection)
    was = {row["id"]: row for row in before["commitment"]}
    now = {row["id"]: row for row in after["commitment"]}
    assert was.keys() - now.keys() == {gone, kept}
    assert now.keys() - was.keys() == {f"{kept}-renamed"}
    assert now[f"{kept}-renamed"] == was[kept] | {"id": f"{kept}-renamed"}
    assert after["release"] == before["release"]
    assert after["note"] == before["note"]
    assert after["dataset"][0]["revision"] != before["dataset"][0]["revision"]


def test_a_change_keeps_its_instant_when_its_words_are_mended(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    load(scratch_database, data)
    before = everything(connection)["changelog"]
    path = data / "changelog.csv"
    path.write_text(
        path.read_text().replace("The first version:", "Our first version:")
        + ("api-1.1.0,contract,1.1.0,2026-12-01,More,There is more.,/v1,false\n")
    )
    load(scratch_database, data)
    new, *rest = sorted(
        everything(connection)["changelog"], key=lambda row: row["id"] != "api-1.1.0"
    )
    assert new["loaded_at"] > max(row["loaded_at"] for row in before)
    assert [row["loaded_at"] for row in rest] == [row["loaded_at"] for row in before]
    assert {row["summary"] for row in rest} != {row["summary"] for row in before}


def test_sources_and_facts_stand_in_the_order_of_their_positions(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    (data / "summit_facts.csv").write_text(
        "summit,position,paragraph,text,confidence\n"
        "wales-2014,2,14,Second.,high\n"
        "wales-2014,1,,First.,medium\n"
    )
    load(scratch_database, data)
    query = "SELECT facts FROM summit WHERE id = 'wales-2014'"
    assert connection.execute(query).fetchone() == {
        "facts": [
            {"text": "First.", "paragraph": None, "confidence": "medium"},
            {"text": "Second.", "paragraph": "14", "confidence": "high"},
        ]
    }


def test_the_rows_of_a_file_may_change_places(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    load(scratch_database, data)
    path = data / "indicators.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *rows[:15], *reversed(rows[15:])]))
    load(scratch_database, data)
    query = "SELECT id FROM indicator ORDER BY position DESC LIMIT 3"
    assert [row["id"] for row in connection.execute(query)] == [
        "real_change_since_2014_pct",
        "total_share_gdp_pct",
        "related_share_gdp_pct",
    ]


def test_every_problem_of_the_reference_files_is_named_at_once(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    before = everything(connection)
    for name, row in (
        ("references.csv", "targets,nowhere,1,T,P,https://example.org,,press"),
        ("summit_facts.csv", "yalta-1945,first,,Text,high"),
        ("notes.csv", "nato-2024-06-17-star,Another text."),
        ("members.csv", "XXX,XX,999,X,X,,europe,2030-01-01,false,EUR,true,,,no-such-note"),
    ):
        with (data / name).open("a") as file:
            file.write(f"{row}\n")
    lines = refusal(scratch_database, data)
    assert [line.split(": ", 2)[2] for line in lines] == [
        "targets nowhere: is not there",
        "yalta-1945: is no summit",
        "first: is no position",
        "nato-2024-06-17-star: is the id of a note of a release",
        "no-such-note: is no note of notes.csv",
    ]
    assert everything(connection) == before


def test_rows_that_the_database_refuses_are_named_at_once(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    before = everything(connection)
    with (data / "members.csv").open("a") as file:
        file.write("XXX,XX,999,X,X,,atlantis,2030-01-01,false,EUR,true,,,\n")
        file.write("YYY,YY,998,Y,Y,,europe,2030-01-01,perhaps,EUR,true,,,\n")
    lines = refusal(scratch_database, data)
    assert len(lines) == 2
    assert lines[0].startswith("members.csv: row 34: XXX: new row for relation")
    assert lines[1].startswith("members.csv: row 35: YYY: invalid input syntax for type boolean")
    assert everything(connection) == before


def test_a_row_that_is_gone_while_something_needs_it_is_refused(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    load(scratch_database, data)
    before = everything(connection)
    shutil.rmtree(data / "releases" / "nato-2024-06-17")
    path = data / "areas.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("NATO_EUR_CAN,")))
    assert refusal(scratch_database, data) == [
        'areas: a row that is gone is still used: update or delete on table "area" violates '
        'foreign key constraint "observation_area_fkey" on table "observation" '
        'Key (code)=(NATO_EUR_CAN) is still referenced from table "observation".',
    ]
    assert everything(connection) == before


@pytest.mark.parametrize("name", ["members.csv", "references.csv"])
def test_a_missing_file_is_refused(scratch_database: str, data: Path, name: str) -> None:
    (data / name).unlink()
    text = f"{name}: cannot be read: No such file or directory"
    assert refusal(scratch_database, data) == [text]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes.csv", "the columns are not id,text"),
        ("areas.csv", "the columns are not code,name,definition"),
    ],
)
def test_a_file_with_other_columns_is_refused(
    scratch_database: str, data: Path, name: str, text: str
) -> None:
    path = data / name
    path.write_text(path.read_text().replace(",", ",x", 1))
    assert refusal(scratch_database, data) == [f"{name}: row 1: {text}"]

"""A text that a spreadsheet would compute is refused, in whatever file it stands."""

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from openpyxl import load_workbook

from importers.__main__ import main
from importers.figures import Figure
from importers.reference import Reference
from importers.tables import FILES
from tests.conftest import served

from .conftest import Pack
from .database import Row, everything
from .workbooks import write_workbook

NAME = "nato-2023-07-07"
SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# With which column a row of each table can be found broken: none refers to another file.
TEXTS = {
    "sources": "title", "indicators": "definition", "areas": "name", "notes": "text", "members": "official_name", "summits": "place",
    "summit_facts": "text", "targets": "text", "commitments": "summary", "claims": "text", "changelog": "summary", "references": "publisher",
}  # fmt: skip

Refused = Callable[..., list[str]]


@pytest.fixture
def refused(
    scratch_database: str,
    connection: psycopg.Connection[Row],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Refused:
    """Return a function that runs a command which is refused, and returns what it prints."""
    monkeypatch.setenv("DATABASE_URL", scratch_database)
    before = everything(connection)

    def refused(*command: str | Path) -> list[str]:
        assert main([str(word) for word in command]) == 1
        assert everything(connection) == before
        return capsys.readouterr().err.splitlines()

    return refused


def change_cell(path: Path, number: int, column: str, text: str) -> None:
    """Write one cell of a CSV file anew; its rows are counted as in a spreadsheet."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[number - 2][column] = text
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(written.getvalue(), "utf-8", newline="")


def change(folder: Path, **keys: Any) -> None:
    path = folder / "release.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | keys))


def test_each_table_has_a_text_to_try() -> None:
    assert TEXTS.keys() == FILES.keys()


@pytest.mark.parametrize("name", FILES)
def test_a_reference_table_is_refused_with_row_and_column(
    refused: Refused, data: Path, name: str
) -> None:
    path = data / f"{name}.csv"
    for sign in SIGNS:
        change_cell(path, 3, TEXTS[name], f"{sign}cmd|' /C calc'!A0")
        [line] = refused("load", data)
        assert line.startswith(f"{path}: row 3: {TEXTS[name]}: "), line
        assert line.endswith(f"begins with {sign!r}: a spreadsheet would compute it"), line


def test_an_item_of_a_list_is_refused(refused: Refused, data: Path) -> None:
    change_cell(data / "members.csv", 2, "aliases", "Albanie; =Albania")
    assert refused("load", data) == [
        f"{data / 'members.csv'}: row 2: aliases 2: =Albania: begins with '=': "
        "a spreadsheet would compute it"
    ]


def test_a_text_that_is_a_number_stays_one(
    scratch_database: str, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    change_cell(data / "notes.csv", 2, "text", "-1.2")
    monkeypatch.setenv("DATABASE_URL", scratch_database)
    assert main(["load", str(data)]) == 0
    change_cell(data / "notes.csv", 2, "text", "-1.2+A1")
    assert main(["load", str(data)]) == 1


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        ("title", {"title": "=1+1"}),
        ("licence", {"licence": "=1+1"}),
        ("citation", {"citation": "=1+1"}),
        ("source_url", {"source_url": "=1+1"}),
        ("notes 1 text", {"notes": [{"id": f"{NAME}-x", "text": "=1+1"}]}),
        ("exceptions 1 reason", {"exceptions": [{"check": "totals", "reason": "=1+1"}]}),
        ("currencies POL", {"currencies": {"POL": "=1+1"}}),
    ],
)
def test_release_yaml_is_refused_with_the_key(
    refused: Refused, data: Path, place: str, keys: dict[str, Any]
) -> None:
    folder = data / "releases" / NAME
    change(folder, **keys)
    assert refused("load", data) == [
        f"{folder}/release.yaml: {place}: =1+1: begins with '=': a spreadsheet would compute it"
    ]


def test_a_source_cell_of_figures_csv_is_refused(refused: Refused, data: Path) -> None:
    path = data / "releases" / NAME / "figures.csv"
    change_cell(path, 3, "source_cell", "=SUM!A1")
    [line] = refused("load", data)
    assert line.startswith(f"{path}: row 3: ")
    assert line.endswith(
        "has the source cell =SUM!A1, which begins with '=': a spreadsheet would compute it"
    )


def test_a_reason_to_withdraw_is_refused_on_the_command_line_and_in_its_file(
    refused: Refused, data: Path
) -> None:
    text = "begins with '@': a spreadsheet would compute it"
    command = ("releases", "withdraw", NAME, "--reason", "@SUM(A1)", "--data", data)
    record = data / "releases" / NAME / "withdrawn.yaml"
    assert refused(*command) == [f"--reason: @SUM(A1): {text}"]
    assert not record.exists()
    record.write_text("withdrawn_on: 2026-11-22\nwithdrawn_reason: '@SUM(A1)'\n")
    assert refused("load", data) == [f"{record}: withdrawn_reason: @SUM(A1): {text}"]


@pytest.fixture
def workbook(tmp_path: Path, reference: Reference, release_2024: Pack) -> Path:
    path = tmp_path / "tables.xlsx"
    write_workbook(path, release_2024[0], reference, release_2024[1])
    return path


def nato(workbook: Path, data: Path, *options: str | Path) -> tuple[str | Path, ...]:
    return "nato", workbook, "--published-on", "2024-06-17", "--data", data, *options


def test_what_is_given_with_a_file_is_refused(
    refused: Refused, data: Path, workbook: Path, tmp_path: Path
) -> None:
    say, text = tmp_path / "say.yaml", "begins with '=': a spreadsheet would compute it"
    say.write_text(yaml.safe_dump({"notes": [{"id": "x", "text": "=1+1"}], "licence": "=2"}))
    lines = refused(*nato(workbook, data, "--say", say))
    assert lines == [f"{say}: licence: =2: {text}", f"{say}: notes 1 text: =1+1: {text}"]
    release = data / "releases" / "nato-2024-06-17" / "release.yaml"
    before = release.read_text()
    assert refused(*nato(workbook, data, "--title=-1+1")) == [
        f"{release}: title: -1+1: {text.replace('=', '-')}"
    ]
    assert release.read_text() == before


def test_a_sheet_s_name_that_would_begin_a_cell_is_refused(
    refused: Refused, data: Path, workbook: Path
) -> None:
    book = load_workbook(workbook)
    sheet = next(sheet for sheet in book if sheet.title == "TABLE3")
    sheet.title = "=TABLE3"
    book.save(workbook)
    lines = refused(*nato(workbook, data, "--replace"))
    assert lines
    assert all("the source cell =TABLE3!" in line for line in lines)


def test_a_text_of_the_publisher_stands_in_quotes_after_our_words(
    data: Path, workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """So it never begins a cell, and a footnote with a sign in front stops no import."""
    book = load_workbook(workbook)
    for cell in (cell for sheet in book for row in sheet for cell in row):
        if str(cell.value).startswith("*  "):
            cell.value = "*  =1+1"
    book.save(workbook)
    shutil.rmtree(data / "releases" / "nato-2024-06-17")
    assert main([str(word) for word in nato(workbook, data)]) == 0, capsys.readouterr()
    content = yaml.safe_load((data / "releases/nato-2024-06-17/release.yaml").read_text())
    texts = [note["text"] for note in content["notes"]]
    assert 'Starred by NATO: "=1+1"' in texts


def test_a_passage_that_would_begin_with_a_sign_has_dots_in_front(
    scratch_database: str, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    numbers = " ".join(f"-{number}.5" for number in range(60))
    change_cell(data / "notes.csv", 2, "text", f"In the order of years: {numbers} zyzzyva.")
    monkeypatch.setenv("DATABASE_URL", scratch_database)
    assert main(["load", str(data)]) == 0
    with served(scratch_database) as app:
        client = app.test_client()
        [row] = csv.DictReader(io.StringIO(client.get("/v1/search.csv?q=zyzzyva").text))
        [hit] = client.get("/v1/search?q=zyzzyva").json["data"]
    assert row["snippet"].startswith("… -")
    assert row["snippet"] == hit["snippet"]


def test_the_figures_of_the_data_are_numbers(release_2024: tuple[Any, list[Figure]]) -> None:
    """What begins with a minus there is computed to itself."""
    signed = [figure.value for figure in release_2024[1] if (figure.value or "").startswith("-")]
    assert signed

"""The one command: what it writes, compares, shows and refuses."""

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook

from importers.__main__ import DATA, main
from importers.changes import KINDS, Change, changes, earlier_releases
from importers.figures import Figure, read_figures
from importers.jumps import REVISED, YEARLY, is_comparable, jump
from importers.reference import Reference
from importers.releases import read_release
from importers.withdrawals import Withdrawal, record_of, write_withdrawal

from .conftest import Pack
from .test_tidy import tidy_rows, write_tidy
from .workbooks import save, write_workbook

NAME = "nato-2024-06-17"
BUNDLED = read_figures(read_release(DATA / "releases" / NAME))

Command = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(
    params=[
        "built",
        pytest.param(
            "official",
            marks=pytest.mark.skipif(
                "NATO_WORKBOOK" not in os.environ,
                reason="NATO's workbook of 17 June 2024 is not ours to bundle: name it in NATO_WORKBOOK",
            ),
        ),
    ]
)
def workbook(
    request: pytest.FixtureRequest, tmp_path: Path, reference: Reference, release_2024: Pack
) -> Path:
    """Return a copy of NATO's workbook: the one built in its layout, and the official one."""
    path = tmp_path / "tables.xlsx"
    if request.param == "official":
        shutil.copyfile(os.environ["NATO_WORKBOOK"], path)
    else:
        write_workbook(path, release_2024[0], reference, release_2024[1])
    return path


@pytest.fixture
def fresh(data: Path) -> Path:
    """Return a data/ that has the release before the workbook's, but not its own."""
    shutil.rmtree(data / "releases" / NAME)
    return data


@pytest.fixture
def take_in(capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that takes a workbook in and returns the status and what JSON says."""

    def take_in(path: Path, data: Path, *options: str) -> tuple[int, dict[str, Any]]:
        arguments = ("nato", str(path), "--published-on", "2024-06-17", "--data", str(data))
        status = main([*arguments, "--json", *options])
        told = json.loads(capsys.readouterr().out)
        assert isinstance(told, dict)
        return status, told

    return take_in


def is_as_bundled(data: Path) -> bool:
    figures = read_figures(read_release(data / "releases" / NAME))
    return [said(figure) for figure in figures] == [said(figure) for figure in BUNDLED]


def said(figure: Figure) -> tuple[object, ...]:
    return (*figure.key, figure.value, figure.stage, figure.missing_reason)


def test_a_file_becomes_a_folder_that_says_where_each_word_is_from(
    workbook: Path, fresh: Path, take_in: Command
) -> None:
    status, told = take_in(workbook, fresh)
    assert (status, told["status"], told["release"]) == (0, "written", NAME)
    assert is_as_bundled(fresh)
    release = read_release(fresh / "releases" / NAME)
    bundled = read_release(DATA / "releases" / NAME)
    same = ("title", "citation", "licence", "currencies", "constant_base_year", "coverage")
    assert {key: vars(release)[key] for key in same} == {key: vars(bundled)[key] for key in same}
    assert {key: told["said"][key]["by"] for key in ("title", "currencies", "sha256")} == {
        "title": "carried over from nato-2023-07-07, with the years of the file",
        "currencies": "the file, then nato-2023-07-07",
        "sha256": "the file",
    }
    assert (told["members"], told["aggregates"], told["indicators"]) == (32, 2, 16)
    assert (told["year_first"], told["year_last"]) == (2014, 2024)
    assert (told["figures"], told["blanks"]) == (5377, [])
    assert told["missing"] == {"not_applicable": 132}


def test_the_stars_become_the_note_that_was_written_by_hand(
    workbook: Path, fresh: Path, take_in: Command
) -> None:
    take_in(workbook, fresh)
    (star, *printed) = read_release(fresh / "releases" / NAME).notes
    bundled = read_release(DATA / "releases" / NAME).notes[0]
    assert sorted(star["areas"]) == sorted(bundled["areas"])
    assert [star[key] for key in ("id", "indicators", "mark")] == [
        bundled[key] for key in ("id", "indicators", "mark")
    ]
    assert star["text"].startswith(
        'Starred by NATO: "These Allies have national laws or political agreements which call for 2%'
    )
    (aggregates,) = (note for note in printed if "areas" in note)
    assert aggregates["areas"] == ["NATO_TOTAL", "NATO_EUR_CAN"]
    assert "include Montenegro, which became an Ally on 5 June 2017" in aggregates["text"]


def test_what_changed_is_counted_in_the_words_of_revisions(
    workbook: Path, fresh: Path, take_in: Command
) -> None:
    _, told = take_in(workbook, fresh)
    changed = told["changes"]
    assert changed["from"] == ["nato-2023-07-07"]
    assert changed["new"] == 5377 - 99
    assert changed["by_indicator"]["share_gdp_pct"] == {
        "revision": 39, "precision": 0, "rebase": 0, "currency": 0
    }  # fmt: skip
    assert changed["largest"][0] == {
        "area": "LUX", "indicator": "share_gdp_pct", "year": 2023, "kind": "revision",
        "from_release": "nato-2023-07-07", "from_value": "0.718583225",
        "to_value": "1.1167638664846748", "delta": "0.3981806414846748", "delta_pct": "55.41",
    }  # fmt: skip


def test_the_folder_that_was_written_loads(
    workbook: Path, fresh: Path, take_in: Command, scratch_database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert take_in(workbook, fresh)[0] == 0
    monkeypatch.setenv("DATABASE_URL", scratch_database)
    assert main(["load", str(fresh)]) == 0


def test_a_dry_run_writes_nothing(workbook: Path, fresh: Path, take_in: Command) -> None:
    status, told = take_in(workbook, fresh, "--dry-run")
    assert (status, told["status"], told["figures"]) == (0, "trial", 5377)
    assert [path.name for path in (fresh / "releases").iterdir()] == ["nato-2023-07-07"]


def test_a_file_that_is_in_already_is_left_as_it_is(
    workbook: Path, fresh: Path, take_in: Command
) -> None:
    take_in(workbook, fresh)
    folder = fresh / "releases" / NAME
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    status, told = take_in(workbook, fresh)
    assert (status, told["status"]) == (0, "unchanged")
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_other_figures_of_a_release_that_is_there_are_refused_unless_it_is_to_be_replaced(
    workbook: Path, fresh: Path, take_in: Command
) -> None:
    take_in(workbook, fresh)
    path = fresh / "releases" / NAME / "figures.csv"
    path.write_text(path.read_text().replace("1.346516857031259", "1.35"))
    status, told = take_in(workbook, fresh)
    assert (status, told["status"]) == (1, "refused")
    assert told["problems"] == [
        f"{path}: ALB share_gdp_pct 2014: 1.35 actual TABLE3!D11: is 1.346516857031259 actual "
        "TABLE3!D11 now: a release is immutable: --replace writes one anew that nobody has loaded"
    ]
    status, told = take_in(workbook, fresh, "--replace")
    assert (status, told["status"]) == (0, "replaced")
    assert is_as_bundled(fresh)


def test_what_the_file_cannot_tell_is_given(
    workbook: Path, fresh: Path, take_in: Command, tmp_path: Path
) -> None:
    say = tmp_path / "say.yaml"
    note = {"id": "copy", "text": "Read from a copy."}
    say.write_text(yaml.safe_dump({"notes": [note], "licence": "With credit."}))
    options = ("--title", "Spending", "--source-url", "https://example.org/x", "--cutoff-on", "2024-06-01")  # fmt: skip
    status, told = take_in(workbook, fresh, "--say", str(say), *options)
    release = read_release(fresh / "releases" / NAME)
    assert status == 0
    assert (release.title, release.source_url) == ("Spending", "https://example.org/x")
    assert (str(release.cutoff_on), release.licence) == ("2024-06-01", "With credit.")
    assert release.citation == 'NATO, "Spending", 17 June 2024'
    assert release.notes[-1] == note | {"id": f"{NAME}-copy"}
    assert told["said"]["title"] == {"value": "Spending", "by": "given"}


def test_the_same_command_again_changes_nothing(
    workbook: Path, fresh: Path, take_in: Command, tmp_path: Path
) -> None:
    say = tmp_path / "say.yaml"
    notes = [{"id": "copy", "text": "Read from a copy."}, {"id": "printed-1", "text": "Better words."}]  # fmt: skip
    say.write_text(yaml.safe_dump({"notes": notes, "currencies": {"POL": "PLN"}}))
    assert take_in(workbook, fresh, "--say", str(say))[1]["status"] == "written"
    assert take_in(workbook, fresh, "--say", str(say))[1]["status"] == "unchanged"
    texts = {note["id"]: note["text"] for note in read_release(fresh / "releases" / NAME).notes}
    assert texts[f"{NAME}-copy"] == "Read from a copy."
    assert texts[f"{NAME}-printed-1"] == "Better words."


def test_a_withdrawn_release_is_compared_with_no_more(
    workbook: Path, fresh: Path, take_in: Command
) -> None:
    record = record_of(fresh / "releases" / "nato-2023-07-07")
    assert take_in(workbook, fresh, "--dry-run")[1]["changes"]["from"] == ["nato-2023-07-07"]
    write_withdrawal(record, Withdrawal(date(2026, 11, 22), "wrong"))
    told = take_in(workbook, fresh, "--dry-run")[1]
    assert told["changes"] == {"from": [], "new": 5377, "by_indicator": {}, "largest": []}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("id: other", "id: cannot be given"),
        ("- title", "is not a list of keys"),
        ("notes:", "notes: None: is of a wrong kind"),
        ("notes: [{id: [1], text: x}]", "notes 1: id: [1]: is of a wrong kind"),
        ("currencies: [EUR]", "currencies: ['EUR']: is of a wrong kind"),
        ("title: 2027", "title: 2027: is of a wrong kind"),
        ("constant_base_year: yes", "constant_base_year: True: is of a wrong kind"),
        ("cutoff_on: 2027-06-31", "is not YAML: day is out of range for month"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_given_is_refused(
    tmp_path: Path, fresh: Path, take_in: Command, content: str | None, text: str
) -> None:
    say = tmp_path / "say.yaml"
    if content:
        say.write_text(content)
    status, told = take_in(tmp_path / "tables.xlsx", fresh, "--say", str(say))
    assert (status, told["problems"]) == (1, [f"{say}: {text}"])


def bend(path: Path) -> None:
    """Shuffle and rename the sheets, insert rows and columns, and print titles otherwise."""
    workbook = load_workbook(path)
    chance = random.Random(6)
    chance.shuffle(workbook._sheets)
    for number, sheet in enumerate(workbook.worksheets):
        rows, columns = chance.randint(1, 4), chance.randint(0, 2)
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        moved = {(cell.row + rows, cell.column + columns): retitled(cell.value) for cell in cells}
        for cell in cells:
            cell.value = None
        for (row, column), value in moved.items():
            sheet.cell(row, column).value = value
        sheet.cell(1, 1).value = "inserted"
        sheet.title = f"Feuille {number}"
    save(workbook, path)


FRENCH = {
    "Türkiye": "Turquie", "Czechia*": "République tchèque *", "North Macedonia": "Macédoine du Nord",
    "Montenegro": "Monténégro", "Germany": "ALLEMAGNE", "NATO Total": "Total OTAN",
    "Turkey": "Turquie",
}  # fmt: skip


def retitled(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.startswith("Table 3 :"):
        return value.replace("Table 3 :", "TABLE  12:").upper()
    return FRENCH.get(value, value.replace("Million US dollars", "Million  US Dollars"))


def test_a_copy_with_all_moved_and_renamed_gives_the_same(
    workbook: Path, fresh: Path, take_in: Command
) -> None:
    bend(workbook)
    status, told = take_in(workbook, fresh)
    assert status == 0, told
    assert is_as_bundled(fresh)
    places = {
        figure.source_cell for figure in read_figures(read_release(fresh / "releases" / NAME))
    }
    assert all(place is None or place.startswith("Feuille ") for place in places)


@pytest.mark.parametrize("value", ["n/a", None, 12.5])
def test_a_copy_with_one_broken_cell_is_refused_naming_it(
    workbook: Path, fresh: Path, take_in: Command, value: object
) -> None:
    book = load_workbook(workbook)
    book["TABLE3"]["H17"] = value
    save(book, workbook)
    status, told = take_in(workbook, fresh)
    assert (status, told["status"]) == (1, "refused")
    assert all(line.startswith(f"{workbook}: TABLE3!") for line in told["problems"])
    assert any(f"{workbook}: TABLE3!H17: " in line for line in told["problems"])
    assert [path.name for path in (fresh / "releases").iterdir()] == ["nato-2023-07-07"]


def test_a_year_is_read_however_it_is_printed(
    workbook: Path, fresh: Path, take_in: Command
) -> None:
    book = load_workbook(workbook)
    head = book["TABLE2"][8]
    for cell in head:
        if cell.value == "2023e":
            cell.value = " 2023 e"
        elif isinstance(cell.value, int):
            cell.value = str(cell.value)
    save(book, workbook)
    assert take_in(workbook, fresh)[0] == 0
    assert is_as_bundled(fresh)


def test_a_star_at_a_year_becomes_a_note_on_that_year(
    tmp_path: Path, fresh: Path, take_in: Command, reference: Reference, release_2024: Pack
) -> None:
    path = tmp_path / "tables.xlsx"
    write_workbook(path, *release_2024[:1], reference, release_2024[1], {
        "TABLE7!N20": "2023e**", "TABLE7!D60": "** Conscripts are counted from this year.",
    })  # fmt: skip
    assert take_in(path, fresh)[0] == 0
    (note,) = [n for n in read_release(fresh / "releases" / NAME).notes if n.get("mark") == "**"]
    assert note["text"] == 'The year is starred by NATO: "Conscripts are counted from this year."'
    assert (note["indicators"], note["years"]) == (["personnel_thousands"], [2023])
    assert len(note["areas"]) == 31 + 2


def test_a_table_on_another_sheet_is_found_and_one_twice_is_refused(
    workbook: Path, fresh: Path, take_in: Command
) -> None:
    book = load_workbook(workbook)
    target, source = book["TABLE5"], book["TABLE7"]
    for row in source.iter_rows():
        for cell in row:
            if cell.value is not None:
                target.cell(cell.row + 120, cell.column).value = cell.value
    twice = workbook.with_name("twice.xlsx")
    save(book, twice)
    status, told = take_in(twice, fresh)
    assert (status, len(told["problems"])) == (1, 2)
    assert all(
        line.endswith("Military personnel: is there more than once") for line in told["problems"]
    )
    book.remove(source)
    save(book, workbook)
    assert take_in(workbook, fresh)[0] == 0
    assert is_as_bundled(fresh)


def test_a_table_that_is_not_found_is_named_with_where_was_looked(
    workbook: Path, fresh: Path, take_in: Command
) -> None:
    book = load_workbook(workbook)
    book.remove(book["TABLE7"])
    save(book, workbook)
    _, told = take_in(workbook, fresh)
    assert told["problems"] == [
        f"{workbook}: Military personnel: is the title of no table with the unit Thousands; sheets: "
        "TABLE1, TABLE2, TABLE3, TABLE4, TABLE5, TABLE6, TABLE8a, TABLE8b"
    ]


def test_a_day_is_needed_where_the_file_does_not_say_it(
    workbook: Path, fresh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["nato", str(workbook), "--data", str(fresh)]) == 1
    text = "published_on: the file does not say it: --published-on YYYY-MM-DD"
    assert capsys.readouterr().err == f"{workbook}: {text}\n"


def packs(reference: Reference) -> Iterator[tuple[Pack, list[Change]]]:
    for folder in sorted((DATA / "releases").iterdir()):
        release = read_release(folder)
        figures = read_figures(release)
        earlier = earlier_releases(DATA, release.source, release.published_on)
        yield (release, figures), list(changes(release, figures, earlier, reference))


def test_the_bounds_on_jumps_are_what_was_measured(reference: Reference) -> None:
    yearly, revised = dict.fromkeys(YEARLY, 0.0), dict.fromkeys(REVISED, 0.0)
    for (_, figures), changed in packs(reference):
        held = {figure.key: figure for figure in figures if figure.value is not None}
        for (area, indicator, year), figure in held.items():
            unit = reference.units[indicator]
            if before := held.get((area, indicator, year - 1)):
                found = jump(YEARLY[unit].by, before, figure)
                assert found is not None
                yearly[unit] = max(yearly[unit], float(found))
        for change in filter(is_comparable, changed):
            unit = reference.units[change.figure.indicator]
            found = jump(REVISED[unit].by, change.before, change.figure)
            assert found is not None
            revised[unit] = max(revised[unit], float(found))
    assert {unit: round(most, 3) for unit, most in yearly.items()} == {
        unit: float(bound.measured) for unit, bound in YEARLY.items()
    }
    assert {unit: round(most, 3) or 1 for unit, most in revised.items()} == {
        unit: float(bound.measured) for unit, bound in REVISED.items()
    }
    assert all(bound.allowed > bound.measured for bound in (*YEARLY.values(), *REVISED.values()))


def test_the_kinds_of_changes_are_those_of_the_contract(reference: Reference) -> None:
    counts = {
        pack[0].id: {kind: sum(change.kind == kind for change in changed) for kind in KINDS}
        for pack, changed in packs(reference)
    }
    assert counts["nato-2026-07-10"] == {
        "revision": 1531, "precision": 1650, "rebase": 1089, "currency": 11
    }  # fmt: skip
    assert counts["nato-2025-08-28"] == {
        "revision": 882, "precision": 871, "rebase": 363, "currency": 0
    }  # fmt: skip


JUMP = {"member_iso3": "DEU", "indicator": "defence_expenditure_share_gdp", "year": "2026"}


@pytest.fixture
def jumping(data: Path, tmp_path: Path, release_2026: Pack) -> Path:
    """Return a tidy file of 2026 in which a share and the money it is made of jump."""
    path = tmp_path / "tidy.csv"
    rows = [
        row | ({"value": "9.99"} if JUMP.items() <= row.items() else {})
        for row in tidy_rows(release_2026)
    ]
    write_tidy(path, tuple(rows))
    return path


def test_a_jump_is_refused_unless_it_is_listed(
    jumping: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blanks = [
        {"check": "blanks", "reason": "left blank by NATO", "area": area, "year": 2026}
        for area in ("NLD", "PRT")
    ]
    listed = [
        {"check": check, "reason": "made up", "area": "DEU", "indicator": "share_gdp_pct", "year": 2026}
        for check in ("jumps", "derived")
    ]  # fmt: skip
    say = tmp_path / "say.yaml"
    command = ["tidy", str(jumping), "--data", str(data), "--say", str(say)]
    euros = {"currencies": {"BGR": "EUR"}}
    say.write_text(yaml.safe_dump({"exceptions": blanks} | euros))
    assert main(command) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(" 9.99: ")[2] for line in lines] == [
        "is not what spending by GDP at constant prices give, 2.69432",
        "is a jump beyond the bound of 3 times from 2025, 2.22",
    ]
    say.write_text(yaml.safe_dump({"exceptions": [*blanks, *listed]} | euros))
    assert main(command) == 0
    say.write_text(yaml.safe_dump({"exceptions": [*blanks, *listed], "currencies": {"BGR": "BGN"}}))
    assert main([*command, "--dry-run"]) == 1
    (line,) = (
        line for line in capsys.readouterr().err.splitlines() if "BGR" in line and "2 times" in line
    )
    assert line.endswith("is a jump beyond the bound of 2 times from nato-2024-06-17, 4217")

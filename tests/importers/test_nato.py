"""Reading NATO's workbook, written here in its layout from the figures that it gave."""

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from importers.__main__ import DATA, main
from importers.reference import Reference

from .conftest import Pack
from .workbooks import Content, write_workbook

NAME = "nato-2024-06-17"
BUNDLED = DATA / "releases" / NAME / "figures.csv"

ARGUMENTS = ("nato", "--published-on", "2024-06-17")

Run = Callable[..., list[str]]


@pytest.fixture
def run(
    data: Path,
    tmp_path: Path,
    reference: Reference,
    release_2024: Pack,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Return a function that imports a changed workbook and returns what is wrong with it."""

    def run(changes: Mapping[str, Content] | None = None, **keys: object) -> list[str]:
        file = tmp_path / "tables.xlsx"
        write_workbook(file, release_2024[0], reference, release_2024[1], changes)
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        folder = data / "releases" / NAME
        content = yaml.safe_load((folder / "release.yaml").read_text())
        (folder / "release.yaml").write_text(yaml.safe_dump(content | {"sha256": sha256} | keys))
        (folder / "figures.csv").unlink(missing_ok=True)
        status = main([*ARGUMENTS, "--data", str(data), str(file)])
        lines = capsys.readouterr().err.splitlines()
        assert status == (1 if lines else 0)
        written = [] if lines else ["figures.csv"]
        assert [path.name for path in sorted(folder.iterdir())] == [*written, "release.yaml"]
        return [line.removeprefix(f"{file}: ") for line in lines]

    return run


def test_a_workbook_gives_exactly_the_bundled_figures(run: Run, data: Path) -> None:
    assert run() == []
    assert (data / "releases" / NAME / "figures.csv").read_bytes() == BUNDLED.read_bytes()


@pytest.mark.skipif(
    "NATO_WORKBOOK" not in os.environ,
    reason="NATO's workbook of 17 June 2024 is not ours to bundle: name it in NATO_WORKBOOK",
)
def test_the_official_workbook_gives_exactly_the_bundled_figures(data: Path) -> None:
    folder = data / "releases" / NAME
    (folder / "figures.csv").unlink()
    assert main([*ARGUMENTS, "--data", str(data), os.environ["NATO_WORKBOOK"]]) == 0
    assert (folder / "figures.csv").read_bytes() == BUNDLED.read_bytes()


@pytest.mark.parametrize("blank", [None, ".."])
def test_a_blank_cell_was_not_reported(run: Run, data: Path, blank: str | None) -> None:
    excuse = {"check": "blanks", "reason": "left blank", "area": "ALB", "year": 2014}
    assert run({"TABLE6!D46": blank}, exceptions=[excuse]) == []
    was = "ALB,spending_per_capita_usd_constant,2014,51.92823317107186,actual,,TABLE6!D46,\n"
    now = "ALB,spending_per_capita_usd_constant,2014,,actual,not_reported,TABLE6!D46,\n"
    text = (data / "releases" / NAME / "figures.csv").read_text()
    assert was in BUNDLED.read_text()
    assert text == BUNDLED.read_text().replace(was, now)


def test_a_text_where_a_figure_belongs_is_refused(run: Run) -> None:
    assert run({"TABLE3!H17": "n/a", "TABLE3!I17": "#REF!", "TABLE7!E23": True}) == [
        "TABLE3!H17: n/a: is no number",
        "TABLE3!I17: #REF!: is no number",
        "TABLE7!E23: True: is no number",
    ]


def test_an_unknown_name_is_refused_and_so_is_the_gap_that_it_leaves(run: Run) -> None:
    assert run({"TABLE3!C12": "Atlantis"}) == [
        "TABLE3!D12: Atlantis: is no member or aggregate in a block",
        "TABLE4!G24: 0.9710156802802978: is in no other table",
        "TABLE4!H24: 1.299161108495248: is in no other table",
        "TABLE3: BEL: has no row for share_gdp_pct",
    ]


def test_figures_without_a_name_are_refused(run: Run) -> None:
    assert run({"TABLE1!D42": 17.5}) == [
        "TABLE1!D42: is no member or aggregate in a block",
    ]


def test_an_ally_twice_in_a_block_is_refused(run: Run) -> None:
    lines = run({"TABLE7!D24": "Albania"})
    assert lines[0] == "TABLE7: BEL: has no row for personnel_thousands"
    assert lines[1] == "TABLE7!E24: ALB personnel_thousands 2014: 30.512: is given 2 times"
    assert len(lines) == 12


def test_another_currency_than_that_of_the_release_is_refused(run: Run) -> None:
    assert run({"TABLE1!C13": "Bulgaria   (Euros)"}) == [
        "TABLE1!C13: Bulgaria (Euros): is not the currency of the release",
    ]


def test_a_star_without_a_note_is_refused(run: Run) -> None:
    assert run({"TABLE3!C12": "Belgium*"}) == [
        "TABLE3: BEL: has a * for share_gdp_pct alone",
        *(
            f"TABLE3!{column}12: BEL: has a star without a note in release.yaml"
            for column in "DEFGHIJKLMN"
        ),
    ]


def test_a_note_on_a_star_that_is_not_printed_is_refused(run: Run) -> None:
    assert run({"TABLE3!C16": "Czechia"}) == [
        "TABLE3: CZE: has a * for real_change_pct alone",
        *(
            f"TABLE3!{column}16: CZE: has no star, but a note on it in release.yaml"
            for column in "DEFGHIJKLMN"
        ),
    ]


def test_a_year_twice_is_refused(run: Run) -> None:
    lines = run({"TABLE7!F20": 2014})
    assert lines[0] == (
        "TABLE7!E20: 2014 2014 2016 2017 2018 2019 2020 2021 2022 2023e 2024e: has a year twice"
    )


def test_a_table_with_other_years_than_the_first_is_refused(run: Run) -> None:
    lines = run({"TABLE7!N20": 2023})
    assert lines[0] == (
        "TABLE7: 2023 actual, 2023 estimate: differs from the years of the first table"
    )


def test_a_table_without_years_is_refused(run: Run) -> None:
    changes = {f"TABLE7!{column}20": None for column in "EFGHIJKLMNO"}
    assert run(changes) == ["TABLE7: has no row of years"]


def test_a_title_that_is_not_there_is_refused(run: Run) -> None:
    assert run({"TABLE8b!B43": "Rest (d)", "TABLE7!C18": "Persons"}) == [
        "TABLE7: Thousands: is not there",
        "TABLE8b: Other (d): is not there",
    ]


def test_another_base_year_than_that_of_the_release_is_refused(run: Run) -> None:
    places = ["1!B43", "2!B44", "3!B6", "5!B45", "6!B6", "4!B18"]
    assert run(constant_base_year=2021)[: len(places)] == [
        f"TABLE{place}: 2015: is not the price base of the release, 2021" for place in places
    ]


def test_a_cell_of_table_4_that_differs_from_its_own_table_is_refused(run: Run) -> None:
    assert run({"TABLE4!H23": 2.03, "TABLE4!D24": None}) == [
        "TABLE4!H23: 2.03: is 2.0294680677363757 in TABLE3!N11",
        "TABLE4!D24: empty: is 4399.989689927592 in TABLE2!D46",
    ]


def test_an_unknown_name_in_table_4_is_refused(run: Run) -> None:
    assert run({"TABLE4!C24": "Atlantis"}) == [
        "TABLE4!D24: Atlantis: is no member or aggregate",
        "TABLE4: BEL: has no row for real_change_since_2014_pct",
    ]


def test_another_header_of_table_4_is_refused(run: Run) -> None:
    assert run({"TABLE4!F20": "Change (%)"}) == [
        "TABLE4: 2014; 2024e; Real change 2014-2024e (%); Share of real GDP 2014 (%); "
        "Share of real GDP 2024e (%): is not the header",
    ]


def test_a_total_that_is_not_the_sum_is_refused(run: Run) -> None:
    assert run({"TABLE7!O55": 3418.7}) == [
        "TABLE7!O55: NATO_TOTAL personnel_thousands 2024: 3418.7: differs from the sum of the "
        "allies by 0.09101692084932, more than rounding allows",
    ]


def test_a_file_with_another_checksum_is_refused(run: Run, data: Path) -> None:
    (line,) = run(sha256="0" * 64)
    start = f"{data}/releases/{NAME}/release.yaml: sha256: {'0' * 64}: the file has "
    assert line.startswith(start)
    assert len(line) == len(start) + 64


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"PK no", "is not a workbook, or damaged"),
    ],
)
def test_what_is_no_workbook_is_refused(
    data: Path,
    tmp_path: Path,
    content: bytes | None,
    text: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "tables.xlsx"
    if content is not None:
        file.write_bytes(content)
    assert main([*ARGUMENTS, "--data", str(data), str(file)]) == 1
    assert capsys.readouterr().err == f"{file}: {text}\n"


def test_everything_that_is_wrong_is_named_at_once(run: Run) -> None:
    lines = run(
        {"TABLE3!H17": "n/a", "TABLE7!O55": 3418.7, "TABLE8b!B43": "Rest", "TABLE2!N8": 2031}
    )
    wanted = ("TABLE3!H17: n/a", "TABLE7!O55: NATO_TOTAL", "TABLE8b: Other (d)", "TABLE2: 2024 estimate, 2031 actual")  # fmt: skip
    assert [start for start in wanted if not any(line.startswith(start) for line in lines)] == []

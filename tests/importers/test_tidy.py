"""Reading a tidy CSV, written here from the figures that it gave."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from importers.__main__ import DATA, main
from importers.refusals import shown
from importers.tidy import COLUMNS, INDICATORS

from .conftest import Pack

SHARE = {
    "source": "NATO",
    "release": "nato-2023-07",
    "release_date": "2023-07-07",
    "member_iso3": "POL",
    "indicator": "defence_expenditure_share_gdp",
    "unit": "% of real GDP (2015 prices)",
    "year": "2023",
    "value": "3.901121244",
    "is_estimate": "1",
}

Run = Callable[..., list[str]]


@pytest.fixture
def run(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that imports rows into the partial release and returns what is wrong."""

    def run(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> list[str]:
        file, folder = tmp_path / "tidy.csv", data / "releases" / "nato-2023-07-07"
        write_tidy(file, rows, columns)
        (folder / "figures.csv").unlink(missing_ok=True)
        status = main(["tidy", str(file), "--data", str(data)])
        lines = capsys.readouterr().err.splitlines()
        assert status == (1 if lines else 0)
        assert (folder / "figures.csv").exists() == (not lines)
        return [line.removeprefix(f"{file}: ") for line in lines]

    return run


def write_tidy(
    file: Path, rows: tuple[dict[str, str], ...], columns: tuple[str, ...] = COLUMNS
) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def test_a_row_becomes_a_figure_and_the_rest_of_its_year_is_not_held(run: Run, data: Path) -> None:
    assert run(SHARE) == []
    assert (data / "releases" / "nato-2023-07-07" / "figures.csv").read_text() == (
        "area,indicator,year,value,stage,missing_reason,source_cell,notes\n"
        "POL,share_gdp_pct,2023,3.901121244,estimate,,,\n"
        "POL,spending_usd_m_current,2023,,estimate,not_held,,\n"
        "POL,spending_usd_m_constant,2023,,estimate,not_held,,\n"
        "POL,spending_lcu_m_current,2023,,estimate,not_held,,\n"
        "POL,spending_lcu_m_constant,2023,,estimate,not_held,,\n"
        "POL,real_change_pct,2023,,estimate,not_held,,\n"
        "POL,spending_per_capita_usd_constant,2023,,estimate,not_held,,\n"
        "POL,gdp_usd_m_current,2023,,estimate,not_held,,\n"
        "POL,gdp_usd_m_constant,2023,,estimate,not_held,,\n"
        "POL,gdp_per_capita_usd_k_constant,2023,,estimate,not_held,,\n"
        "POL,personnel_thousands,2023,,estimate,not_held,,\n"
        "POL,equipment_share_pct,2023,,estimate,not_held,,\n"
        "POL,personnel_share_pct,2023,,estimate,not_held,,\n"
        "POL,infrastructure_share_pct,2023,,estimate,not_held,,\n"
        "POL,other_share_pct,2023,,estimate,not_held,,\n"
    )


@pytest.mark.parametrize("name", ["nato-2023-07-07", "nato-2025-08-28", "nato-2026-07-10"])
def test_a_tidy_file_gives_exactly_the_bundled_figures(
    request: pytest.FixtureRequest, data: Path, tmp_path: Path, name: str
) -> None:
    pack: Pack = request.getfixturevalue(f"release_{name[5:9]}")
    folder, file = data / "releases" / name, tmp_path / "tidy.csv"
    folder.mkdir(exist_ok=True)
    (folder / "release.yaml").write_bytes((DATA / "releases" / name / "release.yaml").read_bytes())
    write_tidy(file, tidy_rows(pack))
    assert main(["tidy", str(file), "--data", str(data), "--say", say_blanks(tmp_path, name)]) == 0
    bundled = DATA / "releases" / name / "figures.csv"
    assert (folder / "figures.csv").read_bytes() == bundled.read_bytes()


# What NATO left blank beside others of the series, by the release.
BLANK = {
    "nato-2023-07-07": (),
    "nato-2025-08-28": ("DEU", "DNK", "PRT"),
    "nato-2026-07-10": ("NLD", "PRT"),
}


def say_blanks(folder: Path, name: str) -> str:
    """Write the exceptions of a release with those for its blanks."""
    content = yaml.safe_load((DATA / "releases" / name / "release.yaml").read_text())
    year = int(name[5:9])
    blanks = [
        {"check": "blanks", "reason": "left blank by NATO", "area": area, "year": year}
        for area in BLANK[name]
    ]
    path = folder / "say.yaml"
    path.write_text(yaml.safe_dump({"exceptions": [*content["exceptions"], *blanks]}))
    return str(path)


def tidy_rows(pack: Pack) -> tuple[dict[str, str], ...]:
    """Return the rows that a tidy file of the release has: figures, and blanks as published."""
    release, figures = pack
    names = {indicator: (name, unit) for name, (indicator, unit) in INDICATORS.items()}
    return tuple(
        {
            "source": "NATO",
            "release": release.id,
            "release_date": str(release.published_on),
            "member_iso3": figure.area,
            "indicator": names[figure.indicator][0],
            "unit": names[figure.indicator][1].format(base=release.constant_base_year),
            "year": str(figure.year),
            "value": with_point(figure.value),
            "is_estimate": str(int(figure.stage == "estimate")),
        }
        for figure in figures
        if figure.missing_reason in (None, "not_reported")
    )


def with_point(value: str | None) -> str:
    """Write a number as programs do that know only doubles: 18788 as 18788.0."""
    return "" if value is None else value if "." in value else f"{value}.0"


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("source", "SIPRI", "is not the source nato"),
        ("release_date", "2023-07-08", "is not the day of publication, 2023-07-07"),
        ("member_iso3", "XYZ", "is no member or aggregate"),
        ("indicator", "morale", "is no indicator"),
        (
            "unit",
            "% of real GDP (2021 prices)",
            "is not the unit % of real GDP (2015 prices)",
        ),
        ("year", "2023e", "is no year"),
        ("is_estimate", "yes", "is not 0 or 1"),
        ("value", "n/a", "is no number"),
        ("value", "NaN", "is no number"),
        ("value", "inf", "is no number"),
        ("value", "1e9999999", "is no number"),
        ("value", "1_000", "is no number"),
        ("value", "3,5", "is no number"),
        ("year", "٢٠٢٤", "is no year"),
        ("year", "9" * 4400, "is no year"),
    ],
)
def test_a_cell_that_is_not_understood_is_refused(
    run: Run, column: str, value: str, text: str
) -> None:
    assert run(SHARE, SHARE | {column: value}) == [f"row 3: {shown(value)}: {text}"]


@pytest.mark.parametrize("source", ["x", "../../x", "x" * 300])
def test_a_source_that_we_do_not_have_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    file = tmp_path / "tidy.csv"
    write_tidy(file, (SHARE | {"source": source},))
    assert main(["tidy", str(file), "--data", str(data)]) == 1
    text = f"{data}/sources.csv: {source}: is no source of sources.csv\n"
    assert capsys.readouterr().err == text


def test_a_file_without_one_figure_is_refused(run: Run) -> None:
    assert run(SHARE | {"value": ""}) == ["has no figures"]


def test_the_day_is_the_word_of_the_file(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tidy.csv"
    write_tidy(file, (SHARE | {"release_date": "2023-07-08"},))
    options = ("--data", str(data), "--coverage", "partial", "--dry-run", "--json")
    assert main(["tidy", str(file), *options]) == 0
    said = json.loads(capsys.readouterr().out)["said"]["published_on"]
    assert said == {"value": "2023-07-08", "by": "the file"}


def test_whoever_reads_the_output_may_stop_early(data: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "importers", "package", str(data)]
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, check=False, cwd=DATA.parent
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_what_excel_puts_before_a_file_is_read_over(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "tidy.csv"
    write_tidy(file, (SHARE,))
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    (data / "releases" / "nato-2023-07-07" / "figures.csv").unlink()
    assert main(["tidy", str(file), "--data", str(data)]) == 0


def test_a_number_with_an_exponent_is_written_out(run: Run, data: Path) -> None:
    assert run(SHARE | {"value": "3.5e-05"}) == []
    figures = data / "releases" / "nato-2023-07-07" / "figures.csv"
    assert "POL,share_gdp_pct,2023,0.000035,estimate" in figures.read_text()


def test_every_problem_is_named_at_once(run: Run) -> None:
    wrong = SHARE | {"member_iso3": "XYZ", "value": "n/a"}
    assert run(SHARE, wrong, SHARE | {"member_iso3": "BEL", "year": "soon"}) == [
        "row 3: XYZ: is no member or aggregate",
        "row 3: n/a: is no number",
        "row 4: soon: is no year",
    ]


def test_a_year_twice_is_refused(run: Run) -> None:
    assert run(SHARE, SHARE | {"value": "3.9"}) == [
        "row 3: POL share_gdp_pct 2023: 3.9: is given 2 times",
    ]


def test_a_year_that_is_both_actual_and_estimate_is_refused(run: Run) -> None:
    assert run(SHARE, SHARE | {"member_iso3": "BEL", "is_estimate": "0"}) == [
        "row 3: BEL share_gdp_pct 2023: actual: others of the year are estimate",
    ]


def test_a_country_that_was_no_ally_yet_is_refused(run: Run) -> None:
    assert run(SHARE, SHARE | {"member_iso3": "SWE"})[0] == (
        "row 3: SWE share_gdp_pct 2023: 3.901121244: is of no ally on the day of publication"
    )


def test_other_columns_are_refused(run: Run) -> None:
    assert run(SHARE, columns=COLUMNS[:-1]) == [
        "row 1: the columns are not source,release,release_date,member_iso3,indicator,unit,year,"
        "value,is_estimate",
    ]


def test_a_hole_in_a_series_of_a_full_release_is_refused(
    data: Path, tmp_path: Path, release_2026: Pack, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = data / "releases" / "nato-2026-07-10", tmp_path / "tidy.csv"
    folder.mkdir()
    bundled = DATA / "releases" / folder.name / "release.yaml"
    (folder / "release.yaml").write_bytes(bundled.read_bytes())
    hole = {"member_iso3": "EST", "indicator": "military_personnel", "year": "2019"}
    rows = tidy_rows(release_2026)
    write_tidy(file, tuple(row for row in rows if not hole.items() <= row.items()))
    say = say_blanks(tmp_path, folder.name)
    assert main(["tidy", str(file), "--data", str(data), "--say", say]) == 1
    assert capsys.readouterr().err == f"{file}: EST personnel_thousands: 2019: has no row\n"
    assert [path.name for path in folder.iterdir()] == ["release.yaml"]


def test_a_folder_that_cannot_be_written_to_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = data / "releases" / "nato-2023-07-07", tmp_path / "tidy.csv"
    shutil.rmtree(folder)
    folder.write_text("in the way")
    write_tidy(file, (SHARE,))
    assert main(["tidy", str(file), "--data", str(data)]) == 1
    assert capsys.readouterr().err == f"{folder}/figures.csv: cannot be written: File exists\n"
    assert not [path.name for path in data.iterdir() if path.name.startswith(".")]


def test_a_folder_of_releases_that_cannot_be_read_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, releases = tmp_path / "tidy.csv", data / "releases"
    write_tidy(file, (SHARE,))
    shutil.rmtree(releases)
    releases.touch()
    assert main(["tidy", str(file), "--data", str(data)]) == 1
    assert capsys.readouterr().err == f"{releases}: cannot be read: Not a directory\n"


def test_members_without_a_column_are_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = data / "members.csv"
    path.write_text(path.read_text().replace("acceded_on", "joined", 1))
    assert main(["tidy", str(tmp_path / "x"), "--data", str(data)]) == 1
    files = "members.csv, areas.csv, indicators.csv"
    assert capsys.readouterr().err == f"{data}: {files}: 'acceded_on'\n"


def test_a_file_with_a_torn_row_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tidy.csv"
    file.write_text(",".join(COLUMNS) + "\nNATO,nato-2023-07\n")
    assert main(["tidy", str(file), "--data", str(data)]) == 1
    text = "row 2: has more or fewer cells than the header"
    assert capsys.readouterr().err == f"{file}: {text}\n"

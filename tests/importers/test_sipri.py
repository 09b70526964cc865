"""Reading SIPRI's workbook, written here in its layout from the bundled figures and others."""

import os
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from importers import progress
from importers.__main__ import DATA, main
from importers.books import sha256_of
from importers.figures import Figure, read_figures
from importers.intake import read_checked
from importers.packs import local_of
from importers.reference import read_reference
from importers.releases import Release, read_release
from importers.sipri import SipriFile

from .conftest import SIPRI, Pack, WriteSipri
from .sipri_workbooks import (
    CONSTANT,
    CURRENT,
    SHARE,
    TOTALS,
    Changes,
    Content,
    write_workbook,
)

NAME = SIPRI
BUNDLED = DATA / "releases" / NAME

Run = Callable[..., list[str]]
Figures = dict[tuple[str, str, int], Figure]

official = pytest.mark.skipif(
    "SIPRI_WORKBOOK" not in os.environ,
    reason="SIPRI's workbook of 28 April 2025 is not ours to bundle: name it in SIPRI_WORKBOOK",
)


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture(scope="module")
def whole_figures(tmp_path_factory: pytest.TempPathFactory, release_sipri: Pack) -> Figures:
    """Return all figures of a workbook as the part's release.yaml has them read."""
    file = tmp_path_factory.mktemp("sipri") / "milex.xlsx"
    write_workbook(file, *release_sipri)
    release = replace(release_sipri[0], coverage="full", sha256=sha256_of(file))
    reference = read_reference(DATA)
    figures = read_checked(SipriFile(file, reference), release, reference)
    return {figure.key: figure for figure in figures}


@pytest.fixture
def run(sipri_folder: Path, write_sipri: WriteSipri, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that imports a changed workbook and returns what is wrong with it."""

    def run(changes: Changes | None = None, **keys: object) -> list[str]:
        file = write_sipri(changes, **keys)
        (sipri_folder / "figures.csv").unlink(missing_ok=True)
        status = main(import_of(file, sipri_folder))
        lines = capsys.readouterr().err.splitlines()
        assert status == (1 if lines else 0)
        assert (sipri_folder / "figures.csv").exists() == (not lines)
        return [line.removeprefix(f"{file}: ") for line in lines]

    return run


def import_of(file: Path, folder: Path) -> list[str]:
    data = str(folder.parents[1])
    return ["sipri", str(file), "--published-on", "2025-04-28", "--data", data]


def whole(data: Path, file: Path) -> Figures:
    assert main(["whole", str(file), str(data)]) == 0
    figures = read_figures(read_release(local_of(data) / "releases" / NAME))
    return {figure.key: figure for figure in figures}


def test_a_workbook_gives_exactly_the_bundled_figures(run: Run, sipri_folder: Path) -> None:
    assert run() == []
    assert (sipri_folder / "figures.csv").read_bytes() == (BUNDLED / "figures.csv").read_bytes()


@official
def test_the_official_workbook_gives_exactly_the_bundled_figures(sipri_folder: Path) -> None:
    (sipri_folder / "figures.csv").unlink()
    assert main(import_of(Path(os.environ["SIPRI_WORKBOOK"]), sipri_folder)) == 0
    assert (sipri_folder / "figures.csv").read_bytes() == (BUNDLED / "figures.csv").read_bytes()


def test_the_bundle_is_what_the_terms_allow(release_sipri: Pack) -> None:
    release, figures = release_sipri
    held = [figure for figure in figures if figure.value is not None]
    assert len(held) == 31 * 2 * 3 + 3
    assert {figure.year for figure in held} == {2023, 2024}
    assert (release.coverage, release.sha256 and release.sha256[:8]) == ("partial", "8a31c279")


def test_the_sums_are_those_of_the_workbook(release_sipri: Pack) -> None:
    values = {figure.key: Decimal(figure.value) for figure in release_sipri[1] if figure.value}
    allies = sum(
        value
        for (area, *key), value in values.items()
        if area != "WORLD" and key == ["spending_usd_m_current", 2024]
    )
    world = values["WORLD", "spending_usd_m_current", 2024]
    assert round(allies) == 1_506_080
    assert values["USA", "spending_usd_m_current", 2024] == 997_309
    assert round(100 * allies / world, 1) == Decimal("55.4")


def test_a_share_is_the_cell_times_100_digit_by_digit(release_sipri: Pack) -> None:
    shares = {figure.key: figure for figure in release_sipri[1]}
    assert shares["SWE", "share_gdp_pct", 2024].value == "1.997717388101682"
    assert shares["SWE", "share_gdp_pct", 2024].source_cell == "Share of GDP!BZ179"
    assert shares["WORLD", "spending_usd_m_constant", 2024].value == "2676513.8864674996"


@pytest.mark.parametrize(
    ("key", "value", "stage", "reason", "notes"),
    [
        (("DEU", "spending_usd_m_constant", 2020), "50000.25", "estimate", None, []),
        (("DEU", "spending_usd_m_current", 2020), "60000.5", "estimate", None, []),
        (("DEU", "share_gdp_pct", 2020), "1.37", "actual", None, []),
        (("FRA", "spending_usd_m_constant", 2021), "55000.125", "estimate", None, ["france", "red"]),
        (("HRV", "spending_usd_m_current", 1990), None, "actual", "not_applicable", ["croatia"]),
        (("HRV", "share_gdp_pct", 1990), None, "actual", "not_reported", ["croatia"]),
        (("HRV", "spending_usd_m_constant", 1990), None, "actual", "not_reported", ["croatia"]),
        (("BEL", "spending_usd_m_constant", 1990), None, "actual", "not_reported", []),
        (("ISL", "spending_usd_m_current", 1988), None, "actual", "not_applicable", ["iceland"]),
        (("ISL", "share_gdp_pct", 1988), None, "actual", "not_applicable", ["iceland"]),
        (("WORLD", "spending_usd_m_constant", 1991), None, "actual", "not_reported", ["world"]),
        (("SWE", "spending_lcu_m_current", 1990), None, "actual", "not_held", []),
        (("SWE", "gdp_usd_m_current", 1990), None, "actual", "not_published", []),
        (("ISL", "real_change_pct", 2024), None, "actual", "not_applicable", []),
    ],
)  # fmt: skip
def test_a_cell_of_the_whole_says_what_it_is(
    whole_figures: Figures,
    key: tuple[str, str, int],
    value: str | None,
    stage: str,
    reason: str | None,
    notes: list[str],
) -> None:
    found = whole_figures[key]
    assert (found.value, found.stage, found.missing_reason) == (value, stage, reason)
    assert found.notes == tuple(f"{NAME}-{note}" for note in notes)


def test_a_zero_of_a_country_with_forces_is_no_figure(whole_figures: Figures) -> None:
    zero = whole_figures["ALB", "spending_usd_m_current", 1975]
    assert (zero.value, zero.missing_reason) == (None, "not_reported")
    assert zero.notes[-1] == f"{NAME}-zero"


def test_the_whole_has_every_ally_in_every_year(whole_figures: Figures) -> None:
    allies = {key for key in whole_figures if key[0] != "WORLD"}
    assert len(allies) == 32 * 76 * 15
    assert {year for _, _, year in allies} == set(range(1949, 2025))
    assert {year for area, _, year in whole_figures if area == "WORLD"} == set(range(1988, 2025))


def test_the_whole_says_what_the_part_says_but_what_is_left_out(
    data: Path, write_sipri: WriteSipri
) -> None:
    whole(data, write_sipri())
    release = read_release(local_of(data) / "releases" / NAME)
    part = read_release(data / "releases" / NAME)
    assert release.coverage == "full"
    gone = [note["id"] for note in part.notes if note not in release.notes]
    assert gone == [f"{NAME}-part"]
    assert main_keys(release) == main_keys(part)


def main_keys(release: Release) -> dict[str, object]:
    new = ("folder", "coverage", "notes")
    return {key: value for key, value in vars(release).items() if key not in new}


@official
def test_the_whole_official_workbook_is_read_and_its_sums_hold(
    sipri_folder: Path, data: Path
) -> None:
    figures = whole(data, Path(os.environ["SIPRI_WORKBOOK"]))
    held = [figure for figure in figures.values() if figure.value is not None]
    assert (len(figures), len(held)) == (36_518, 5_341)
    assert sum(figure.stage == "estimate" for figure in held) == 694
    assert sum(f"{NAME}-zero" in figure.notes for figure in figures.values()) == 39
    assert sum(figure.area == "WORLD" for figure in held) == 37


@pytest.mark.parametrize(
    ("cell", "content", "text"),
    [
        (f"{SHARE}!BZ163", "n/a", "n/a: is no number"),
        (f"{CURRENT}!BZ163", None, "empty: is no number"),
        (f"{CURRENT}!BZ163", True, "True: is no number"),
        (f"{CURRENT}!BZ170", 17.5, "17.5: is a figure of a member without armed forces"),
        (f"{CURRENT}!C163", (17.5, "green"), "17.5: has the colour 00FF00, which says nothing"),
        (f"{TOTALS}!AK15", "n/a", "n/a: is no number"),
    ],
)
def test_a_cell_that_is_not_understood_is_refused(
    run: Run, cell: str, content: Content, text: str
) -> None:
    assert run({cell: content}) == [f"{cell}: {text}"]


def test_a_sign_of_a_cell_without_a_note_is_refused(run: Run, release_sipri: Pack) -> None:
    notes = [note for note in release_sipri[0].notes if note.get("mark") not in ("red", "0")]
    assert run(notes=notes) == [
        f"{CONSTANT}!BX167: 55000.125: has no note on red in release.yaml",
        f"{CURRENT}!AC132: 0: has no note on 0 in release.yaml",
    ]


def test_a_mark_without_a_note_is_refused_and_a_note_without_its_mark(run: Run) -> None:
    assert run({f"{CURRENT}!B132": "§3", f"{SHARE}!B163": "†7"}) == [
        f"{CURRENT}!B132: ¶: is not printed, but explained in release.yaml",
        f"{SHARE}!B163: 7: is a mark without a note in release.yaml",
        f"{SHARE}!B163: †: is a mark without a note in release.yaml",
    ]


@pytest.mark.parametrize(
    ("cell", "content", "text"),
    [
        (f"{SHARE}!A1", "Military expenditure per capita", "Military expenditure by country as percentage of gross domestic product,: is the title of no sheet"),
        (f"{CURRENT}!A2", "Figures are in US $b., in current prices", f"{CURRENT}: Figures are in US $m., in current prices, converted at the exchange rate for the given year.: is not there"),
        (f"{TOTALS}!A2", "Figures are in US$ m., at constant 2023 prices", f"{TOTALS}: Figures are in US$ b., at constant 2023 prices and exchange rates, except for the last figure which is in US$ b. at: is not there"),
        (f"{CONSTANT}!A3", "Figures in blue are uncertain.", f"{CONSTANT}: Figures in blue are SIPRI estimates. Figures in red indicate highly uncertain data.: is not there"),
        (f"{CONSTANT}!A6", "Land", f"{CONSTANT}: Country: has no row of years"),
        (f"{CONSTANT}!A163", "Belgica", f"{CONSTANT}: BEL: has no row"),
        (f"{TOTALS}!A15", "Globe", f"{TOTALS}: WORLD: has no row"),
        (f"{SHARE}!D6", 1948, f"{SHARE}: 1948, 1950: differs from the years of the first sheet"),
    ],
)  # fmt: skip
def test_another_sheet_than_expected_is_refused(
    run: Run, cell: str, content: Content, text: str
) -> None:
    assert run({cell: content}) == [text]


def test_a_year_twice_is_refused(run: Run) -> None:
    lines = run({f"{SHARE}!D6": 1949})
    assert lines[0].endswith(": has a year twice")


def test_another_base_year_than_that_of_the_release_is_refused(run: Run) -> None:
    assert run(constant_base_year=2022) == [
        f"{CONSTANT}!A1: 2023: is not the price base of the release, 2022",
        f"{CONSTANT}: Figures are in US $m., at constant 2022 prices and exchange rates: is not there",
        f"{TOTALS}: Figures are in US$ b., at constant 2022 prices and exchange rates, except for "
        "the last figure which is in US$ b. at: is not there",
    ]


def test_shares_that_are_no_fractions_are_refused(run: Run) -> None:
    assert run({f"{SHARE}!BZ179": 1.997717388101682}) == [
        f"{SHARE}!BZ179: SWE share_gdp_pct 2024: 199.7717388101682: is not between 0 and 100",
    ]


def test_countries_that_do_not_add_up_to_their_region_are_refused(run: Run) -> None:
    assert run({f"{CONSTANT}!CA78": 39065.922006541176}) == [
        "North America spending_usd_m_constant 2024: the countries add up to 1007448, "
        "SIPRI's total is 997448",
    ]


@pytest.mark.parametrize("total", [2600.0, 2900.0])
def test_a_world_total_that_the_countries_do_not_explain_is_refused(run: Run, total: float) -> None:
    assert run({f"{TOTALS}!AL15": total}) == [
        "World spending_usd_m_constant 2024: the countries add up to 2676531, "
        f"SIPRI's total is {total * 1000:.0f}",
    ]


def test_a_file_with_another_checksum_is_refused(
    run: Run, sipri_folder: Path, write_sipri: WriteSipri, data: Path
) -> None:
    (line,) = run(sha256="0" * 64)
    assert line.startswith(f"{sipri_folder}/release.yaml: sha256: {'0' * 64}: the file has ")


def test_the_whole_of_another_file_is_refused(
    data: Path, write_sipri: WriteSipri, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_sipri(sha256="0" * 64)
    assert main(["whole", str(file), str(data)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{file}: is the file of no partial release of {data}: its sha256 is ")
    assert main(["whole", str(file.with_name("none.xlsx")), str(data)]) == 1
    assert capsys.readouterr().err.endswith(
        "none.xlsx: cannot be read: No such file or directory\n"
    )
    assert not local_of(data).exists()


def test_a_refused_whole_leaves_nothing_behind(
    data: Path, write_sipri: WriteSipri, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_sipri({f"{SHARE}!C163": "n/a"})
    assert main(["whole", str(file), str(data)]) == 1
    assert capsys.readouterr().err == f"{file}: {SHARE}!C163: n/a: is no number\n"
    assert not local_of(data).exists()


def test_long_work_shows_a_bar_on_a_terminal_and_nothing_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(progress.shown("ab", 2, "reading")) == ["a", "b"]
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert list(progress.shown("ab", 2, "reading")) == ["a", "b"]
    empty, half = f"[{' ' * 30}]   0% reading", f"[{'#' * 15}{' ' * 15}]  50% reading"
    assert capsys.readouterr().err == f"\r{empty}\r{half}\r{' ' * len(half)}\r"

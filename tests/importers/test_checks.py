"""What makes us refuse a release, tried on bundled releases with a cell or two changed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from importers.checks import check_release
from importers.figures import Figure
from importers.reference import Reference

from .conftest import Pack

FILE = Path("figures.csv")

Check = Callable[..., list[str]]


@pytest.fixture
def check(reference: Reference) -> Check:
    """Return a function that checks a release with some figures replaced, added or dropped."""

    def check(
        pack: Pack, *changes: Figure, dropped: Iterable[Figure] = (), **keys: Any
    ) -> list[str]:
        release, figures = pack
        cells = {figure.key: figure for figure in figures if figure not in dropped}
        cells |= {figure.key: figure for figure in changes}
        return check_release(FILE, replace(release, **keys), reference, cells.values())

    return check


def cell(pack: Pack, area: str, indicator: str, year: int, **changes: Any) -> Figure:
    found = next(figure for figure in pack[1] if figure.key == (area, indicator, year))
    return replace(found, place="row 7", **changes)


@pytest.mark.parametrize("name", ["2023", "2024", "2025", "2026", "sipri"])
def test_the_bundled_releases_pass(request: pytest.FixtureRequest, check: Check, name: str) -> None:
    assert check(request.getfixturevalue(f"release_{name}")) == []


def test_single_figures_of_a_year_may_be_estimates_where_the_publisher_says_so(
    check: Check, release_sipri: Pack
) -> None:
    changed = cell(release_sipri, "DEU", "share_gdp_pct", 2024, stage="estimate")
    assert check(release_sipri, changed) == []


def test_a_note_on_single_cells_may_stand_on_any_but_no_unknown_one(
    check: Check, release_sipri: Pack
) -> None:
    red = cell(release_sipri, "DEU", "share_gdp_pct", 2024, notes=("sipri-2025-04-28-red",))
    unknown = replace(red, notes=("sipri-2025-04-28-green",))
    assert check(release_sipri, red) == []
    assert [line.split(": ")[3] for line in check(release_sipri, unknown)] == [
        "sipri-2025-04-28-green",
    ]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"value": "n/a"}, "n/a: is no number"),
        ({"value": "NaN"}, "NaN: is no number written out"),
        ({"value": "Infinity"}, "Infinity: is no number written out"),
        ({"value": "1.2E+1"}, "1.2E+1: is no number written out"),
        ({"value": "1e9999999"}, "1e9999999: is no number written out"),
        ({"value": "100.01"}, "100.01: is not between 0 and 100"),
        ({"value": "-0.01"}, "-0.01: is not between 0 and 100"),
        ({"value": None}, "empty: needs either a value or a reason"),
        ({"missing_reason": "not_held"}, "2.22: needs either a value or a reason"),
        (
            {"value": None, "missing_reason": "lost"},
            "lost: is not one of not_reported, not_applicable, not_published, not_held",
        ),
        ({"stage": "actual"}, "actual: others of the year are estimate"),
    ],
)
def test_a_cell_that_is_no_figure_is_refused(
    check: Check, release_2026: Pack, changes: dict[str, Any], text: str
) -> None:
    changed = cell(release_2026, "DEU", "share_gdp_pct", 2025, **changes)
    assert check(release_2026, changed) == [
        f"figures.csv: row 7: DEU share_gdp_pct 2025: {text}",
    ]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"area": "XYZ"}, "XYZ share_gdp_pct 2025: 2.22: is of an unknown area"),
        ({"indicator": "morale"}, "DEU morale 2025: 2.22: is of an unknown indicator"),
        ({"year": 225}, "DEU share_gdp_pct 225: 2.22: is of no year"),
    ],
)
def test_a_cell_that_is_about_nothing_known_is_refused(
    check: Check, release_2026: Pack, changes: dict[str, Any], text: str
) -> None:
    changed = replace(cell(release_2026, "DEU", "share_gdp_pct", 2025), **changes)
    assert check(release_2026, changed) == [f"figures.csv: row 7: {text}"]


def test_a_cell_twice_is_refused(reference: Reference, release_2026: Pack) -> None:
    release, figures = release_2026
    twice = cell(release_2026, "DEU", "share_gdp_pct", 2025, value="2.23")
    assert check_release(FILE, release, reference, [*figures, twice]) == [
        "figures.csv: row 7: DEU share_gdp_pct 2025: 2.23: is given 2 times",
    ]


def test_a_gap_without_a_row_is_refused(check: Check, release_2026: Pack) -> None:
    gap = cell(release_2026, "ISL", "gdp_usd_m_current", 2026)
    assert check(release_2026, dropped=[gap]) == [
        "figures.csv: ISL gdp_usd_m_current 2026: has no row",
    ]


def test_a_release_without_figures_is_refused(check: Check, release_2023: Pack) -> None:
    assert check((release_2023[0], [])) == ["figures.csv: has no figures"]


def test_a_member_that_was_no_ally_yet_is_refused(check: Check, release_2023: Pack) -> None:
    release, figures = release_2023
    swedes = [
        replace(figure, area="SWE", place="row 7")
        for figure in figures
        if (figure.area, figure.year) == ("POL", 2023)
    ]
    currencies = {**release.currencies, "SWE": "SEK"}
    assert check((release, figures), *swedes, currencies=currencies) == [
        f"figures.csv: row 7: SWE {figure.indicator} 2023: {figure.value or 'empty'}: "
        "is of no ally on the day of publication"
        for figure in swedes
    ]


def test_a_total_that_is_not_the_sum_of_the_allies_is_refused(
    check: Check, release_2026: Pack
) -> None:
    changes = [
        cell(release_2026, "NATO_TOTAL", "spending_usd_m_current", 2015, value="896103"),
        cell(release_2026, "NATO_EUR_CAN", "personnel_thousands", 2014, value="1895.0"),
    ]
    lines = check(release_2026, *changes)
    assert [line.partition("differs")[0] for line in lines] == [
        "figures.csv: row 7: NATO_EUR_CAN personnel_thousands 2014: 1895.0: ",
        "figures.csv: row 7: NATO_TOTAL spending_usd_m_current 2015: 896103: ",
    ]
    assert all(line.endswith(", more than rounding allows") for line in lines)


def test_a_total_may_differ_by_what_rounding_can_do(check: Check, release_2026: Pack) -> None:
    total = cell(release_2026, "NATO_TOTAL", "spending_usd_m_current", 2015)
    value = str(int(total.value or 0) + 10)
    assert check(release_2026, replace(total, value=value)) == []


def test_an_ally_counts_in_totals_from_the_year_of_its_accession(
    check: Check, release_2024: Pack
) -> None:
    before = cell(release_2024, "SWE", "personnel_thousands", 2023, value="1000")
    after = cell(release_2024, "SWE", "personnel_thousands", 2024, value="1000")
    assert check(release_2024, before) == []
    assert [line.split(":")[2] for line in check(release_2024, after)] == [
        " NATO_EUR_CAN personnel_thousands 2024",
        " NATO_TOTAL personnel_thousands 2024",
    ]


def test_a_blank_in_a_total_is_refused_unless_it_is_a_known_exception(
    check: Check, release_2025: Pack
) -> None:
    totals = [
        cell(release_2025, area, "personnel_thousands", 2025)
        for area in ("NATO_EUR_CAN", "NATO_TOTAL")
    ]
    texts = ["FRA, GBR blank", "FRA, GBR, USA blank"]
    assert check(release_2025, *totals, exceptions=[]) == [
        f"figures.csv: row 7: {total.area} personnel_thousands 2025: {total.value}: "
        f"cannot be checked: {text}"
        for total, text in zip(totals, texts, strict=True)
    ]


def test_an_exception_for_nothing_is_refused(check: Check, release_2025: Pack) -> None:
    release, _ = release_2025
    useless = {"check": "totals", "reason": "why not", "indicator": "share_gdp_pct", "year": 2014}
    unknown = {"check": "weather", "reason": "rain"}
    assert check(release_2025, exceptions=[*release.exceptions, useless, unknown]) == [
        f"{release.yaml}: exceptions 2: why not: excepts nothing",
        f"{release.yaml}: exceptions 3: weather: is no check to except",
    ]


def test_four_shares_that_do_not_add_up_to_100_are_refused_unless_excepted(
    check: Check, release_2026: Pack
) -> None:
    changed = cell(release_2026, "DEU", "equipment_share_pct", 2025, value="25.26")
    assert check(release_2026, changed) == [
        "figures.csv: row 7: DEU equipment_share_pct 2025: 100.06: "
        "is the sum of the four shares, not 100",
    ]
    excuse = {"check": "shares", "reason": "as printed", "area": "DEU", "year": 2025}
    assert check(release_2026, changed, exceptions=[excuse]) == []


def test_notes_that_are_not_those_of_the_release_are_refused(
    check: Check, release_2026: Pack
) -> None:
    changed = cell(release_2026, "DEU", "share_gdp_pct", 2025, notes=("nato-2026-07-10-core",))
    assert check(release_2026, changed) == [
        "figures.csv: row 7: DEU share_gdp_pct 2025: nato-2026-07-10-core: "
        "are not the notes of release.yaml: import again",
    ]


def test_a_note_on_no_figure_is_refused(check: Check, release_2023: Pack) -> None:
    release, _ = release_2023
    notes = [
        {"id": "nato-2023-07-07-a", "text": "a", "areas": ["SWE"]},
        {"id": "nato-2023-07-07-b", "text": "b", "years": [2023]},
    ]
    assert check(release_2023, notes=notes) == [
        f"{release.yaml}: notes: nato-2023-07-07-a: is on no figure",
        f"{release.yaml}: notes: nato-2023-07-07-b: needs areas",
    ]


def test_a_member_without_a_currency_is_refused(check: Check, release_2023: Pack) -> None:
    release, _ = release_2023
    currencies = {**release.currencies, "POL": "zloty"}
    del currencies["ALB"]
    assert check(release_2023, currencies=currencies) == [
        f"{release.yaml}: currencies: ALB: has no currency",
        f"{release.yaml}: currencies: POL: has no currency",
    ]

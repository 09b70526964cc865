"""What a new release is held to besides, tried on bundled releases with a figure changed."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from importers.cells import Checked
from importers.figures import Figure
from importers.reference import Reference
from importers.scrutiny import check_import

from .conftest import Pack


def check(
    pack: Pack, reference: Reference, changes: Iterable[Figure] = (), **keys: Any
) -> list[str]:
    release, figures = pack
    cells = {figure.key: figure for figure in figures} | {figure.key: figure for figure in changes}
    return check_import(Checked(Path("x"), replace(release, **keys), reference, cells), [])


def cell(pack: Pack, area: str, indicator: str, year: int, factor: str) -> Figure:
    found = next(figure for figure in pack[1] if figure.key == (area, indicator, year))
    value = None if not factor else str(Decimal(found.value or 0) * Decimal(factor))
    return replace(
        found, value=value, missing_reason=None if value else "not_reported", place="row 7"
    )


@pytest.mark.parametrize("name", ["2023", "2024", "sipri"])
def test_a_bundled_release_without_blanks_passes(
    request: pytest.FixtureRequest, reference: Reference, name: str
) -> None:
    assert check(request.getfixturevalue(f"release_{name}"), reference) == []


@pytest.mark.parametrize("name", ["2025", "2026"])
def test_of_a_bundled_release_with_blanks_only_those_are_named(
    request: pytest.FixtureRequest, reference: Reference, name: str
) -> None:
    lines = check(request.getfixturevalue(f"release_{name}"), reference)
    rule = "is blank: an exception for blanks must say that it was published so"
    assert lines
    assert all(line.endswith(rule) for line in lines)


@pytest.mark.parametrize(
    ("indicator", "factor", "text"),
    [
        ("share_gdp_pct", "1.02", "is not what spending by GDP at constant prices give, 1.34"),
        ("real_change_pct", "1.000001", "is not what spending by that of the year before at constant prices give, "),
        ("spending_per_capita_usd_constant", "1.000001", "is not what GDP per inhabitant and the share of spending give, "),
        ("spending_lcu_m_constant", "1.000001", "is at another rate to constant dollars than most years, 0.90"),
        ("spending_lcu_m_current", "1.03", "is at another rate to the dollar than others of it, 0.893178"),
        ("spending_lcu_m_current", "3", "is a jump beyond the bound of 3 times from 2018, 42126.67808477134"),
    ],
)  # fmt: skip
def test_a_figure_that_the_others_contradict_is_refused(
    reference: Reference, release_2024: Pack, indicator: str, factor: str, text: str
) -> None:
    changed = cell(release_2024, "DEU", indicator, 2019, factor)
    lines = check(release_2024, reference, [changed])
    assert any(f"DEU {indicator} 2019: {changed.value}: {text}" in line for line in lines), lines


def test_current_prices_are_the_constant_ones_in_the_base_year(
    reference: Reference, release_2024: Pack
) -> None:
    changed = cell(release_2024, "NOR", "spending_lcu_m_current", 2015, "1.000001")
    (line,) = check(release_2024, reference, [changed])
    assert "is not that at constant prices, 49528.806708892946, in the base year itself" in line


def test_a_rate_that_runs_away_is_refused(reference: Reference, release_2024: Pack) -> None:
    changed = cell(release_2024, "NOR", "spending_lcu_m_current", 2019, "2.2")
    lines = check(release_2024, reference, [changed])
    assert "is at a rate to the dollar 2.38 times the year before's" in lines[0]


@pytest.mark.parametrize("check_name", ["blanks", "derived", "jumps"])
def test_what_is_listed_is_let_through(
    reference: Reference, release_2024: Pack, check_name: str
) -> None:
    factor = {"blanks": "", "derived": "1.02", "jumps": "3.5"}[check_name]
    indicator = "personnel_thousands" if check_name == "jumps" else "share_gdp_pct"
    changed = cell(release_2024, "DEU", indicator, 2019, factor)
    excuse = {"check": check_name, "reason": "as printed", "area": "DEU", "indicator": indicator}
    assert check(release_2024, reference, [changed])
    assert check(release_2024, reference, [changed], exceptions=[excuse]) == []

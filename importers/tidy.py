"""Reads a tidy CSV: one figure a row, with the names of its release, member and indicator."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from importers.archives import check_size
from importers.books import Reading, Said
from importers.figures import YEAR, Figure, Key, Stage
from importers.reference import Reference, Row, read_rows
from importers.refusals import RefusedError, problem
from importers.releases import Release

COLUMNS = (
    "source", "release", "release_date", "member_iso3", "indicator", "unit", "year", "value",
    "is_estimate",
)  # fmt: skip

# Their name of an indicator: ours, and the unit it must come with at that base year.
INDICATORS = {
    "defence_expenditure_share_gdp": ("share_gdp_pct", "% of real GDP ({base} prices)"),
    "defence_expenditure_usd_current": (
        "spending_usd_m_current", "million USD, current prices and exchange rates",
    ),
    "defence_expenditure_usd_constant": (
        "spending_usd_m_constant", "million USD, constant {base} prices and exchange rates",
    ),
    "defence_expenditure_national_currency": (
        "spending_lcu_m_current", "million national currency, current prices",
    ),
    "defence_expenditure_national_currency_constant": (
        "spending_lcu_m_constant", "million national currency, constant {base} prices",
    ),
    "defence_expenditure_real_change": ("real_change_pct", "% annual real change ({base} prices)"),
    "defence_expenditure_per_capita": (
        "spending_per_capita_usd_constant", "USD, {base} prices",
    ),
    "gdp_usd_current": ("gdp_usd_m_current", "million USD, current prices and exchange rates"),
    "gdp_usd_constant": (
        "gdp_usd_m_constant", "million USD, constant {base} prices and exchange rates",
    ),
    "gdp_per_capita": ("gdp_per_capita_usd_k_constant", "thousand USD, {base} prices"),
    "military_personnel": ("personnel_thousands", "thousands"),
    "share_equipment": ("equipment_share_pct", "% of defence expenditure"),
    "share_personnel": ("personnel_share_pct", "% of defence expenditure"),
    "share_infrastructure": ("infrastructure_share_pct", "% of defence expenditure"),
    "share_other": ("other_share_pct", "% of defence expenditure"),
}  # fmt: skip

STAGES: dict[str, Stage] = {"0": "actual", "1": "estimate"}


# Programs write small and large numbers with an exponent: 1e-05. What has more digits is no figure.
NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?")
# Where a unit says the price base.
BASE = re.compile(r"((?:19|20)\d\d) prices")


@dataclass(frozen=True)
class TidyFile:
    """A tidy CSV, which says its source and its day of publication in every row."""

    path: Path
    reference: Reference

    @cached_property
    def rows(self) -> list[Row]:
        check_size(self.path)
        rows = read_rows(self.path)
        if not rows or tuple(rows[0]) != COLUMNS:
            text = f"the columns are not {','.join(COLUMNS)}"
            raise RefusedError([problem(self.path, "row 1", "", text)])
        return rows

    def said(self) -> Said:
        """Return what the first row says, and the first unit with a price base; read checks all."""
        first = self.rows[0]
        years = [int(row["year"]) for row in self.rows if YEAR.fullmatch(row["year"])]
        bases = (found for row in self.rows if (found := BASE.search(row["unit"])))
        base = next(bases, None)
        try:
            published_on = date.fromisoformat(first["release_date"])
        except ValueError:
            published_on = None
        return Said(
            source=first["source"].casefold(),
            years=(min(years, default=0), max(years, default=0)),
            constant_base_year=int(base[1]) if base else None,
            published_on=published_on,
        )

    def read(self, release: Release) -> Reading:
        numbered = list(enumerate(self.rows, start=2))
        problems = [
            problem(self.path, f"row {number}", value, text)
            for number, row in numbered
            for value, text in check_row(row, release, self.reference)
        ]
        if problems:
            return Reading([], problems)
        figures = [read_row(row, f"row {number}", self.reference) for number, row in numbered]
        return Reading(
            figures, [problem(self.path, *said) for said in check_series(figures, release)]
        )


def check_row(row: Row, release: Release, reference: Reference) -> Iterator[tuple[str, str]]:
    """Yield each cell that is not understood, and why."""
    _, unit = INDICATORS.get(row["indicator"], ("", ""))
    unit = unit.format(base=release.constant_base_year)
    if row["source"].casefold() != release.source:
        yield row["source"], f"is not the source {release.source}"
    if row["release_date"] != str(release.published_on):
        yield row["release_date"], f"is not the day of publication, {release.published_on}"
    if (
        reference.area(row["member_iso3"]) is None
        and row["member_iso3"] not in reference.aggregates
    ):
        yield row["member_iso3"], "is no member or aggregate"
    if row["indicator"] not in INDICATORS:
        yield row["indicator"], "is no indicator"
    elif row["unit"] != unit:
        yield row["unit"], f"is not the unit {unit}"
    if not YEAR.fullmatch(row["year"]):
        yield row["year"], "is no year"
    if row["is_estimate"] not in STAGES:
        yield row["is_estimate"], "is not 0 or 1"
    if row["value"] and not NUMBER.fullmatch(row["value"]):
        yield row["value"], "is no number"


def read_row(row: Row, place: str, reference: Reference) -> Figure:
    key: Key = (
        reference.area(row["member_iso3"]) or row["member_iso3"],
        INDICATORS[row["indicator"]][0],
        int(row["year"]),
    )
    stage = STAGES[row["is_estimate"]]
    if not row["value"]:
        return Figure(*key, None, stage, "not_reported", place=place)
    return Figure(*key, digits(row["value"]), stage, place=place)


def digits(text: str) -> str:
    """Return the published digits: the programs that write such files turn 18788 into 18788.0."""
    return format(Decimal(text), "f").removesuffix(".0")


def check_series(figures: list[Figure], release: Release) -> Iterator[tuple[str, str, str]]:
    """Refuse holes in a series of a full release, which would be taken for figures not held."""
    if release.coverage == "partial":
        return
    years = {figure.year for figure in figures}
    series: dict[tuple[str, str], set[int]] = defaultdict(set)
    for figure in figures:
        series[figure.area, figure.indicator].add(figure.year)
    for (area, indicator), held in series.items():
        for year in sorted(years - held):
            yield f"{area} {indicator}", str(year), "has no row"

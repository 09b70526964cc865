"""Paths to a target: a share of GDP that rises from year to year, and the money that it takes."""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import NamedTuple

from service.storage.revision import Row

# Enough for a century of growth; what is divided is rounded to DECIMALS.
ARITHMETIC = Context(prec=150, rounding=ROUND_HALF_UP)
DECIMALS = Decimal("1e-20")
PERCENT = Decimal("0.01")
MONEY = ("gdp_usd_m", "spending_usd_m", "additional_usd_m")


class Assumed(NamedTuple):
    """What a path assumes. Without a step, it takes equal ones that reach the target in time."""

    target: str
    group: str | None
    end_year: int
    start_year: int | None
    step_pp: Decimal | None
    gdp_growth_pct: Decimal
    deflator_pct: Decimal
    price_basis: str

    @property
    def gdp_factor(self) -> Decimal:
        """What GDP is multiplied by each year."""
        return (1 + PERCENT * self.gdp_growth_pct) * (1 + PERCENT * self.deflator_pct)


class Start(NamedTuple):
    """Where a path begins, and the share that it goes to."""

    year: int
    share: Decimal
    gdp: Decimal | None
    target: Decimal

    @property
    def is_at_target(self) -> bool:
        return self.share >= self.target


class Year(NamedTuple):
    """A year of a path: its share of GDP, per cent, and money in USD million."""

    year: int
    share: Decimal
    gdp: Decimal | None
    spending: Decimal | None
    additional: Decimal | None

    @property
    def row(self) -> Row:
        return {
            "year": self.year,
            "share_gdp_pct": float(self.share),
            "gdp_usd_m": None if self.gdp is None else float(self.gdp),
            "spending_usd_m": None if self.spending is None else float(self.spending),
            "additional_usd_m": None if self.additional is None else float(self.additional),
        }


def paths(figures: list[Row], release: str, assumed: Assumed) -> list[Row]:
    """Return a path from each row of figures."""
    with localcontext(ARITHMETIC):
        return [path(figure, release, assumed) for figure in figures]


def path(figure: Row, release: str, assumed: Assumed) -> Row:
    start = start_of(figure)
    known_year = None if start is None else start.year
    row = {
        "target": assumed.target,
        "member": figure["member"],
        "group": assumed.group,
        "start_year": assumed.start_year or known_year,
        "end_year": assumed.end_year,
        "start_value": None if start is None else start.share,
        "target_value": Decimal(figure["target_value"]),
        **(NOWHERE if start is None else walked(start, figure, assumed)),
        "proposal_step_pp": Decimal(figure["proposal_step_pp"]),
        "assumptions": assumptions(figure, assumed),
        "source": figure["source"],
        "release": release,
    }
    return row | {"missing": missing(row, figure)}


def start_of(figure: Row) -> Start | None:
    """Return where a path begins, or None without a published share."""
    if not figure["is_published"] or figure["share_gdp_pct"] is None:
        return None
    gdp = None if figure["gdp_usd_m"] is None else Decimal(figure["gdp_usd_m"])
    share, target = Decimal(figure["share_gdp_pct"]), Decimal(figure["target_value"])
    return Start(figure["year"], share, gdp, target)


NOWHERE: Row = {
    "step_pp": None,
    "needed_step_pp": None,
    "reaches_target": None,
    "reached_in": None,
    "years": [],
    "cumulative_additional_usd_m": None,
    "proposal_reaches_target": None,
    "proposal_reached_in": None,
}


def walked(start: Start, figure: Row, assumed: Assumed) -> Row:
    """Return what follows from the start."""
    years = years_of(start, assumed)
    needed = needed_step(start, assumed.end_year)
    given = needed if assumed.step_pp is None else assumed.step_pp
    reached = first_year(start, {year.year: year.share for year in years})
    proposed = proposed_year(start, Decimal(figure["proposal_step_pp"]), assumed.end_year)
    return {
        "step_pp": Decimal(0) if start.is_at_target else given,
        "needed_step_pp": needed,
        "reaches_target": reached is not None,
        "reached_in": reached,
        "years": [year.row for year in years],
        "cumulative_additional_usd_m": total(years),
        "proposal_reaches_target": proposed is not None,
        "proposal_reached_in": proposed,
    }


def years_of(start: Start, assumed: Assumed) -> list[Year]:
    years, gdp, factor = [], start.gdp, assumed.gdp_factor
    for year in range(start.year + 1, assumed.end_year + 1):
        share = share_in(year, start, assumed)
        gdp = None if gdp is None else gdp * factor
        spending = None if gdp is None else PERCENT * share * gdp
        additional = None if gdp is None else PERCENT * (share - start.share) * gdp
        years.append(Year(year, share, gdp, spending, additional))
    return years


def share_in(year: int, start: Start, assumed: Assumed) -> Decimal:
    """Return the share in a year. Equal steps are counted from the start, lest errors add up."""
    passed, years = year - start.year, assumed.end_year - start.year
    if start.is_at_target:
        return start.share
    if assumed.step_pp is not None:
        return min(start.target, start.share + assumed.step_pp * passed)
    if passed == years:
        return start.target
    return start.share + (start.target - start.share) * passed / years


def needed_step(start: Start, end_year: int) -> Decimal | None:
    """Return the equal step that reaches the target in the end year; None once that is over."""
    if start.is_at_target:
        return Decimal(0)
    if start.year >= end_year:
        return None
    return ((start.target - start.share) / (end_year - start.year)).quantize(DECIMALS)


def proposed_year(start: Start, step: Decimal, end_year: int) -> int | None:
    """Return the first year in which the proposal reaches the target."""
    years = range(start.year + 1, end_year + 1)
    return first_year(start, {year: start.share + step * (year - start.year) for year in years})


def first_year(start: Start, shares: dict[int, Decimal]) -> int | None:
    """Return the first year at the target."""
    if start.is_at_target:
        return start.year
    return next((year for year, share in shares.items() if share >= start.target), None)


def total(years: list[Year]) -> Decimal | None:
    """Return the sum of what is additional; None where GDP is missing."""
    if not years:
        return Decimal(0)
    found = [year.additional for year in years if year.additional is not None]
    return sum(found, Decimal(0)).quantize(DECIMALS) if found else None


def assumptions(figure: Row, assumed: Assumed) -> Row:
    return {
        "gdp_growth_pct": assumed.gdp_growth_pct,
        "deflator_pct": assumed.deflator_pct,
        "price_basis": assumed.price_basis,
        "constant_base_year": figure["constant_base_year"],
        "step": "equal" if assumed.step_pp is None else "given",
    }


def missing(row: Row, figure: Row) -> list[Row]:
    """Return the fields that are null, in their order, with the reasons.

    Without a share all that follows from it is missing for the share's reason.
    """
    no_row = "not_held" if figure["coverage"] == "partial" else "not_published"
    share = "not_published"
    if figure["is_published"]:
        share = figure["share_reason"] or no_row
    other = {"cumulative_additional_usd_m": figure["gdp_reason"] or no_row}
    found = []
    for field in LACKED:
        if field == "years":
            lacks_gdp = row["years"] and row["years"][0]["gdp_usd_m"] is None
            found += [(name, figure["gdp_reason"] or no_row) for name in MONEY if lacks_gdp]
        elif row[field] is None:
            by_start = row["start_value"] is None
            found.append((field, share if by_start else other.get(field, "not_applicable")))
    return [{"field": field, "reason": reason} for field, reason in found]


LACKED: tuple[str, ...] = (
    "start_year",
    "start_value",
    "step_pp",
    "needed_step_pp",
    "reaches_target",
    "reached_in",
    "years",
    "cumulative_additional_usd_m",
    "proposal_reaches_target",
    "proposal_reached_in",
)

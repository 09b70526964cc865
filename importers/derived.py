"""Checks what a publisher computes from its own figures: one wrong digit is seen in the other.

NATO's workbook of 2024 agrees with each formula to fifteen digits, the rounded release of 2026
within its rounding, but where a tolerance says otherwise.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from statistics import median_low

from importers.cells import Checked
from importers.figures import Figure
from importers.layouts import COUNTED_FROM
from importers.sums import NOISE, is_excused

# France 2020, Slovakia 2024 and Lithuania 2019 are 0.70, 0.55 and 0.25 percent off in 2024.
UNEVEN_SHARE = Decimal("0.01")
# Croatia's old kuna were turned into euros at one rate: 1.3 percent from the euro's in 2014.
UNEVEN_RATE = Decimal("0.02")
# From one year to the next; the lira lost most, 1.87 times in 2022.
MOST_OF_A_RATE = Decimal(2)

SPENDING, GDP = "spending_usd_m_constant", "gdp_usd_m_constant"
NATIONAL, NATIONAL_CURRENT = "spending_lcu_m_constant", "spending_lcu_m_current"
CURRENT = "spending_usd_m_current"


@dataclass(frozen=True)
class Between:
    """What a printed number may stand for: whatever is rounded to it."""

    low: Decimal
    high: Decimal

    def __mul__(self, other: "Between") -> "Between":
        return Between(self.low * other.low, self.high * other.high)

    def __truediv__(self, other: "Between") -> "Between":
        return Between(self.low / other.high, self.high / other.low)

    def times(self, number: int) -> "Between":
        return Between(self.low * number, self.high * number)

    def grown(self) -> "Between":
        """Return the change in percent of which this is the factor."""
        return Between(100 * (self.low - 1), 100 * (self.high - 1))


# Takes an indicator and by how many years to go back.
Cells = Callable[[str, int], Between]


@dataclass(frozen=True)
class Formula:
    text: str
    compute: Callable[[Cells, Figure], Between]
    uneven: Decimal = NOISE


def since(cells: Cells, figure: Figure) -> Between:
    return (cells(SPENDING, 0) / cells(SPENDING, figure.year - COUNTED_FROM)).grown()


FORMULAS = {
    "share_gdp_pct": Formula(
        "spending by GDP at constant prices",
        lambda cells, _: (cells(SPENDING, 0) / cells(GDP, 0)).times(100),
        UNEVEN_SHARE,
    ),
    "real_change_pct": Formula(
        "spending by that of the year before at constant prices",
        lambda cells, _: (cells(SPENDING, 0) / cells(SPENDING, 1)).grown(),
    ),
    "real_change_since_2014_pct": Formula(
        "spending by that of 2014 at constant prices", since
    ),
    "spending_per_capita_usd_constant": Formula(
        "GDP per inhabitant and the share of spending",
        lambda cells, _: (
            cells("gdp_per_capita_usd_k_constant", 0) * cells(SPENDING, 0) / cells(GDP, 0)
        ).times(1000),
    ),
}  # fmt: skip

# What is equal in the year of the price base.
SAME_IN_BASE_YEAR = {NATIONAL_CURRENT: NATIONAL, CURRENT: SPENDING, "gdp_usd_m_current": GDP}


def check_derived(checked: Checked) -> Iterator[str]:
    for figure, text in (
        *formulas(checked),
        *base_years(checked),
        *constant_rates(checked),
        *rates(checked),
    ):
        if not is_excused(checked, "derived", figure):
            yield checked.wrong(figure, figure.value, text)


def formulas(checked: Checked) -> Iterator[tuple[Figure, str]]:
    for figure in checked.figures.values():
        formula = FORMULAS.get(figure.indicator)
        if formula is None or figure.value is None:
            continue

        def cells(indicator: str, back: int, of: Figure = figure) -> Between:
            return between(checked, checked.figures[of.area, indicator, of.year - back])

        try:
            expected = formula.compute(cells, figure)
        except (KeyError, ValueError, ArithmeticError):
            continue  # a part of the formula has no figure
        if is_off(between(checked, figure), expected, formula.uneven):
            middle = (expected.low + expected.high) / 2
            yield figure, f"is not what {formula.text} give, {middle:.6g}"


def between(checked: Checked, figure: Figure) -> Between:
    """Return what a figure may stand for; a ValueError where there is none above zero."""
    if figure.value is None:
        raise ValueError(figure)
    value, half = Decimal(figure.value), Decimal(5).scaleb(-checked.decimals[figure.indicator] - 1)
    return Between(value - half, value + half)


def is_off(found: Between, expected: Between, uneven: Decimal) -> bool:
    # A change of nearly nothing has no percentage of itself to be off by.
    slack = uneven * max(abs(expected.low), abs(expected.high), Decimal(1))
    return found.high < expected.low - slack or found.low > expected.high + slack


def base_years(checked: Checked) -> Iterator[tuple[Figure, str]]:
    for current, constant in SAME_IN_BASE_YEAR.items():
        for figure, other in pairs(checked, current, constant):
            if figure.year == checked.release.constant_base_year:
                found, expected = between(checked, figure), between(checked, other)
                if is_off(found, expected, NOISE):
                    text = f"is not that at constant prices, {other.value}, in the base year itself"
                    yield figure, text


def constant_rates(checked: Checked) -> Iterator[tuple[Figure, str]]:
    """Refuse national currency at another rate to constant dollars than in the other years."""
    by_area: dict[str, list[tuple[Figure, Between]]] = defaultdict(list)
    for figure, dollars in pairs(checked, NATIONAL, SPENDING):
        rate = between(checked, figure) / between(checked, dollars)
        by_area[figure.area].append((figure, rate))
    for series in by_area.values():
        usual = median_low(rate.low + rate.high for _, rate in series) / 2
        for figure, rate in series:
            if is_off_rate(rate, usual, NOISE):
                yield figure, f"is at another rate to constant dollars than most years, {usual:.6g}"


def rates(checked: Checked) -> Iterator[tuple[Figure, str]]:
    """Refuse current money at another rate than others of the currency, or than a year before."""
    found = {
        (figure.area, figure.year): (figure, between(checked, figure) / between(checked, dollars))
        for figure, dollars in pairs(checked, NATIONAL_CURRENT, CURRENT)
    }
    shared: dict[tuple[str | None, int], list[tuple[Figure, Between]]] = defaultdict(list)
    for (area, year), (figure, rate) in found.items():
        shared[checked.release.currencies.get(area), year].append((figure, rate))
        if (area, year - 1) in found:
            change = rate / found[area, year - 1][1]
            if change.low > MOST_OF_A_RATE or change.high < 1 / MOST_OF_A_RATE:
                yield (
                    figure,
                    f"is at a rate to the dollar {change.high:.3g} times the year before's",
                )
    for users in shared.values():
        usual = median_low(rate.low + rate.high for _, rate in users) / 2
        for figure, rate in users:
            if is_off_rate(rate, usual, UNEVEN_RATE):
                yield figure, f"is at another rate to the dollar than others of it, {usual:.6g}"


def is_off_rate(rate: Between, usual: Decimal, uneven: Decimal) -> bool:
    return rate.high < usual * (1 - uneven) or rate.low > usual * (1 + uneven)


def pairs(checked: Checked, indicator: str, other: str) -> Iterator[tuple[Figure, Figure]]:
    """Yield the figures of two indicators where both are there and above zero."""
    for figure in checked.figures.values():
        if figure.indicator != indicator:
            continue
        partner = checked.figures.get((figure.area, other, figure.year))
        if partner and is_positive(figure) and is_positive(partner):
            yield figure, partner


def is_positive(figure: Figure) -> bool:
    return figure.value is not None and Decimal(figure.value) > 0

"""Refuses what is further from the year or the release before than any release ever was.

The bounds were measured on the five releases in data/releases/: the largest jump of each unit
stands beside its bound, and a test measures it again. What lies between the two is a margin for
years to come. A real jump beyond a bound is listed in release.yaml, with its reason.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from importers.cells import Checked
from importers.changes import Change
from importers.figures import Figure
from importers.sums import is_excused

# A factor between two amounts, or a distance between two percentages.
By: TypeAlias = Literal["factor", "points"]


@dataclass(frozen=True)
class Bound:
    by: By
    measured: Decimal
    allowed: Decimal


def factor(measured: str, allowed: str) -> Bound:
    return Bound("factor", Decimal(measured), Decimal(allowed))


def points(measured: str, allowed: str) -> Bound:
    return Bound("points", Decimal(measured), Decimal(allowed))


# Against the year before in the same release. Bulgaria bought aircraft in 2019; Turkish prices.
YEARLY = {
    "pct_gdp": factor("2.172", "3"),
    "usd_m": factor("2.249", "3"),
    "lcu_m": factor("2.369", "3"),
    "usd": factor("2.278", "3"),
    "usd_k": factor("1.542", "2"),
    "thousands": factor("1.876", "2"),
    "pct": points("176.147", "200"),
    "pct_defence": points("51.300", "60"),
}
# Against the release before that carries the figure, but for another currency or price base.
REVISED = {
    "pct_gdp": factor("1.554", "2"),
    "usd_m": factor("1.406", "2"),
    "lcu_m": factor("1.462", "2"),
    "usd": factor("1.367", "2"),
    # No release held gives GDP per inhabitant at the price base of another.
    "usd_k": factor("1", "2"),
    "thousands": factor("1.826", "2"),
    "pct": points("39.504", "60"),
    "pct_defence": points("22.350", "30"),
}


def check_jumps(checked: Checked, changed: Iterable[Change]) -> Iterator[str]:
    for figure, before in yearly_pairs(checked):
        bound = YEARLY[checked.reference.units[figure.indicator]]
        if text := beyond(bound, before, figure):
            yield from unless_excused(checked, figure, f"{text} {before.year}, {before.value}")
    for change in changed:
        bound = REVISED[checked.reference.units[change.figure.indicator]]
        if is_comparable(change) and (text := beyond(bound, change.before, change.figure)):
            said = f"{text} {change.from_release}, {change.before.value}"
            yield from unless_excused(checked, change.figure, said)


def unless_excused(checked: Checked, figure: Figure, text: str) -> Iterator[str]:
    if not is_excused(checked, "jumps", figure):
        yield checked.wrong(figure, figure.value, text)


def yearly_pairs(checked: Checked) -> Iterator[tuple[Figure, Figure]]:
    """Yield each figure with that of the year before."""
    for figure in checked.figures.values():
        before = checked.figures.get((figure.area, figure.indicator, figure.year - 1))
        if before and before.value is not None and figure.value is not None:
            yield figure, before


def is_comparable(change: Change) -> bool:
    return change.kind in ("revision", "precision")


def jump(by: By, before: Figure, after: Figure) -> Decimal | None:
    """Return how far two figures are apart; None where no factor leads from one to the other."""
    one, other = Decimal(before.value or 0), Decimal(after.value or 0)
    if by == "points":
        return abs(one - other)
    if one == other:
        return Decimal(1)
    return max(one / other, other / one) if one > 0 and other > 0 else None


def beyond(bound: Bound, before: Figure, after: Figure) -> str:
    found = jump(bound.by, before, after)
    if found is not None and found <= bound.allowed:
        return ""
    limit = f"{bound.allowed} {'points' if bound.by == 'points' else 'times'}"
    return f"is a jump beyond the bound of {limit} from"

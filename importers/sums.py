"""Checks what must add up: the aggregates over the allies, the four shares to 100 percent."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from importers.cells import Checked
from importers.figures import Figure, Key
from importers.grid import applies

SUMMED = ("usd_m", "thousands")
# Published sums over allies, and whom each leaves out.
AGGREGATES: dict[str, tuple[str, ...]] = {"NATO_TOTAL": (), "NATO_EUR_CAN": ("USA",)}
DISTRIBUTION = (
    "equipment_share_pct",
    "personnel_share_pct",
    "infrastructure_share_pct",
    "other_share_pct",
)

# Sums of numbers that a workbook holds in binary differ in the last digits.
NOISE = Decimal("1e-9")

# Shares are computed from amounts that allies themselves rounded: Montenegro 2022 adds up to
# 99.9963 in a workbook that has fifteen digits.
UNEVEN_SHARES = Decimal("0.005")


def check_totals(checked: Checked) -> Iterator[str]:
    """Refuse an aggregate that is not the sum of those who were allies in that year."""
    for key, total in checked.figures.items():
        if key[0] not in AGGREGATES or checked.reference.units[key[1]] not in SUMMED:
            continue
        parts = [checked.figures.get((member, *key[1:])) for member in belonging(checked, key)]
        blank = {part.area for part in parts if part and part.missing_reason == "not_reported"}
        if total.value is None or any(part is None or held_back(part) for part in parts):
            continue
        if not blank <= excused_blanks(checked, total):
            names = ", ".join(sorted(blank))
            yield checked.wrong(total, total.value, f"cannot be checked: {names} blank")
        elif text := difference(checked, total, [part for part in parts if part]):
            yield checked.wrong(total, total.value, text)


def held_back(part: Figure) -> bool:
    return part.missing_reason in ("not_held", "not_published")


def belonging(checked: Checked, key: Key) -> list[str]:
    """Return who is in an aggregate: an ally counts from the year of its accession."""
    area, indicator, year = key
    return [
        member.code
        for member in checked.reference.members.values()
        if member.acceded_on.year <= year
        and applies(checked.reference, member.code, indicator)
        and member.code not in AGGREGATES[area]
    ]


def excused_blanks(checked: Checked, total: Figure) -> set[str]:
    return {
        area
        for excuse in checked.release.exceptions
        if excuse["check"] == "totals" and covers(excuse, total)
        for area in excuse.get("blank", ())
    }


def difference(checked: Checked, total: Figure, parts: list[Figure]) -> str:
    """Say how far a sum is off, or nothing when rounding explains it."""
    values = [Decimal(part.value) for part in parts if part.value is not None]
    off = abs(sum(values) - Decimal(total.value or 0))
    allowed = rounding(checked, total.indicator, len(values) + 1)
    if off <= allowed + NOISE * abs(Decimal(total.value or 0)):
        return ""
    return f"differs from the sum of the allies by {off:f}, more than rounding allows"


def rounding(checked: Checked, indicator: str, count: int) -> Decimal:
    """Return what rounding to the publisher's digits can do to so many numbers at most."""
    return count * Decimal(5).scaleb(-checked.decimals[indicator] - 1)


def check_shares(checked: Checked) -> Iterator[str]:
    """Refuse a distribution of expenditure that does not add up to 100 percent."""
    rows: dict[tuple[str, int], list[Figure]] = defaultdict(list)
    for figure in checked.figures.values():
        if figure.indicator in DISTRIBUTION and figure.value is not None:
            rows[figure.area, figure.year].append(figure)
    for figures in rows.values():
        total = sum((Decimal(figure.value or 0) for figure in figures), Decimal(0))
        allowed = sum((rounding(checked, figure.indicator, 1) for figure in figures), Decimal(0))
        is_whole = len(figures) == len(DISTRIBUTION)
        is_off = abs(total - 100) > max(allowed, UNEVEN_SHARES)
        if is_whole and is_off and not is_excused(checked, "shares", figures[0]):
            yield checked.wrong(figures[0], f"{total:f}", "is the sum of the four shares, not 100")


def is_excused(checked: Checked, check: str, figure: Figure) -> bool:
    excuses = checked.release.exceptions
    return any(excuse["check"] == check and covers(excuse, figure) for excuse in excuses)


def covers(excuse: dict[str, Any], figure: Figure) -> bool:
    return all(
        figure.__dict__[key] == excuse[key]
        for key in ("area", "indicator", "year")
        if key in excuse
    )

"""Releases compared the naive way, figure by figure: what loading is held against."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from importers.figures import Figure, Key
from importers.releases import Release

NATIONAL = {"spending_lcu_m_current", "spending_lcu_m_constant"}
CONSTANT_MONEY = {
    "spending_usd_m_constant", "spending_lcu_m_constant", "spending_per_capita_usd_constant",
    "gdp_usd_m_constant", "gdp_per_capita_usd_k_constant",
}  # fmt: skip

Pack = tuple[Release, list[Figure]]
Found = dict[tuple[str, str, int, str], dict[str, Any]]


def compare(packs: Iterable[Pack]) -> Found:
    """Return every figure that an earlier release of its source carries, by its key and release."""
    found: Found = {}
    newest: dict[tuple[str, Key], tuple[Pack, Figure]] = {}
    for pack in sorted(packs, key=lambda pack: pack[0].published_on):
        release = pack[0]
        for figure in pack[1]:
            if figure.value is None:
                continue
            if (release.source, figure.key) in newest:
                before = newest[release.source, figure.key]
                found[*figure.key, release.id] = row(*before, pack, figure)
            newest[release.source, figure.key] = (pack, figure)
    return found


def row(before: Pack, old: Figure, after: Pack, new: Figure) -> dict[str, Any]:
    from_value, to_value = Decimal(str(old.value)), Decimal(str(new.value))
    digits = min(decimals(before, new.indicator), decimals(after, new.indicator))
    with localcontext(prec=60):
        delta = to_value - from_value
        return {
            "source": after[0].source,
            "from_release": before[0].id,
            "from_value": from_value,
            "to_value": to_value,
            "delta": delta,
            "delta_pct": float(100 * delta / abs(from_value)) if from_value else None,
            "from_stage": old.stage,
            "to_stage": new.stage,
            "kind": kind(before[0], after[0], new, from_value, to_value, digits),
        }


def kind(
    before: Release, after: Release, figure: Figure, was: Decimal, now: Decimal, digits: int
) -> str:
    currencies = [release.currencies.get(figure.area) for release in (before, after)]
    if was == now:
        return "unchanged"
    if figure.indicator in NATIONAL and currencies[0] != currencies[1]:
        return "currency"
    if figure.indicator in CONSTANT_MONEY and before.constant_base_year != after.constant_base_year:
        return "rebase"
    return "precision" if rounded(was, digits) == rounded(now, digits) else "revision"


def rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def decimals(pack: Pack, indicator: str) -> int:
    """Return the most decimals that a release gives for an indicator, zeros at the end aside."""
    values = [figure.value for figure in pack[1] if figure.indicator == indicator and figure.value]
    return max(len(str(value).partition(".")[2].rstrip("0")) for value in values)

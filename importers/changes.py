"""What a release changes of what the releases before it said, in the words of /v1/revisions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from importers.figures import Figure, Key, read_figures
from importers.packs import Pack, folders
from importers.reference import Reference
from importers.releases import Release, read_release
from importers.withdrawals import has_record

Kind: TypeAlias = Literal["revision", "precision", "rebase", "currency"]
KINDS: tuple[Kind, ...] = ("revision", "precision", "rebase", "currency")

MONEY = ("usd_m", "lcu_m", "usd", "usd_k")


@dataclass(frozen=True)
class Change:
    """A figure beside the same one in the last release before that carries it."""

    figure: Figure
    before: Figure
    from_release: str
    kind: Kind

    @property
    def from_value(self) -> Decimal:
        return Decimal(self.before.value or 0)

    @property
    def to_value(self) -> Decimal:
        return Decimal(self.figure.value or 0)

    @property
    def delta(self) -> Decimal:
        return self.to_value - self.from_value

    @property
    def delta_pct(self) -> Decimal | None:
        """Return the change in percent; from zero nothing is a percentage."""
        return 100 * self.delta / abs(self.from_value) if self.from_value else None


@dataclass(frozen=True)
class Carried:
    """One release with what is asked of its figures."""

    release: Release
    figures: list[Figure]

    @cached_property
    def values(self) -> dict[Key, Figure]:
        return {figure.key: figure for figure in self.figures if figure.value is not None}

    @cached_property
    def decimals(self) -> dict[str, int]:
        """Return in how many decimals each indicator is given: the longest figure says it."""
        decimals: dict[str, int] = {}
        for figure in self.values.values():
            here = len((figure.value or "").partition(".")[2].rstrip("0"))
            decimals[figure.indicator] = max(here, decimals.get(figure.indicator, 0))
        return decimals


def earlier_releases(data: Path, source: str, published_on: date) -> list[Pack]:
    """Return the releases of a source that were published before, oldest first.

    Without those that are withdrawn, with which the service compares nothing either.
    """
    served = (folder for folder in folders(data, None) if not has_record(folder))
    releases = map(read_release, served)
    before = [
        other for other in releases if other.source == source and other.published_on < published_on
    ]
    before.sort(key=lambda other: other.published_on)
    return [(other, read_figures(other)) for other in before]


def changes(
    release: Release, figures: Iterable[Figure], earlier: Iterable[Pack], reference: Reference
) -> Iterator[Change]:
    """Yield each figure that is another than in the last release before that carries it."""
    now = Carried(release, list(figures))
    before = [Carried(*pack) for pack in earlier]
    last = {key: one for one in before for key in one.values}
    for key, figure in now.values.items():
        was = last.get(key)
        if was is None or Decimal(was.values[key].value or 0) == Decimal(figure.value or 0):
            continue
        yield Change(figure, was.values[key], was.release.id, kind_of(key, was, now, reference))


def kind_of(key: Key, was: Carried, now: Carried, reference: Reference) -> Kind:
    area, indicator, _ = key
    unit = reference.units[indicator]
    currencies = [one.release.currencies.get(area) for one in (was, now)]
    if unit == "lcu_m" and len(set(currencies)) > 1:
        return "currency"
    bases = {one.release.constant_base_year for one in (was, now)}
    if unit in MONEY and indicator in reference.at_constant_prices and len(bases) > 1:
        return "rebase"
    decimals = min(was.decimals[indicator], now.decimals[indicator])
    texts = {rounded(one.values[key].value, decimals) for one in (was, now)}
    return "precision" if len(texts) == 1 else "revision"


def rounded(value: str | None, decimals: int) -> Decimal:
    return Decimal(value or 0).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)

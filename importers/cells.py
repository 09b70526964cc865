"""Checks each cell of a release by itself: until that is right, no other check makes sense."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path

from importers.figures import REASONS, Figure, Key
from importers.formulas import formula
from importers.reference import Reference
from importers.refusals import problem
from importers.releases import Release
from importers.sources import habits_of

# Units that are parts of a whole.
PERCENTAGES = ("pct_gdp", "pct_defence")
# Left and right of the point. Whoever writes 1e9999999 wants a gigabyte of zeros.
MOST_DIGITS = 40


@dataclass(frozen=True)
class Checked:
    """A release's figures by cell, with the file to name in a refusal."""

    file: Path
    release: Release
    reference: Reference
    figures: dict[Key, Figure]

    def wrong(self, figure: Figure, value: object, text: str) -> str:
        shown = "empty" if value is None else value
        cell = f"{figure.area} {figure.indicator} {figure.year}: {shown}"
        return problem(self.file, figure.place, cell, text)

    @cached_property
    def decimals(self) -> dict[str, int]:
        """How many decimals the release prints of each indicator, at most."""
        decimals: dict[str, int] = {}
        for figure in self.figures.values():
            here = len((figure.value or "").partition(".")[2])
            decimals[figure.indicator] = max(here, decimals.get(figure.indicator, 0))
        return decimals


def check_cells(
    file: Path, release: Release, reference: Reference, figures: Iterable[Figure]
) -> list[str]:
    """Return what is wrong with single cells."""
    figures = list(figures)
    checked = Checked(file, release, reference, {figure.key: figure for figure in figures})
    return [
        *(
            checked.wrong(figure, figure.value or figure.missing_reason, text)
            for figure in figures
            for text in check_cell(figure, reference)
        ),
        *check_once(checked, figures),
        *check_stages(checked),
    ]


def check_cell(figure: Figure, reference: Reference) -> Iterator[str]:
    if not reference.has(figure.area):
        yield "is of an unknown area"
    if figure.indicator not in reference.indicators:
        yield "is of an unknown indicator"
    if not 1900 <= figure.year <= 2100:
        yield "is of no year"
    if (figure.value is None) == (figure.missing_reason is None):
        yield "needs either a value or a reason"
    if figure.missing_reason not in (None, *REASONS):
        yield f"is not one of {', '.join(REASONS)}"
    if figure.source_cell is not None and (wrong := formula(figure.source_cell)):
        yield f"has the source cell {figure.source_cell}, which {wrong}"
    if figure.value is not None:
        yield from check_value(figure.value, reference.units.get(figure.indicator, ""))


def check_value(text: str, unit: str) -> Iterator[str]:
    try:
        value = Decimal(text)
    except InvalidOperation:
        yield "is no number"
        return
    is_sane = value.is_finite() and abs(value.adjusted()) <= MOST_DIGITS
    if not is_sane or format(value, "f") != text:
        yield "is no number written out"
    elif unit in PERCENTAGES and not 0 <= value <= 100:
        yield "is not between 0 and 100"


def check_once(checked: Checked, figures: list[Figure]) -> Iterator[str]:
    counts = Counter(figure.key for figure in figures)
    for figure in checked.figures.values():
        if counts[figure.key] > 1:
            yield checked.wrong(figure, figure.value, f"is given {counts[figure.key]} times")


def check_stages(checked: Checked) -> Iterator[str]:
    """Refuse a year that is both actual and estimate where a release calls it one of them."""
    if not habits_of(checked.release.source).is_staged_by_year:
        return
    stages: dict[int, str] = {}
    for figure in checked.figures.values():
        if stages.setdefault(figure.year, figure.stage) != figure.stage:
            yield checked.wrong(
                figure, figure.stage, f"others of the year are {stages[figure.year]}"
            )

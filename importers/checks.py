"""What makes us refuse a release. Known exceptions stand in release.yaml, each with a reason."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from importers.cells import Checked, check_cells
from importers.figures import Figure
from importers.grid import allies_on, expected, notes_of
from importers.reference import Reference
from importers.refusals import problem
from importers.releases import Release
from importers.sums import check_shares, check_totals, covers

# What an exception in release.yaml may except.
EXCUSABLE = ("totals", "shares", "blanks", "derived", "jumps")
# Those that are about figures that are not there.
ON_BLANKS = ("totals", "blanks")


def check_release(
    file: Path, release: Release, reference: Reference, figures: Iterable[Figure]
) -> list[str]:
    """Return everything that is wrong with a release; an empty list lets it pass."""
    figures = list(figures)
    if wrong := check_cells(file, release, reference, figures):
        return wrong
    checked = Checked(file, release, reference, {figure.key: figure for figure in figures})
    return [
        *check_grid(checked),
        *check_notes(checked),
        *check_currencies(checked),
        *check_scopes(checked),
        *check_excuses(checked),
        *check_totals(checked),
        *check_shares(checked),
    ]


def check_grid(checked: Checked) -> Iterator[str]:
    """Refuse a gap without a reason, and a figure of somebody who was no ally yet."""
    reference, figures = checked.reference, checked.figures
    cells = expected(checked.release, reference, figures.values())
    for area, indicator, year in sorted(cells - figures.keys()):
        yield problem(checked.file, f"{area} {indicator} {year}", "", "has no row")
    allies = allies_on(checked.release, reference)
    for figure in figures.values():
        if figure.area in reference.members and figure.area not in allies:
            yield checked.wrong(figure, figure.value, "is of no ally on the day of publication")
    if not figures:
        yield problem(checked.file, "", "", "has no figures")


def check_notes(checked: Checked) -> Iterator[str]:
    for figure in checked.figures.values():
        if figure.notes != notes_of(checked.release, figure):
            said = "; ".join(figure.notes)
            yield checked.wrong(figure, said, "are not the notes of release.yaml: import again")


def check_currencies(checked: Checked) -> Iterator[str]:
    areas = {figure.area for figure in checked.figures.values()} & checked.reference.members.keys()
    for area in sorted(areas):
        currency = checked.release.currencies.get(area)
        if not (isinstance(currency, str) and len(currency) == 3 and currency.isupper()):
            yield problem(checked.release.yaml, "currencies", area, "has no currency")


def check_scopes(checked: Checked) -> Iterator[str]:
    """Refuse a note on a cell that is not there: it would say its piece to nobody."""
    carried = {note for figure in checked.figures.values() for note in figure.notes}
    for note in checked.release.notes:
        if "areas" in note and note["id"] not in carried:
            yield problem(checked.release.yaml, "notes", note["id"], "is on no figure")
        if "areas" not in note and note.keys() & {"indicators", "years"}:
            yield problem(checked.release.yaml, "notes", note["id"], "needs areas")


def check_excuses(checked: Checked) -> Iterator[str]:
    """Refuse an exception for nothing: the next release must not inherit it unnoticed."""
    for number, excuse in enumerate(checked.release.exceptions, start=1):
        place = f"exceptions {number}"
        if excuse["check"] not in EXCUSABLE:
            yield problem(checked.release.yaml, place, excuse["check"], "is no check to except")
        elif not any(
            figure.missing_reason == "not_reported" or excuse["check"] not in ON_BLANKS
            for figure in checked.figures.values()
            if covers(excuse, figure)
        ):
            yield problem(checked.release.yaml, place, excuse["reason"], "excepts nothing")

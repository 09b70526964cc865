"""Makes a release complete: every gap gets a row with its reason, every figure its notes."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from importers.figures import Figure, Key, Stage
from importers.reference import Reference
from importers.releases import Release
from importers.sources import habits_of


def complete(release: Release, reference: Reference, figures: list[Figure]) -> list[Figure]:
    """Return the figures with a row for every gap, in the order of area, indicator and year."""
    held = {figure.key: figure for figure in figures}
    stages = stages_of_gaps(release, figures)
    for key in expected(release, reference, figures):
        reason = reason_for_gap(release, reference, *key[:2])
        held.setdefault(key, Figure(*key, None, stages[key[2]], reason))
    order = {indicator: position for position, indicator in enumerate(reference.indicators)}
    keys = sorted(held, key=lambda key: (key[0], order[key[1]], key[2]))
    return [replace(held[key], notes=notes_of(release, held[key])) for key in keys]


def stages_of_gaps(release: Release, figures: list[Figure]) -> dict[int, Stage]:
    """Return what a year is called; where single figures are, a gap is none of the estimates."""
    by_year = habits_of(release.source).is_staged_by_year
    return {figure.year: figure.stage if by_year else "actual" for figure in figures}


def expected(release: Release, reference: Reference, figures: Iterable[Figure]) -> set[Key]:
    """Return the cells that a release must have, with a value or with a reason.

    A full release answers for every ally at its publication, a partial one for what it carries.
    """
    years = {figure.year for figure in figures}
    pairs = {(figure.area, figure.year) for figure in figures if figure.area in reference.members}
    if release.coverage == "full":
        allies = allies_on(release, reference)
        pairs = {(member, year) for member in allies for year in years}
    return {(member, indicator, year) for member, year in pairs for indicator in reference.yearly}


def allies_on(release: Release, reference: Reference) -> list[str]:
    """Return who was an ally on the day of publication."""
    members = reference.members.values()
    return [member.code for member in members if member.acceded_on <= release.published_on]


def applies(reference: Reference, area: str, indicator: str) -> bool:
    """Tell whether there is such a figure: who has no armed forces still has a GDP."""
    member = reference.members.get(area)
    return member is None or member.has_armed_forces or indicator.startswith("gdp_")


def reason_for_gap(release: Release, reference: Reference, member: str, indicator: str) -> str:
    if not applies(reference, member, indicator):
        return "not_applicable"
    published = habits_of(release.source).published
    return "not_held" if published is None or indicator in published else "not_published"


def notes_of(release: Release, figure: Figure) -> tuple[str, ...]:
    """Return the ids of the notes on a figure: by its place, or because a reader put them there.

    A note without areas is on the release, unless it has a mark: that is on single cells.
    """
    key, single = figure.key, figure.notes
    return tuple(
        note["id"]
        for note in release.notes
        if (is_on(note, key) if "areas" in note else "mark" in note and note["id"] in single)
    )


def by_cell(release: Release) -> list[dict[str, Any]]:
    return [note for note in release.notes if "mark" in note and "areas" not in note]


def is_on(note: dict[str, Any], key: Key) -> bool:
    area, indicator, year = key
    return (
        area in note["areas"]
        and indicator in note.get("indicators", (indicator,))
        and year in note.get("years", (year,))
    )

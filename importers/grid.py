"""Makes a release complete: every gap gets a row with its reason, every figure its notes."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from importers.figures import Figure, Key, Stage
from importers.reference import Reference
from importers.releases import Release


def complete(release: Release, reference: Reference, figures: list[Figure]) -> list[Figure]:
    """Return the figures with a row for every gap, in the order of area, indicator and year."""
    held = {figure.key: figure for figure in figures}
    stages: dict[int, Stage] = {figure.year: figure.stage for figure in figures}
    for key in expected(release, reference, figures):
        reason = reason_for_gap(reference, *key[:2])
        held.setdefault(key, Figure(*key, None, stages[key[2]], reason))
    order = {indicator: position for position, indicator in enumerate(reference.indicators)}
    keys = sorted(held, key=lambda key: (key[0], order[key[1]], key[2]))
    return [replace(held[key], notes=notes_on(release, key)) for key in keys]


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


def applies(reference: Reference, member: str, indicator: str) -> bool:
    """Tell whether there is such a figure: who has no armed forces still has a GDP."""
    return reference.members[member].has_armed_forces or indicator.startswith("gdp_")


def reason_for_gap(reference: Reference, member: str, indicator: str) -> str:
    return "not_held" if applies(reference, member, indicator) else "not_applicable"


def notes_on(release: Release, key: Key) -> tuple[str, ...]:
    """Return the ids of the notes that are on this cell; one without areas is on the release."""
    return tuple(note["id"] for note in release.notes if "areas" in note and is_on(note, key))


def is_on(note: dict[str, Any], key: Key) -> bool:
    scopes = (note["areas"], note.get("indicators"), note.get("years"))
    return all(scope is None or part in scope for scope, part in zip(scopes, key, strict=True))

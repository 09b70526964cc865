"""A release as the rows that the database keeps: long, wide, and the release itself."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from importers.figures import Figure
from importers.reference import Reference
from importers.releases import Release

OBSERVATION = (
    "release", "area", "indicator", "year", "value", "stage", "missing_reason", "source_cell",
    "notes",
)  # fmt: skip


def observation_rows(release: Release, figures: Iterable[Figure]) -> list[tuple[Any, ...]]:
    return [
        (release.id, *figure.key, figure.value, figure.stage, figure.missing_reason,
         figure.source_cell, list(figure.notes))
        for figure in figures
    ]  # fmt: skip


def spending_year_rows(
    release: Release, reference: Reference, figures: Iterable[Figure]
) -> list[dict[str, Any]]:
    """Return one row for each member and year, made of the same figures as the long rows."""
    years: dict[tuple[str, int], dict[str, Figure]] = defaultdict(dict)
    for figure in figures:
        if figure.area in reference.members and figure.indicator in reference.yearly:
            years[figure.area, figure.year][figure.indicator] = figure
    return [
        spending_year_row(release, reference, member, year, cells)
        for (member, year), cells in sorted(years.items())
    ]


def spending_year_row(
    release: Release, reference: Reference, member: str, year: int, cells: dict[str, Figure]
) -> dict[str, Any]:
    ordered = [cells[indicator] for indicator in reference.yearly]
    carried = {note for figure in ordered for note in figure.notes}
    return {
        "release": release.id,
        "member": member,
        "year": year,
        "source": release.source,
        "stage": stage_of(ordered),
        **{figure.indicator: figure.value for figure in ordered},
        "currency": release.currencies[member],
        "constant_base_year": release.constant_base_year,
        "missing": json.dumps(missing_of(ordered)),
        "notes": [note["id"] for note in release.notes if note["id"] in carried],
        "has_figures": any(figure.value is not None for figure in ordered),
    }


def stage_of(figures: list[Figure]) -> str:
    """Return estimate if any figure is one; a row without figures has the stage of its year."""
    present = [figure for figure in figures if figure.value is not None] or figures
    return "estimate" if any(figure.stage == "estimate" for figure in present) else "actual"


def missing_of(figures: list[Figure]) -> list[dict[str, str | None]]:
    return [
        {"field": figure.indicator, "reason": figure.missing_reason}
        for figure in figures
        if figure.value is None
    ]


def release_row(release: Release, reference: Reference, figures: list[Figure]) -> dict[str, Any]:
    present = {figure.indicator for figure in figures if figure.value is not None}
    years = [figure.year for figure in figures]
    said = ("id", "source", "title", "published_on", "cutoff_on", "constant_base_year", "coverage",
            "obtained", "source_url", "sha256", "licence", "citation")  # fmt: skip
    return {key: release.__dict__[key] for key in said} | {
        "year_first": min(years),
        "year_last": max(years),
        "indicators": [name for name in reference.indicators if name in present],
        "notes": [note["id"] for note in release.notes],
        "figure_count": sum(figure.value is not None for figure in figures),
        "content_sha256": release.content_sha256,
    }

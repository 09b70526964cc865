"""Comparing the releases of a source with each other, and how figures are compared in words."""

from typing import Any

from service.storage.revision import Row
from service.storage.snapshot import Snapshot

from .releases import choose_release

RULE = (
    "A figure is compared with the same one in the previous release of its source that carries it; "
    "a release that has it missing is passed over. Its kind is the first that applies: unchanged; "
    "currency: national currency, and another one; rebase: money in constant prices of another "
    "year; precision: equal once rounded half up to the fewer of the two releases' decimals, a "
    "release's being the most that it gives for the indicator; revision: everything else."
)


def releases_known(snapshot: Snapshot, query: dict[str, Any]) -> list[Row]:
    """Return the releases of a source up to the one or the day asked for, oldest first.

    Raises a 400 ProblemError when the source had none by then.
    """
    chosen = choose_release(snapshot, query)
    day = query["as_of"] or (chosen["published_on"] if query["release"] else None)
    return [
        release
        for release in snapshot.fetch_fixed("releases/chronology")
        if release["source"] == chosen["source"] and (day is None or release["published_on"] <= day)
    ]


def ids(releases: list[Row]) -> list[str]:
    return [release["id"] for release in releases]


def comparing(query: dict[str, Any], releases: list[Row]) -> Row:
    return {
        "source": releases[0]["source"],
        "as_of": query["as_of"],
        "rule": RULE,
        "releases": releases,
    }


def as_compared(rounding: int | None) -> str:
    """Say in words what is done to a figure before it is compared."""
    if rounding is None:
        return "as published, unrounded"
    return f"rounded half up to {rounding} decimal{'' if rounding == 1 else 's'}"

"""Whether what is held of a release is the same, or the one only completes the other.

A release never changes, but a part of it may be completed: by a full folder of the same release in
which all that the part holds stands as it was.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from importers.figures import Figure
from importers.releases import KEYS, Release
from importers.rows import observation_rows

# Area, indicator and year: value, stage, missing_reason, source_cell, notes.
Cell: TypeAlias = tuple[Any, ...]
Cells: TypeAlias = dict[tuple[Any, ...], Cell]

# What release.yaml may say anew of a completed release; the notes of its figures stand, too.
NEW_WITH_MORE = ("coverage", "notes", "exceptions")
STANDING = tuple(key for key in KEYS if key not in (*NEW_WITH_MORE, "currencies"))


@dataclass(frozen=True)
class Held:
    """What a folder or the database holds of a release: what is said of it, and its cells."""

    coverage: str
    said: dict[str, Any]
    cells: Cells


def held_in_folder(release: Release, figures: list[Figure]) -> Held:
    said = {key: release.__dict__[key] for key in STANDING}
    said |= {f"currency of {area}": code for area, code in release.currencies.items()}
    said |= {f"note {note['id']}": note["text"] for note in release.notes}
    rows = observation_rows(release, figures)
    return Held(release.coverage, said, {row[1:4]: row[4:] for row in rows})


def is_part(part: Held, whole: Held) -> bool:
    return (part.coverage, whole.coverage) == ("partial", "full")


def difference(before: Held, after: Held) -> str:
    """Say what contradicts the one or the other being a part of it, or nothing."""
    for name, text in after.said.items():
        if before.said.get(name, text) != text:
            return f"release.yaml: {name}: loaded {before.said[name]}, now {text}"
    for key in [*after.cells, *(key for key in before.cells if key not in after.cells)]:
        was, now = before.cells.get(key), after.cells.get(key)
        is_added = is_part(before, after) and now and is_open(was)
        is_left_out = is_part(after, before) and was and is_open(now)
        if was != now and not is_added and not is_left_out:
            return f"{' '.join(map(str, key))}: loaded {shown(was, now)}, now {shown(now, was)}"
    return ""


def is_open(cell: Cell | None) -> bool:
    """Tell whether a cell says nothing yet of what the publisher has there."""
    return cell is None or cell[2] == "not_held"


def shown(cell: Cell | None, other: Cell | None) -> str:
    """Return the value of a cell, or what else of it differs from the other."""
    if cell is None:
        return "no row"
    if other is None or cell[0] != other[0]:
        return str(cell[0] if cell[0] is not None else cell[2])
    return next(str(part) for part, its in zip(cell, other, strict=True) if part != its)

"""What is on the shelf: a row for each release, and what one of them holds."""

from collections import Counter
from pathlib import Path
from typing import Any

from importers.figures import read_figures
from importers.load import Connection
from importers.loaded import Row, Rows, read_every, read_rows, rows_of
from importers.packs import folders, local_of, read_packs
from importers.reference import Reference, read_reference
from importers.releases import read_release
from importers.rows import release_row
from importers.withdrawals import read_withdrawals

LISTED = (
    "id", "source", "published_on", "coverage", "year_first", "year_last", "figure_count",
    "loaded_at", "withdrawn_on", "withdrawn_reason",
)  # fmt: skip


def names(data: Path) -> set[str]:
    """Return the releases that have a folder."""
    return {folder.name for folder in folders(data, local_of(data))}


def listed(connection: Connection, data: Path) -> list[Row]:
    """Return a row for each release that is loaded or has a folder, the oldest first."""
    loaded, reference, here = read_every(connection), read_reference(data), names(data)
    rows = {
        folder.name: row_of_folder(folder, reference)
        for folder in folders(data, local_of(data))
        if folder.name not in loaded
    } | loaded
    return [
        {column: row[column] for column in LISTED}
        | {"state": state_of(row), "has_folder": row["id"] in here}
        for row in sorted(rows.values(), key=lambda row: (row["published_on"], row["id"]))
    ]


def row_of_folder(folder: Path, reference: Reference) -> Row:
    release = read_release(folder)
    unknown = dict.fromkeys(("loaded_at", "withdrawn_on", "withdrawn_reason", "withdrawn_at"))
    return unknown | release_row(release, reference, read_figures(release))


def state_of(row: Row) -> str:
    if row["loaded_at"] is None:
        return "not_loaded"
    return "withdrawn" if row["withdrawn_on"] else "loaded"


def described(connection: Connection, release: str, data: Path) -> Row:
    """Return the row of a release with its figures by indicator, and its notes."""
    rows = rows_held(connection, release, data)
    row, cells = rows["release"][()], list(rows["observation"].values())
    carried = Counter(note for cell in cells for note in cell["notes"])
    return row | {
        "state": state_of(row),
        "areas": len({cell["area"] for cell in cells}),
        "indicators": [
            figures_of(name, [cell for cell in cells if cell["indicator"] == name])
            for name in dict.fromkeys(cell["indicator"] for cell in cells)
        ],
        "notes": [note | {"cells": carried[note["id"]]} for note in rows["note"].values()],
    }


def rows_held(connection: Connection, release: str, data: Path) -> Rows:
    """Return what is loaded of a release, else what its folder would load."""
    rows = read_rows(connection, release)
    if not rows["release"]:
        local, reference = local_of(data), read_reference(data)
        (pack,) = read_packs(data, local, reference, [release])
        rows = rows_of(pack, reference, read_withdrawals(data, local).get(release))
        rows["release"][()] |= {"loaded_at": None, "withdrawn_at": None}
    return rows


def figures_of(indicator: str, cells: list[Row]) -> dict[str, Any]:
    held = [cell for cell in cells if cell["value"] is not None]
    years = sorted(cell["year"] for cell in held)
    return {
        "indicator": indicator,
        "figures": len(held),
        "estimates": sum(cell["stage"] == "estimate" for cell in held),
        "areas": len({cell["area"] for cell in held}),
        "year_first": years[0] if years else None,
        "year_last": years[-1] if years else None,
        "missing": dict(
            Counter(cell["missing_reason"] for cell in cells if cell["missing_reason"])
        ),
    }

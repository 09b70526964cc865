"""The figures of a release: figures.csv in its folder, written by an importer and read to load."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from importers.files import write_whole
from importers.reference import read_rows, split
from importers.refusals import RefusedError, problem, refuse
from importers.releases import Release

Stage: TypeAlias = Literal["actual", "estimate"]
Key: TypeAlias = tuple[str, str, int]

REASONS = ("not_reported", "not_applicable", "not_published", "not_held")
COLUMNS = (
    "area", "indicator", "year", "value", "stage", "missing_reason", "source_cell", "notes",
)  # fmt: skip


YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class Figure:
    """One cell of a release. The value is the publisher's number as text, digit by digit."""

    area: str
    indicator: str
    year: int
    value: str | None
    stage: Stage
    missing_reason: str | None = None
    source_cell: str | None = None
    notes: tuple[str, ...] = ()
    place: str = field(default="", compare=False)  # where to look when it is refused
    marks: tuple[str, ...] = field(default=(), compare=False)  # stars of its member and its year

    @property
    def key(self) -> Key:
        return self.area, self.indicator, self.year


def read_figures(release: Release) -> list[Figure]:
    """Read figures.csv; whether the figures hold together is for importers.checks to say."""
    path = release.figures
    rows = read_rows(path)
    if rows and tuple(rows[0]) != COLUMNS:
        raise RefusedError([problem(path, "row 1", "", f"the columns are not {','.join(COLUMNS)}")])
    refuse(
        problem(path, f"row {number}", row[column], f"is no {column}")
        for number, row in enumerate(rows, start=2)
        for column in ("year", "stage")
        if not (YEAR.fullmatch(row[column]) if column == "year" else row[column] in get_args(Stage))
    )
    return [read_figure(row, f"row {number}") for number, row in enumerate(rows, start=2)]


def read_figure(row: dict[str, Any], place: str) -> Figure:
    return Figure(
        area=row["area"],
        indicator=row["indicator"],
        year=int(row["year"]),
        value=row["value"] or None,
        stage=row["stage"],
        missing_reason=row["missing_reason"] or None,
        source_cell=row["source_cell"] or None,
        notes=tuple(split(row["notes"])),
        place=place,
    )


def write_figures(release: Release, figures: Iterable[Figure]) -> None:
    """Write figures.csv."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for figure in figures:
        row = {column: getattr(figure, column) for column in COLUMNS}
        writer.writerow((row | {"notes": "; ".join(figure.notes)}).values())
    write_whole(release.figures, text.getvalue())

"""Keeps what NATO prints around its figures as notes of the release: stars, and texts below."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from importers.figures import Figure
from importers.grid import is_on
from importers.layouts import ON_AGGREGATES, Table
from importers.nato_tables import Columns, Region, Row
from importers.reference import Reference
from importers.refusals import problem
from importers.releases import Release
from importers.sums import AGGREGATES

Note: TypeAlias = dict[str, Any]
# A row of figures with its table and the columns of the years.
Placed: TypeAlias = tuple[Region, Row, Columns]

# What the stage of the figures says already.
ON_STAGES = re.compile(r"notes? ?: ?figures for [^.]+ (are|is an) estimates?\. ?", re.IGNORECASE)


def notes_of(reference: Reference, rows: list[Placed], regions: list[Region]) -> list[Note]:
    """Return the notes of a release, their ids without that of the release in front."""
    return [
        *member_notes(reference, rows),
        *year_notes(reference, rows),
        *printed_notes(regions),
    ]


def member_notes(reference: Reference, rows: list[Placed]) -> Iterator[Note]:
    """Yield a note for each kind of star and all indicators that have it on the same allies."""
    starred: dict[tuple[str, str], set[str]] = defaultdict(set)
    texts: dict[str, str] = {}
    for region, row, _ in rows:
        if row.mark:
            starred[row.mark, row.block.indicator].add(row.area)
            texts.setdefault(row.mark, explanation(region, row.mark))
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (mark, indicator), areas in starred.items():
        groups[mark, tuple(sorted(areas))].append(indicator)
    for number, ((mark, members), indicators) in enumerate(groups.items()):
        yield {
            "id": numbered("star", number),
            "text": f'Starred by NATO: "{texts[mark]}"',
            "areas": list(members),
            "indicators": in_order(reference, indicators),
            "mark": mark,
        }


def year_notes(reference: Reference, rows: list[Placed]) -> Iterator[Note]:
    """Yield a note for each kind of star at a year."""
    starred: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    texts: dict[str, str] = {}
    for region, row, columns in rows:
        for column in columns.values():
            if column.mark:
                starred[column.mark].append((row.area, row.block.indicator, column.year))
                texts.setdefault(column.mark, explanation(region, column.mark))
    for number, (mark, cells) in enumerate(starred.items()):
        yield {
            "id": numbered("year-star", number),
            "text": f'The year is starred by NATO: "{texts[mark]}"',
            "areas": sorted({area for area, _, _ in cells}),
            "indicators": in_order(reference, (name for _, name, _ in cells)),
            "years": sorted({year for _, _, year in cells}),
            "mark": mark,
        }


def printed_notes(regions: list[Region]) -> Iterator[Note]:
    """Yield what else is printed under the tables, each text once; stars are told above."""
    printed = (text for region in regions for text in region.notes if not text.startswith("*"))
    texts = dict.fromkeys(ON_STAGES.sub("", text).strip() for text in printed)
    for number, text in enumerate(filter(None, texts), start=1):
        note = {"id": f"printed-{number}", "text": f'Printed by NATO under a table: "{text}"'}
        yield note | ({"areas": list(AGGREGATES)} if ON_AGGREGATES in text else {})


def explanation(region: Region, mark: str) -> str:
    """Return the text under a table that begins with a mark, without the mark."""
    texts = (text for text in region.notes if text.startswith("*"))
    found = (text for text in texts if text[: len(text) - len(text.lstrip("*"))] == mark)
    return next((text.lstrip("* ") for text in found), "")


def in_order(reference: Reference, indicators: Iterable[str]) -> list[str]:
    return sorted(set(indicators), key=reference.indicators.index)


def numbered(name: str, number: int) -> str:
    return f"{name}-{number + 1}" if number else name


def check_marks(rows: list[Placed], tables: list[tuple[Table, Region]]) -> Iterator[str]:
    """Refuse a star that no text below explains, or that not all blocks of its table have."""
    marked: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    for region, row, columns in rows:
        marks = {row.mark, *(column.mark for column in columns.values())} - {""}
        for mark in marks:
            if not explanation(region, mark):
                place = row.line.place(min(columns) - 1)
                yield region.wrong(place, row.label, f"has a {mark} that no text below explains")
        if row.mark:
            marked[id(region), row.area, row.mark].add(row.block.indicator)
    for table, region in tables:
        for (at, area, mark), indicators in marked.items():
            if at == id(region) and len(indicators) < len(table.blocks):
                text = f"has a {mark} for {', '.join(sorted(indicators))} alone"
                yield region.wrong(region.sheet, area, text)


def check_stars(path: Path, release: Release, figures: list[Figure]) -> Iterator[str]:
    """Refuse a star that no note explains, and a note on a star that is not printed."""
    notes = [note for note in release.notes if "areas" in note and "*" in note.get("mark", "")]
    for figure in figures:
        explained = {note["mark"] for note in notes if is_on(note, figure.key)}
        if set(figure.marks) != explained:
            text = "has a star without a note" if figure.marks else "has no star, but a note on it"
            yield problem(path, figure.place, figure.area, f"{text} in release.yaml")

"""Reads NATO's workbook of defence expenditure tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from importers.books import Found, Reading, Said, check_sha256, sorted_out
from importers.figures import Figure, Key, Stage
from importers.grid import allies_on, applies
from importers.layouts import (
    COMPARISON,
    COUNTED_FROM,
    TABLES,
    Comparison,
    Table,
)
from importers.nato_notes import check_marks, check_stars, notes_of
from importers.nato_tables import (
    Column,
    Region,
    Row,
    area_of,
    check_strays,
    columns_of,
    currencies_of,
    find,
    head_of,
    is_row,
    read_cell,
    read_rows,
    regions,
)
from importers.reference import Reference
from importers.refusals import problem, refuse
from importers.releases import Release
from importers.sums import AGGREGATES
from importers.workbooks import Line, read_sheets

# What NATO calls a currency does not always tell whose: the kroner of Denmark or of Norway.
Currencies = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class NatoFile:
    """NATO's workbook. It must have all tables: without one, gaps would be taken for facts."""

    path: Path
    reference: Reference

    @cached_property
    def found(self) -> list[tuple[Table | Comparison, Region] | str]:
        """Return where each table is, and which was looked for in vain."""
        found = regions(self.path, read_sheets(self.path))
        return list(find(self.path, found, (*TABLES, COMPARISON)))

    @cached_property
    def places(self) -> list[tuple[Table | Comparison, Region]]:
        return [item for item in self.found if not isinstance(item, str)]

    @property
    def problems(self) -> list[str]:
        """Return what is wrong with the tables, whatever the release."""
        return [item for item in (*self.found, *self.rows_read) if isinstance(item, str)]

    @cached_property
    def tables(self) -> list[tuple[Table, Region]]:
        return [(table, region) for table, region in self.places if isinstance(table, Table)]

    @cached_property
    def rows(self) -> list[tuple[Region, Row, dict[int, Column]]]:
        return [item for item in self.rows_read if not isinstance(item, str)]

    @cached_property
    def rows_read(self) -> list[tuple[Region, Row, dict[int, Column]] | str]:
        """Return the rows of all tables with their columns, and what else was found."""
        found: list[tuple[Region, Row, dict[int, Column]] | str] = []
        for table, region in self.tables:
            head = head_of(region)
            if head is None:
                found.append(region.wrong(region.sheet, "", "has no row of years"))
                continue
            columns = columns_of(head)
            if len({column.year for column in columns.values()}) < len(columns):
                found.append(
                    region.wrong(head.place(min(columns)), head.text(), "has a year twice")
                )
            for row in read_rows(region, table, head, self.reference):
                found.append(row if isinstance(row, str) else (region, row, columns))
        return found

    def said(self) -> Said:
        bases = self.bases
        years = {column.year for _, _, columns in self.rows for column in columns.values()}
        if not years:
            refuse(self.problems)
        return Said(
            source="nato",
            years=(min(years), max(years)),
            constant_base_year=next(iter(bases.values()), None),
            currencies={area: said[0] for area, said in self.currencies.items() if len(said) == 1},
            notes=notes_of(self.reference, self.rows, [region for _, region in self.places]),
        )

    @cached_property
    def bases(self) -> dict[str, int]:
        """Return the price base by the cell that says it."""
        return {
            line.place(min(line.cells)): years["base"]
            for table, region in self.places
            for title in (table.unit, *titles_of(table))
            for line, years in region.matches(title)
            if "base" in years
        }

    @cached_property
    def currencies(self) -> Currencies:
        return {row.area: said for _, row, _ in self.rows if (said := currencies_of(row))}

    def read(self, release: Release) -> Reading:
        reading = sorted_out(self.read_found(release))
        problems = [
            *check_sha256(self.path, release),
            *self.problems,
            *self.check_base(release),
            *reading.problems,
            *self.check_currencies(release),
            *self.check_rows(release),
            *self.check_years(),
            *check_marks(self.rows, self.tables),
            *check_stars(self.path, release, reading.figures),
        ]
        return Reading(reading.figures, list(dict.fromkeys(problems)))

    def read_found(self, release: Release) -> Found:
        figures: dict[Key, Figure] = {}
        for region, row, columns in self.rows:
            for at, column in columns.items():
                key, marks = (row.area, row.block.indicator, column.year), (row.mark, column.mark)
                cell = read_cell(
                    region, row.line, at, key, column.stage, tuple(filter(None, marks))
                )
                if isinstance(cell, Figure):
                    figures[key] = cell
                yield cell
        for table, region in self.places:
            if isinstance(table, Comparison):
                yield from self.read_comparison(release, region, table, figures)

    def read_comparison(
        self, release: Release, region: Region, table: Comparison, figures: dict[Key, Figure]
    ) -> Found:
        """Yield the figures that only this table has; check the others against their own."""
        years = self.first_and_last
        headers = [header.format(**years) for header, _, _ in table.columns]
        head = next((line for line in region.lines if printed(line) == headers), None)
        if head is None:
            yield region.wrong(region.sheet, "; ".join(headers), "is not the header")
            return
        if years["first"] != COUNTED_FROM:
            text = f"does not count from {COUNTED_FROM}: another indicator would be needed"
            yield region.wrong(head.place(min(head.cells)), years["first"], text)
        seen = set[str]()
        for line in region.lines[region.lines.index(head) + 1 :]:
            if not is_row(self.reference, line, head.cells):
                continue
            label = line.text(last=min(head.cells) - 1)
            area = area_of(self.reference, label)
            if area is None:
                yield region.wrong(line.place(min(head.cells)), label, "is no member or aggregate")
                continue
            seen.add(area)
            yield from check_strays(region, line, dict.fromkeys(head.cells, UNDATED))
            for column, (_, indicator, year) in zip(head.cells, table.columns, strict=True):
                key = (area, indicator, years[year])
                yield from self.compare(region, table, line, column, key, figures)
        yield from self.lacking(release, region, table.own, seen)

    def compare(
        self, region: Region, table: Comparison, line: Line, column: int, key: Key,
        figures: dict[Key, Figure],
    ) -> Found:  # fmt: skip
        cell = read_cell(region, line, column, key, self.stages.get(key[2], "actual"))
        other = figures.get(key)
        if isinstance(cell, str) or key[1] == table.own:
            yield cell
        elif other is None:
            yield region.wrong(cell.place, cell.value, "is in no other table")
        elif other.value != cell.value:
            yield region.wrong(cell.place, cell.value, f"is {other.value} in {other.source_cell}")

    @cached_property
    def stages(self) -> dict[int, Stage]:
        return {
            column.year: column.stage for _, _, columns in self.rows for column in columns.values()
        }

    @cached_property
    def first_and_last(self) -> dict[str, int]:
        return {"first": min(self.stages, default=0), "last": max(self.stages, default=0)}

    def check_base(self, release: Release) -> Iterator[str]:
        for place, base in self.bases.items():
            if base != release.constant_base_year:
                text = f"is not the price base of the release, {release.constant_base_year}"
                yield problem(self.path, place, base, text)

    def check_currencies(self, release: Release) -> Iterator[str]:
        for region, row, columns in self.rows:
            said = currencies_of(row)
            if said is not None and release.currencies.get(row.area) not in said:
                place = row.line.place(min(columns) - 1)
                yield region.wrong(place, row.label, "is not the currency of the release")

    def check_rows(self, release: Release) -> Iterator[str]:
        """Refuse a block that lacks an ally: not held would be untrue of a whole workbook."""
        for table, region in self.tables:
            for block in table.blocks if head_of(region) else ():
                areas = {row.area for _, row, _ in self.rows if row.block is block}
                yield from self.lacking(release, region, block.indicator, areas)

    def lacking(
        self, release: Release, region: Region, indicator: str, areas: set[str]
    ) -> Iterator[str]:
        """Yield who is not among the areas: an ally, or an aggregate beside the other one."""
        allies = allies_on(release, self.reference)
        for area in (*allies, *(AGGREGATES if areas & AGGREGATES.keys() else ())):
            if area not in areas and applies(self.reference, area, indicator):
                yield region.wrong(region.sheet, area, f"has no row for {indicator}")

    def check_years(self) -> Iterator[str]:
        """Refuse tables that cover other years than the first, which would leave untrue gaps."""
        tables = {
            id(region): (region, {(column.year, column.stage) for column in columns.values()})
            for region, _, columns in self.rows
        }
        _, first = next(iter(tables.values()), (None, set()))
        for region, years in tables.values():
            if years != first:
                wrong = ", ".join(f"{year} {stage}" for year, stage in sorted(years ^ first))
                text = "differs from the years of the first table"
                yield region.wrong(region.sheet, wrong, text)


# For a column of a table without years.
UNDATED = Column(0, "actual", "")


def titles_of(table: Table | Comparison) -> tuple[str, ...]:
    return tuple(block.title for block in table.blocks) if isinstance(table, Table) else ()


def printed(line: Line) -> list[str]:
    return [str(value) for value in line.cells.values()]

"""The small files of data/ that give figures their names: members, areas and indicators."""

import csv
import io
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from importers.files import read_whole
from importers.refusals import RefusedError, problem

Row = dict[str, str]


@dataclass(frozen=True)
class Member:
    """An ally, as far as its figures depend on it."""

    code: str
    acceded_on: date
    has_armed_forces: bool


@dataclass(frozen=True)
class Reference:
    """What a figure may be about; indicators and yearly stand in the order of the columns."""

    members: dict[str, Member]
    names: dict[str, str]
    aggregates: dict[str, str]
    indicators: tuple[str, ...]
    yearly: tuple[str, ...]
    units: dict[str, str]
    at_constant_prices: frozenset[str]

    def area(self, name: str) -> str | None:
        """Return the code of a member or aggregate by code, name, former name or alias."""
        return self.names.get(folded(name))

    def has(self, area: str) -> bool:
        return area in self.members or area in self.aggregates


def folded(name: str) -> str:
    """Return a name without what spellings differ in: case, accents, spaces, points."""
    signs = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in signs if sign.isalnum())


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file with a header into rows of text; Excel begins one with a mark of its own."""
    try:
        text = read_whole(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError([problem(path, "", "", f"cannot be read: {error}")]) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise RefusedError([problem(path, f"line {line}", "", "has a zero byte: it is no text")])
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        wrong = problem(path, f"line {reader.reader.line_num}", "", f"cannot be read: {error}")
        raise RefusedError([wrong]) from error
    uneven = [
        problem(path, f"row {number}", "", "has more or fewer cells than the header")
        for number, row in enumerate(rows, start=2)
        if None in row or None in row.values()
    ]
    if uneven:
        raise RefusedError(uneven)
    return rows


def split(cell: str) -> list[str]:
    """Return the items of a list that was joined by "; "."""
    return [item.strip() for item in cell.split(";") if item.strip()]


def read_reference(data: Path) -> Reference:
    members, areas = read_rows(data / "members.csv"), read_rows(data / "areas.csv")
    indicators = read_rows(data / "indicators.csv")
    try:
        return Reference(
            members={row["code"]: read_member(row) for row in members},
            names=read_names(members) | {folded(row["name"]): row["code"] for row in areas},
            aggregates={row["code"]: row["name"] for row in areas},
            indicators=tuple(row["id"] for row in indicators),
            yearly=tuple(row["id"] for row in indicators if row["is_yearly"] == "true"),
            units={row["id"]: row["unit"] for row in indicators},
            at_constant_prices=frozenset(
                row["id"] for row in indicators if row["price_basis"] == "constant"
            ),
        )
    except (KeyError, ValueError) as error:
        raise RefusedError(
            [problem(data, "members.csv, areas.csv, indicators.csv", "", str(error))]
        ) from error


def read_member(row: Row) -> Member:
    return Member(
        row["code"], date.fromisoformat(row["acceded_on"]), row["has_armed_forces"] == "true"
    )


def read_names(members: list[Row]) -> dict[str, str]:
    """Return every name a publisher may use for a member, in lower case."""
    return {
        folded(name): row["code"]
        for row in members
        for name in (row["code"], row["name"], row["official_name"], *split(row["aliases"]))
    }

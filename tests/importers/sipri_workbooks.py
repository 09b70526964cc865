"""Writes a workbook as SIPRI lays it out, from bundled figures at their cells and made-up ones."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TypeGuard
from unittest.mock import patch

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_from_string

from importers.__main__ import DATA
from importers.figures import Figure
from importers.reference import read_rows
from importers.releases import Release

from .workbooks import all_digits

Content = str | int | float | None
# Contents of cells like Share of GDP!BZ179, some with the colour of their font.
Changes = Mapping[str, Content | tuple[Content, str]]

BLUE, RED, BLACK = Color(indexed=12), Color(indexed=10), Color(indexed=8)
OWN_BLUE, TEXT, GREEN = Color(rgb="FF0000FF"), Color(theme=1), Color(rgb="FF00FF00")
COLOURS = {"blue": BLUE, "red": RED, "own blue": OWN_BLUE, "text": TEXT, "green": GREEN}

CONSTANT, CURRENT, SHARE = "Constant (2023) US$", "Current US$", "Share of GDP"
TOTALS = "Regional totals"
INDICATORS = {
    CONSTANT: "spending_usd_m_constant",
    CURRENT: "spending_usd_m_current",
    SHARE: "share_gdp_pct",
}
COLOURED = "Figures in blue are SIPRI estimates. Figures in red indicate highly uncertain data."
SIGNS = (
    '". ." = data unavailable. "xxx" = country did not exist or was not independent during all or '
    "part of the year in question."
)

# What stands around the figures, cell by cell as published.
PRINTED: dict[str, dict[str, Content]] = {
    "Front page": {},
    TOTALS: {
        "A1": "Military expenditure by region in constant US dollars     © SIPRI 2024",
        "A2": "Figures are in US$ b., at constant 2023 prices and exchange rates, except for the "
        "last figure which is in US$ b. at 2024 prices and exchange rates.",
        "A4": "Figures in red indicate that more than 10% of the total figure consists of "
        "estimates for countries for which data is missing.",
        "A5": 'The symbol ". ." indicates that data is unavailable, or that the world or regional '
        "estimate is considered too uncertain to be reliable.",
        "A14": "Region",
        "AM14": "2024 (current prices)",
        "AO14": "Omitted countries",
        "AO16": "Lemuria, Korea, North",
    },
    "Local currency calendar years": {
        "A1": "Military expenditure by country, in local currency, 1949-2024      © SIPRI 2024",
    },
    CONSTANT: {
        "A1": "Military expenditure by country, in constant (2023) US$ m., 1949-2024      © SIPRI",
        "A2": "Figures are in US $m., at constant 2023 prices and exchange rates",
        "A3": COLOURED,
        "A4": SIGNS,
        "A6": "Country",
        "C6": "Notes",
    },
    CURRENT: {
        "A1": "Military expenditure by country, in millions of US$ at current prices and exchange "
        "rates, 1949-2024      © SIPRI 2024",
        "A2": "Figures are in US $m., in current prices, converted at the exchange rate for the "
        "given year.",
        "A3": COLOURED,
        "A4": SIGNS,
        "A6": "Country",
        "B6": "Notes",
    },
    SHARE: {
        "A1": "Military expenditure by country as percentage of gross domestic product, 1949-2024 "
        "    © SIPRI 2024",
        "A2": "Countries are grouped by region and subregion",
        "A3": COLOURED,
        "A4": SIGNS,
        "A6": "Country",
        "B6": "Notes",
    },
}
YEARS = range(1949, 2025)
FIRST = {CONSTANT: 4, CURRENT: 3, SHARE: 3}
MARKS = {CONSTANT: "C", CURRENT: "B", SHARE: "B"}

# Regions by the row of their heading, with the rows of the totals sheet.
REGIONS = {9: "North Africa", 77: "North America", 131: "Central Europe", 162: "Western Europe", 190: "Middle East"}  # fmt: skip
TOTAL_ROWS = {"World": 15, "North Africa": 17, "North America": 21, "Central Europe": 30, "Western Europe": 32, "Middle East": 33}  # fmt: skip
ATLANTIS, LEMURIA = 10, 11

# Cells of years that are not bundled, with the colour of their font.
MADE_UP: dict[str, tuple[Content, str]] = {
    f"{CONSTANT}!BW168": (50000.25, "blue"),  # Germany 2020
    f"{CURRENT}!BV168": (60000.5, "own blue"),
    f"{SHARE}!BV168": (0.0137, "text"),
    f"{CONSTANT}!BX167": (55000.125, "red"),  # France 2021
    f"{CURRENT}!AC132": (0, "text"),  # Albania 1975
    f"{CURRENT}!AR135": ("xxx", "text"),  # Croatia 1990
    f"{SHARE}!AR135": (". .", "text"),
    f"{CONSTANT}!AS135": ("\u2026", "text"),
    f"{SHARE}!AP170": ("...", "text"),  # Iceland 1988
    f"{CURRENT}!AP170": (0, "text"),
}


def write_workbook(
    path: Path,
    release: Release,
    figures: list[Figure],
    changes: Changes | None = None,
) -> None:
    cells: dict[str, Content | tuple[Content, str]] = {
        f"{sheet}!{cell}": text for sheet, printed in PRINTED.items() for cell, text in printed.items()
    }  # fmt: skip
    cells |= headers() | countries(release, figures) | MADE_UP
    cells |= atlantis(figures, cells)
    cells |= totals(cells) | world(figures) | dict(changes or {})
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name in PRINTED:
        workbook.create_sheet(name)
    for place, given in cells.items():
        sheet, _, at = place.partition("!")
        content, colour = given if isinstance(given, tuple) else (given, "")
        cell = workbook[sheet][at]
        cell.value = content
        if colour:
            cell.font = Font(color=COLOURS[colour])
        elif isinstance(content, str):
            cell.font = Font(color=BLACK)
    with patch("openpyxl.cell._writer.safe_string", all_digits):
        workbook.save(path)


def headers() -> dict[str, Content]:
    cells: dict[str, Content] = {
        f"{sheet}!{column_of(sheet, year)}6": year for sheet in FIRST for year in YEARS
    }
    return cells | {f"{TOTALS}!{column_of(TOTALS, year)}14": year for year in range(1988, 2025)}


def column_of(sheet: str, year: int) -> str:
    first = 2 - (1988 - 1949) if sheet == TOTALS else FIRST[sheet]
    return get_column_letter(first + year - YEARS[0])


def countries(release: Release, figures: list[Figure]) -> dict[str, Content]:
    """Return the rows of the allies: names, marks, and dots wherever no figure is bundled."""
    names = {row["code"]: row["name"] for row in read_rows(DATA / "members.csv")}
    cells: dict[str, Content] = {
        f"{sheet}!A{row}": name for sheet in FIRST for row, name in REGIONS.items()
    }
    for figure in figures:
        sheet, _, cell = str(figure.source_cell or "").partition("!")
        if sheet not in FIRST:
            continue
        row = coordinate_from_string(cell)[1]
        cells[f"{sheet}!A{row}"] = names[figure.area]
        cells[f"{sheet}!{MARKS[sheet]}{row}"] = marks_of(release, figure.area)
        for year in YEARS:
            cells.setdefault(f"{sheet}!{column_of(sheet, year)}{row}", "...")
        cells[f"{sheet}!{cell}"] = content_of(figure)
    return cells


def marks_of(release: Release, area: str) -> Content:
    """Return the marks of a country: symbols, and at last the number of its own footnote."""
    marks = [note["mark"] for note in release.notes if area in note.get("areas", ()) and "mark" in note]  # fmt: skip
    text = "".join(sorted(marks, key=str.isdecimal))
    return int(text) if text.isdecimal() else text


def content_of(figure: Figure) -> Content:
    if figure.value is None:
        return "..." if figure.indicator == "share_gdp_pct" else 0
    if "." not in figure.value:
        return int(figure.value)
    return float(Decimal(figure.value).scaleb(-2 if figure.indicator == "share_gdp_pct" else 0))


def atlantis(figures: list[Figure], cells: Mapping[str, object]) -> dict[str, Content]:
    """Return a country that lets the sums come out, and one that SIPRI leaves out of its totals."""
    rest: dict[str, Content] = {
        f"{sheet}!A{row}": name
        for sheet in FIRST
        for row, name in ((ATLANTIS, "Atlantis"), (LEMURIA, "Lemuria"))
    }
    for world in (figure for figure in figures if figure.area == "WORLD"):
        sheet = next(name for name, indicator in INDICATORS.items() if indicator == world.indicator)
        allies = sum(
            Decimal(figure.value)
            for figure in figures
            if figure.value and figure.area != "WORLD" and figure.key[1:] == world.key[1:]
        )
        column = column_of(sheet, world.year)
        rest[f"{sheet}!{column}{ATLANTIS}"] = float(Decimal(world.value or 0) - allies)
        rest[f"{sheet}!{column}{LEMURIA}"] = 17.5
    return {place: content for place, content in rest.items() if place not in cells}


def totals(cells: Mapping[str, object]) -> dict[str, Content]:
    """Return the totals of the regions in billions, as the sums of what stands in the cells."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for place, given in cells.items():
        sheet, _, cell = place.partition("!")
        column, row = coordinate_from_string(cell)
        content = given[0] if isinstance(given, tuple) else given
        if sheet not in (CONSTANT, CURRENT) or row == LEMURIA or not is_amount(content):
            continue
        year = next(year for year in YEARS if column_of(sheet, year) == column)
        if sheet == CURRENT and year != 2024:
            continue
        region = REGIONS[max(heading for heading in REGIONS if heading < row)]
        at = "AM" if sheet == CURRENT else column_of(TOTALS, year)
        sums[region, at] += Decimal(repr(content))
    found: dict[str, Content] = {f"{TOTALS}!A{row}": name for name, row in TOTAL_ROWS.items()}
    found |= {
        f"{TOTALS}!{at}{TOTAL_ROWS[region]}": float(value.scaleb(-3))
        for (region, at), value in sums.items()
    }
    return found


def is_amount(content: object) -> TypeGuard[float]:
    """Tell money from years, marks and texts."""
    return isinstance(content, float) or (isinstance(content, int) and content > 100_000)


def world(figures: list[Figure]) -> dict[str, Content]:
    dots: dict[str, Content] = {
        f"{TOTALS}!{column_of(TOTALS, year)}15": ". ." for year in range(1988, 2023)
    }
    return dots | {
        str(figure.source_cell): float(Decimal(figure.value or 0).scaleb(-3))
        for figure in figures
        if figure.area == "WORLD"
    }

"""Writes a workbook as NATO lays it out, from the figures of a release at their source cells."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from unittest.mock import patch

from openpyxl import Workbook
from openpyxl.compat import safe_string
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_from_string

from importers.__main__ import DATA
from importers.figures import Figure
from importers.reference import Reference, read_rows
from importers.releases import Release

Content = str | int | float | None

STAR = (
    "*  These Allies have national laws or political agreements which call for 2% of GDP or more to "
    "be spent on defence annually, consequently future estimates are expected to change accordingly."
)
NOTES = (
    "Notes: Figures for 2023 and 2024 are estimates. The NATO Europe and Canada and NATO Total "
    "aggregates from 2017 onwards include Montenegro, which became an Ally on 5 June 2017."
)

# What stands around the figures, cell by cell as published. Row 42 and 75 only help the print.
PRINTED: dict[str, dict[str, Content]] = {
    "TABLE1": {
        "B4": "Table 1 : Defence expenditure",
        "B6": "Million national currency units",
        "B10": "Current prices",
        "B43": "Constant 2015 prices ",
        "C78": "Notes: Figures for 2023 and 2024 are estimates. ",
        "C79": STAR,
        "B81": "-7-",
        **{f"{column}{row}": "#REF!" for column in "DEFGHI" for row in (42, 75)},
    },
    "TABLE2": {
        "B4": "Table 2 : Defence expenditure",
        "B6": "Million US dollars",
        "B10": "Current prices and exchange rates",
        "B44": "Constant 2015 prices and exchange rates",
        "C80": NOTES,
        "C81": STAR,
    },
    "TABLE3": {
        "B4": "Table 3 : Defence expenditure as a share of GDP and annual real change",
        "B6": "Based on 2015 prices",
        "B10": "Share of real GDP (%)",
        "B44": "Annual real change (%)",
        "C80": NOTES,
        "C81": STAR,
    },
    "TABLE4": {
        "B16": "Table 4 : Defence expenditure real change 2014-2024e",
        "B18": "Million US dollars (2015 prices and exchange rates)",
        "D20": 2014,
        "E20": "2024e",
        "F20": "Real change 2014-2024e (%)",
        "G20": "Share of real GDP 2014 (%)",
        "H20": "Share of real GDP 2024e (%)",
        "C57": "Note: Figures for 2024 are estimates.",
    },
    "TABLE5": {
        "B4": "Table 5 : GDP",
        "B6": "Million US dollars",
        "B10": "Current prices and exchange rates",
        "B45": "Constant 2015 prices and exchange rates",
    },
    "TABLE6": {
        "B4": "Table 6 : GDP per capita and defence expenditure per capita",
        "B6": "2015 prices and exchange rates",
        "B10": "GDP per capita (thousand US dollars)",
        "B45": "Defence expenditure per capita (US dollars)",
    },
    "TABLE7": {"C16": "Table 7 : Military personnel", "C18": "Thousands"},
    "TABLE8a": {
        "B4": "Table 8a : Distribution of defence expenditure by main category",
        "B6": "Percentage of total defence expenditure",
        "B10": "Equipment (a)",
        "B43": "Personnel (b)",
        "C80": "(b) Personnel expenditure includes military and civilian expenditure and pensions.",
        **{f"{column}{row}": "#REF!" for column in "DEFGHI" for row in (42, 75)},
    },
    "TABLE8b": {
        "B4": "Table 8b : Distribution of defence expenditure by main category",
        "B6": "Percentage of total defence expenditure",
        "B10": "Infrastructure (c)",
        "B43": "Other (d)",
        **{f"{column}42": 0 for column in "DEFGHIJKLM"},
        **{f"{column}75": "#REF!" for column in "DEFGHI"},
    },
}

# Where the row of years begins, and the years that stand there as text.
HEADS = {sheet: ("E", 20) if sheet == "TABLE7" else ("D", 8) for sheet in PRINTED}
WITH_NUMBERS_ONLY = ("TABLE5", "TABLE6")

# The columns of Table 4 that repeat other tables.
REPEATED = {
    "D": ("spending_usd_m_constant", 2014),
    "E": ("spending_usd_m_constant", 2024),
    "G": ("share_gdp_pct", 2014),
    "H": ("share_gdp_pct", 2024),
}

PRINTED_NAMES = {
    "CZE": "Czechia", "NATO_EUR_CAN": "NATO Europe and Canada", "NATO_TOTAL": "NATO Total",
    "SVK": "Slovak Republic", "TUR": "Türkiye",
}  # fmt: skip
CURRENCIES = {
    "ALL": "Leks", "BGN": "Leva", "CAD": "Canadian dollars", "CZK": "Koruny", "DKK": "Kroner",
    "EUR": "Euros", "GBP": "Pounds", "HUF": "Forint", "MKD": "Denars", "NOK": "Kroner",
    "PLN": "Zlotys", "RON": "New Lei", "SEK": "Kronor", "TRY": "Liras", "USD": "US dollars",
}  # fmt: skip


def write_workbook(
    path: Path,
    release: Release,
    reference: Reference,
    figures: Iterable[Figure],
    changes: Mapping[str, Content] | None = None,
) -> None:
    """Write the workbook; changes are contents of cells like TABLE3!H17, or of none at all."""
    figures = [figure for figure in figures if figure.source_cell]
    cells = printed_cells() | headers(figures) | labels(release, reference, figures)
    cells |= {str(figure.source_cell): number(figure.value) for figure in figures}
    cells |= repeated(figures) | dict(changes or {})
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet in PRINTED:
        workbook.create_sheet(sheet)
    for place, content in cells.items():
        sheet, _, cell = place.partition("!")
        workbook[sheet][cell] = content
    save(workbook, path)


def save(workbook: Workbook, path: Path) -> None:
    with patch("openpyxl.cell._writer.safe_string", all_digits):
        workbook.save(path)


def all_digits(value: object) -> str:
    """Write a number as the publisher's program does: openpyxl would keep sixteen digits."""
    return repr(value) if isinstance(value, float) else str(safe_string(value))


def printed_cells() -> dict[str, Content]:
    return {
        f"{sheet}!{cell}": text for sheet, cells in PRINTED.items() for cell, text in cells.items()
    }


def headers(figures: list[Figure]) -> dict[str, Content]:
    """Return the years over their columns: 2018 as a number, 2019 as text, 2023e as an estimate."""
    cells: dict[str, Content] = {}
    for figure in figures:
        sheet, _, cell = str(figure.source_cell).partition("!")
        column, _ = coordinate_from_string(cell)
        if sheet == "TABLE4":
            continue
        year: Content = figure.year
        if figure.stage == "estimate":
            year = f"{year}e"
        elif year == 2019 and sheet not in WITH_NUMBERS_ONLY:
            year = str(year)
        cells[f"{sheet}!{column}{HEADS[sheet][1]}"] = year
    return cells


def labels(release: Release, reference: Reference, figures: list[Figure]) -> dict[str, Content]:
    """Return the names: aggregates one column to the left of the allies."""
    members = read_rows(DATA / "members.csv")
    names = {row["code"]: row["name"] for row in members} | PRINTED_NAMES
    cells: dict[str, Content] = {}
    for figure in figures:
        sheet, _, cell = str(figure.source_cell).partition("!")
        _, row = coordinate_from_string(cell)
        column = 4 if sheet == "TABLE7" else 3
        is_aggregate = figure.area in reference.aggregates
        star = "*" if f"{release.id}-star" in figure.notes else ""
        label = f"{names[figure.area]}{star}"
        if sheet == "TABLE1":
            label += f"   ({CURRENCIES[release.currencies[figure.area]]})"
        cells[f"{sheet}!{get_column_letter(column - is_aggregate)}{row}"] = label
    return cells


def repeated(figures: list[Figure]) -> dict[str, Content]:
    values = {figure.key: figure.value for figure in figures}
    return {
        f"TABLE4!{column}{coordinate_from_string(figure.source_cell[7:])[1]}": number(
            values[figure.area, indicator, year]
        )
        for figure in figures
        if figure.source_cell and figure.source_cell.startswith("TABLE4!")
        for column, (indicator, year) in REPEATED.items()
    }


def number(text: str | None) -> Content:
    if text is None:
        return None
    return float(text) if "." in text else int(text)

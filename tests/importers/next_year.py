"""Turns a copy of NATO's workbook of 2024 into one of 2027, as next year's file may come.

The three years more are made up: spending grows by 5 percent a year, GDP by 2, people by 1, so that
sums, shares and formulas hold.
"""

from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from .workbooks import save

OLD, NEW = 2024, 2027
# By the sheet, what a year more multiplies the figures of each block with; None is computed.
GROWTH: dict[str, tuple[float | None, ...]] = {
    "TABLE1": (1.05, 1.05),
    "TABLE2": (1.05, 1.05),
    "TABLE3": (1.05 / 1.02, None),
    "TABLE5": (1.02, 1.02),
    "TABLE6": (1.02 / 1.01, 1.05 / 1.01),
    "TABLE7": (1.0,),
    "TABLE8a": (1.0, 1.0),
    "TABLE8b": (1.0, 1.0),
}
REAL_CHANGE = 5.0
TEXTS = {
    "Figures for 2023 and 2024 are estimates": "Figures for 2026 and 2027 are estimates",
    "Figures for 2024 are estimates": "Figures for 2027 are estimates",
    "2014-2024e": "2014-2027e",
    "GDP 2024e": "GDP 2027e",
}


def write_next_year(old: Path, new: Path) -> None:
    workbook = load_workbook(old)
    for name, growth in GROWTH.items():
        extend(workbook[name], growth)
    compare(workbook["TABLE4"])
    for sheet in workbook.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            for before, after in TEXTS.items():
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace(before, after)
    save(workbook, new)


def extend(sheet: Any, growth: tuple[float | None, ...]) -> None:
    """Add three years to the right of the last, in each block by its own growth."""
    head = next(row for row in sheet.iter_rows() if any(cell.value == "2024e" for cell in row))
    last = next(cell.column for cell in head if cell.value == "2024e")
    row = head[0].row
    for column, year in zip(
        range(last - 1, last + 4), ("2023", 2024, 2025, "2026e", "2027e"), strict=True
    ):
        sheet.cell(row, column).value = year
    factor, rest, is_in_block = growth[0], iter(growth[1:]), False
    for line in range(row + 1, sheet.max_row + 1):
        value = sheet.cell(line, last).value
        if not isinstance(value, int | float) or not has_name(sheet, line):
            # A title between two blocks, once figures have begun.
            if is_in_block and is_title(sheet, line):
                factor, is_in_block = next(rest, factor), False
            continue
        is_in_block = True
        for column in range(last + 1, last + 4):
            before = sheet.cell(line, column - 1).value
            sheet.cell(line, column).value = REAL_CHANGE if factor is None else before * factor


def has_name(sheet: Any, line: int) -> bool:
    return any(isinstance(sheet.cell(line, column).value, str) for column in (2, 3, 4))


def is_title(sheet: Any, line: int) -> bool:
    return isinstance(sheet.cell(line, 2).value, str)


def compare(sheet: Any) -> None:
    """Bring the columns of the last year in Table 4 up to the new one."""
    for (cell,) in sheet["E1:E70"]:
        if cell.value == "2024e":
            cell.value = "2027e"
        elif isinstance(cell.value, int | float):
            row = cell.row
            for _ in range(NEW - OLD):
                cell.value = cell.value * 1.05
                share = sheet[f"{get_column_letter(8)}{row}"]
                share.value = share.value * (1.05 / 1.02)
            first = sheet[f"{get_column_letter(4)}{row}"].value
            sheet[f"{get_column_letter(6)}{row}"].value = 100 * (cell.value / first - 1)

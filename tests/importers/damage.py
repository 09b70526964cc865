"""A small workbook in NATO's layout, and what may happen to it: one random damage at a time."""

import io
import random
import string
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias
from xml.sax.saxutils import escape

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from importers.figures import Figure
from importers.reference import Reference
from importers.releases import Release

from .workbooks import Content, write_workbook

# The cells of each sheet by row and column.
Sheet: TypeAlias = dict[tuple[int, int], Content]
Book: TypeAlias = dict[str, Sheet]
Damage: TypeAlias = Callable[[random.Random, Book], object]

MEMBERS = ("CZE", "DEU", "FRA", "GBR", "ISL", "LTU", "POL", "TUR", "USA")
YEARS = (2014, 2015, 2023, 2024)
SUMMED = (
    "spending_usd_m_current", "spending_usd_m_constant", "gdp_usd_m_current", "gdp_usd_m_constant",
    "personnel_thousands",
)  # fmt: skip
GONE = "#REF!"


def small_figures(figures: Iterable[Figure]) -> list[Figure]:
    """Return a few allies' published figures, and aggregates that are those of these allies."""
    kept = [figure for figure in figures if figure.year in YEARS and figure.source_cell]
    allies = [figure for figure in kept if figure.area in MEMBERS]
    values = {figure.key: float(figure.value or 0) for figure in allies}
    return allies + [
        replace(figure, value=repr(aggregate(values, *figure.key)))
        for figure in kept
        if figure.area in ("NATO_TOTAL", "NATO_EUR_CAN")
    ]


def aggregate(values: dict[tuple[str, str, int], float], area: str, name: str, year: int) -> float:
    members = [one for one in MEMBERS if not (area == "NATO_EUR_CAN" and one == "USA")]

    def total(name: str, year: int = year) -> float:
        return sum(values.get((one, name, year), 0.0) for one in members)

    spending, gdp, per_head = (
        "spending_usd_m_constant",
        "gdp_usd_m_constant",
        "gdp_per_capita_usd_k_constant",
    )
    if name in SUMMED:
        return total(name)
    if name == "share_gdp_pct":
        return 100 * total(spending) / total(gdp)
    if name.startswith("real_change"):
        before = {"real_change_pct": year - 1}.get(name, 2014)
        before = before if before in YEARS else year
        return 100 * (total(spending) / total(spending, before) - 1)
    people = sum(values[one, gdp, year] / values[one, per_head, year] for one in members)
    return total(gdp) / people if name == per_head else 1000 * total(spending) / people


def small_book(path: Path, release: Release, reference: Reference, figures: list[Figure]) -> Book:
    """Return the cells of the workbook as NATO lays it out; it is written to the path, too."""
    write_workbook(path, release, reference, figures)
    workbook = load_workbook(path)
    return {
        sheet.title: {
            (cell.row, cell.column): cell.value
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in workbook.worksheets
    }


def packed(book: Book) -> bytes:
    """Return the bytes of a workbook: openpyxl's own writer would take most of a test's time."""
    sheets = list(book)
    numbers = range(1, len(sheets) + 1)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        + "".join(f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{kind}.worksheet+xml"/>' for at in numbers)
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{of}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{of}"><sheets>'
        + "".join(f'<sheet name="{escape(name)}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(f'<Relationship Id="r{at}" Type="{of}/worksheet" Target="worksheets/sheet{at}.xml"/>' for at in numbers)
        + "</Relationships>",
    } | {f"xl/worksheets/sheet{at}.xml": sheet_xml(main, book[name]) for at, name in enumerate(sheets, 1)}  # fmt: skip
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def sheet_xml(main: str, sheet: Sheet) -> str:
    rows: dict[int, list[str]] = {}
    for (row, column), content in sorted(sheet.items()):
        rows.setdefault(row, []).append(cell_xml(f"{get_column_letter(column)}{row}", content))
    lines = "".join(f'<row r="{row}">{"".join(cells)}</row>' for row, cells in rows.items())
    return f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'


def cell_xml(place: str, content: Content) -> str:
    if isinstance(content, bool):
        return f'<c r="{place}" t="b"><v>{int(content)}</v></c>'
    if content == GONE:
        return f'<c r="{place}" t="e"><v>{content}</v></c>'
    if isinstance(content, str):
        text = f'<t xml:space="preserve">{escape(content)}</t>'
        return f'<c r="{place}" t="inlineStr"><is>{text}</is></c>'
    return f'<c r="{place}"><v>{content!r}</v></c>' if content is not None else f'<c r="{place}"/>'


def some_sheet(chance: random.Random, book: Book) -> Sheet:
    return book[chance.choice(list(book))]


def some_cell(
    chance: random.Random, book: Book, kind: Callable[[Content], bool]
) -> tuple[Sheet, tuple[int, int]]:
    """Choose among all cells of a kind: a sheet first, so that short tables are hit as often."""
    sheets = [sheet for sheet in book.values() if any(map(kind, sheet.values()))]
    sheet = chance.choice(sheets)
    return sheet, chance.choice([at for at, content in sheet.items() if kind(content)])


def is_figure(content: Content) -> bool:
    return isinstance(content, int | float) and content not in YEARS and content != 0


def is_year(content: Content) -> bool:
    return content in YEARS or str(content).rstrip("e") in map(str, YEARS)


def is_text(content: Content) -> bool:
    return isinstance(content, str) and content != GONE and not is_year(content)


def change_number(chance: random.Random, book: Book) -> None:
    """Write another number where one stands: slips of a digit, a unit, a sign, a per cent."""
    sheet, at = some_cell(chance, book, is_figure)
    number = Decimal(repr(sheet[at]))
    slipped = list(format(number, "f"))
    digits = [place for place, sign in enumerate(slipped) if sign.isdecimal()]
    place = chance.choice(digits[:4])
    slipped[place] = str((int(slipped[place]) + chance.randint(1, 9)) % 10)
    sheet[at] = float(
        chance.choice([
            number * 10, number / 10, number * 1000, number / 1000, -number, Decimal(0),
            number * Decimal(str(chance.uniform(0.5, 1.5))),
            number * Decimal(str(chance.uniform(0.98, 1.02))),
            Decimal("".join(slipped)),
        ])
    )  # fmt: skip


def spoil_number(chance: random.Random, book: Book) -> None:
    sheet, at = some_cell(chance, book, is_figure)
    number = sheet[at]
    sheet[at] = chance.choice(
        [None, "", "..", "n/a", GONE, True, f"{number}", f"{number} *", f"~{number}", "x"]
    )


def change_year(chance: random.Random, book: Book) -> None:
    sheet, at = some_cell(chance, book, is_year)
    year = str(sheet[at])
    sheet[at] = chance.choice(
        [None, "year", f"{year}e", year.rstrip("e"), 2014, "2024e", 2041, 20144, f"{year} e", f" {year}"]
    )  # fmt: skip


def change_text(chance: random.Random, book: Book) -> None:
    sheet, at = some_cell(chance, book, is_text)
    text = str(sheet[at])
    place = chance.randrange(len(text) + 1)
    other_sheet, other = some_cell(chance, book, is_text)
    sheet[at] = chance.choice([
        None, text[:place], text[:place] + chance.choice(string.ascii_letters) + text[place:],
        text[:place] + text[place + 1 :], text.upper(), f"  {text} ", f"{text}*", text.replace("*", ""),
        other_sheet[other], 17.5, text.replace("Million", "Billion"), text.replace("2015", "2021"),
    ])  # fmt: skip


def moved(sheet: Sheet, move: Callable[[int, int], tuple[int, int] | None]) -> None:
    cells = [(move(*at), content) for at, content in sheet.items()]
    sheet.clear()
    sheet.update({at: content for at, content in cells if at})


def change_rows(chance: random.Random, book: Book) -> None:
    """Insert, delete, swap or repeat rows of a sheet."""
    sheet = some_sheet(chance, book)
    rows = sorted({row for row, _ in sheet})
    here, there = chance.choice(rows), chance.choice(rows)
    match chance.randrange(4):
        case 0:
            count = chance.randint(1, 5)
            moved(sheet, lambda row, column: (row + count * (row >= here), column))
        case 1:
            moved(sheet, lambda row, column: None if row == here else (row - (row > here), column))
        case 2:
            swap = {here: there, there: here}
            moved(sheet, lambda row, column: (swap.get(row, row), column))
        case _:
            copy = {at: content for at, content in sheet.items() if at[0] == here}
            moved(sheet, lambda row, column: (row + (row > there), column))
            sheet.update({(there + 1, column): content for (_, column), content in copy.items()})


def change_columns(chance: random.Random, book: Book) -> None:
    sheet = some_sheet(chance, book)
    columns = sorted({column for _, column in sheet})
    here, there = chance.choice(columns), chance.choice(columns)
    match chance.randrange(3):
        case 0:
            count = chance.randint(1, 3)
            moved(sheet, lambda row, column: (row, column + count * (column >= here)))
        case 1:
            moved(
                sheet,
                lambda row, column: None if column == here else (row, column - (column > here)),
            )
        case _:
            swap = {here: there, there: here}
            moved(sheet, lambda row, column: (row, swap.get(column, column)))


def change_sheets(chance: random.Random, book: Book) -> None:
    """Shuffle, rename, drop or repeat sheets, or put one below another."""
    names = list(book)
    name, other = chance.sample(names, 2)
    sheets = dict(book)
    book.clear()
    match chance.randrange(5):
        case 0:
            chance.shuffle(names)
            book.update({one: sheets[one] for one in names})
        case 1:
            book.update({("Feuil" + one if one == name else one): sheets[one] for one in names})
        case 2:
            book.update({one: sheets[one] for one in names if one != name})
        case 3:
            book.update(sheets | {"copy": dict(sheets[name])})
        case _:
            below = max(row for row, _ in sheets[other]) + chance.randint(1, 9)
            book.update({one: sheets[one] for one in names if one != name})
            book[other].update(
                {(row + below, at): cell for (row, at), cell in sheets[name].items()}
            )


CELLS: dict[str, Damage] = {
    "a number changed": change_number,
    "a number spoilt": spoil_number,
    "a year changed": change_year,
    "a text changed": change_text,
    "rows changed": change_rows,
    "columns changed": change_columns,
    "sheets changed": change_sheets,
}


def tear(chance: random.Random, content: bytes) -> bytes:
    """Damage the bytes of a workbook: cut, turn over, drop or spoil a part of its archive."""
    match chance.randrange(4):
        case 0:
            return content[: chance.randrange(len(content))]
        case 1:
            torn = bytearray(content)
            for _ in range(chance.randint(1, 8)):
                torn[chance.randrange(len(torn))] ^= 1 << chance.randrange(8)
            return bytes(torn)
        case 2:
            start = chance.randrange(len(content))
            return content[:start] + content[start + chance.randint(1, 500) :]
        case _:
            return with_part_torn(chance, content)


def with_part_torn(chance: random.Random, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(parts))
    start = chance.randrange(len(parts[name]))
    slice_ = parts[name][start : start + chance.randint(1, 60)]
    parts[name] = chance.choice([b"", parts[name].replace(slice_, b"", 1), parts[name][:start]])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for one, text in parts.items():
            if text or chance.random() < 0.5:
                archive.writestr(one, text)
    return stream.getvalue()

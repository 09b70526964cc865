"""Checks that the countries of SIPRI's workbook add up to its totals of regions and the world."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from importers.books import Book, digits
from importers.sipri_layouts import ABSENT, COUNTRIES, OMITTED, REGIONS, WORLD, Sheet
from importers.sipri_tables import columns_of, header
from importers.workbooks import Line

# Where every country of a region has a figure, the sum is the total to the last digit, but for
# Western Europe 2021, which is 0.46 percent off in the release of 2025.
UNEVEN = Decimal("0.005")
# SIPRI's world includes what it reckons for countries without a figure: the sum of the others was
# between 97.2 and 100.3 percent of it in 1988 to 2024, at constant and at current prices.
RECKONED = Decimal("0.035")

# Region, indicator and year.
Place: TypeAlias = tuple[str, str, int]


@dataclass
class Sum:
    """What a region's countries add up to; not whole where one that belongs has no figure."""

    value: Decimal = Decimal(0)
    is_whole: bool = True


def check_sums(book: Book) -> Iterator[str]:
    totals = read_totals(book)
    for place, sum_ in sums(book).items():
        total = totals.get(place)
        if total is None:
            continue
        least = RECKONED if place[0] == WORLD else UNEVEN
        is_short = sum_.value < total * (1 - least) and (sum_.is_whole or place[0] == WORLD)
        if is_short or sum_.value > total * (1 + UNEVEN):
            cell = " ".join(map(str, place))
            text = f"the countries add up to {sum_.value:.0f}, SIPRI's total is {total:.0f}"
            yield book.wrong("", cell, text)


def read_totals(book: Book) -> dict[Place, Decimal]:
    """Return SIPRI's totals in millions."""
    return {
        (line.text(last=1), *key): amount
        for line, columns in rows(book, REGIONS)
        for column, key in columns.items()
        if (amount := amount_of(line, column, REGIONS)) is not None
    }


def sums(book: Book) -> dict[Place, Sum]:
    """Return the sums of the countries' dollars, by region and for the world."""
    regions = {line.text(last=1) for line, _ in rows(book, REGIONS)}
    omitted = omitted_countries(book)
    found: dict[Place, Sum] = defaultdict(Sum)
    for sheet in COUNTRIES:
        region = ""
        for line, columns in rows(book, sheet) if "usd" in sheet.indicator else ():
            name = line.text(last=1)
            if name in regions:
                region = name
                continue
            for column, key in columns.items():
                amount = amount_of(line, column, sheet)
                found[WORLD, *key].value += amount or 0
                if name not in omitted:
                    add(found[region, *key], amount, line.cells.get(column) == ABSENT)
    return found


def add(sum_: Sum, amount: Decimal | None, is_absent: bool) -> None:
    sum_.value += amount or 0
    sum_.is_whole &= is_absent or amount is not None


def rows(book: Book, sheet: Sheet) -> Iterator[tuple[Line, dict[int, tuple[str, int]]]]:
    lines = book.sheets[sheet.title]
    head = header(sheet, lines)
    for line in lines[lines.index(head) + 1 :] if head else ():
        if line.text(last=1):
            yield line, columns_of(sheet, head) if head else {}


def amount_of(line: Line, column: int, sheet: Sheet) -> Decimal | None:
    value = line.cells.get(column)
    return Decimal(digits(value, sheet.power)) if isinstance(value, int | float) else None


def omitted_countries(book: Book) -> str:
    """Return the text of all countries that SIPRI leaves out of its totals, as it is printed."""
    lines = book.sheets[REGIONS.title]
    head = header(REGIONS, lines)
    cells = head.cells if head else {}
    column = next((at for at, text in cells.items() if text == OMITTED), 0)
    return "; ".join(line.text(column, column) for line in lines) if column else ""

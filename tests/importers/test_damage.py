"""A thousand workbooks, each damaged in one random way: read to the same figures, or refused.

What no check can see is a number changed for another that everything else agrees with. How far
that goes is written down in unseen(), and held: a change that is let through is of one figure,
within the bound of its indicator.
"""

import random
import shutil
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from importers.__main__ import DATA
from importers.figures import Figure, Key, read_figures
from importers.intake import Wish, take_in
from importers.jumps import YEARLY
from importers.reference import read_reference
from importers.refusals import RefusedError
from importers.releases import read_release

from .conftest import Pack
from .damage import CELLS, MEMBERS, YEARS, Book, packed, small_book, small_figures, tear

EACH = 125
NAME = "nato-2024-06-17"

Values = dict[Key, tuple[str | None, str, str | None]]
# What was written, or what was refused.
TakeIn = Callable[[bytes], Values | list[str]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data/ in which the alliance has a few allies, and no release."""
    data = tmp_path_factory.mktemp("damage") / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("releases"))
    (data / "releases").mkdir()
    path = data / "members.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines[1:] if line[:3] in MEMBERS]
    path.write_text("".join([lines[0], *kept]), "utf-8")
    return data


@pytest.fixture(scope="module")
def book(root: Path, release_2024: Pack) -> Book:
    figures = small_figures(release_2024[1])
    path = root.parent / "tables.xlsx"
    return small_book(path, release_2024[0], read_reference(root), figures)


@pytest.fixture(scope="module")
def read(root: Path) -> TakeIn:
    """Return a function that takes a workbook in and returns what the folder then has."""

    def read(content: bytes) -> Values | list[str]:
        file, folder = root.parent / "damaged.xlsx", root / "releases" / NAME
        file.write_bytes(content)
        problems = list[str]()
        try:
            take_in(Wish("nato", file, root, date(2024, 6, 17), {}))
        except RefusedError as refusal:
            problems = [line.removeprefix(f"{file}: ") for line in refusal.problems]
        assert folder.exists() == (not problems)
        assert [path.name for path in root.iterdir() if path.name.startswith(".")] == []
        if problems:
            return problems
        found = values(read_figures(read_release(folder)))
        shutil.rmtree(folder)
        return found

    return read


@pytest.fixture(scope="module")
def whole(book: Book, read: TakeIn) -> Values:
    found = read(packed(book))
    assert isinstance(found, dict), found
    return found


def values(figures: list[Figure]) -> Values:
    return {figure.key: (figure.value, figure.stage, figure.missing_reason) for figure in figures}


def unseen(key: Key, before: Decimal, after: Decimal) -> bool:
    """Tell whether a changed figure may pass: within the tolerance of what could tell it.

    Sums and the formulas of derived.py see a billionth. The four shares of expenditure add up to
    100 within 0.005, the share of GDP may be one percent off what the tables say, and national
    currency at current prices two percent off the rate of the others of the euro; of any other
    currency, as of a real change whose year before is not in the file, nothing but a jump is seen:
    one of three times the year before, or of two at the rate to the dollar, whichever way the figure
    had moved by itself; four times covers both.
    """
    _, indicator, year = key
    if indicator.endswith("_share_pct"):
        return abs(after - before) <= Decimal("0.01")
    if indicator == "share_gdp_pct":
        return abs(after / before - 1) <= Decimal("0.021")
    if indicator == "spending_lcu_m_current" and year != 2015:
        most = Decimal("1.041") if key[0] in ("DEU", "FRA", "LTU") else Decimal(4)
        return after > 0 and max(after / before, before / after) <= most
    if indicator == "real_change_pct" and year - 1 not in YEARS:
        return abs(after - before) <= 2 * YEARLY["pct"].allowed
    return abs(after - before) <= abs(before) * Decimal("1e-7")


def is_same(whole: Values, found: Values) -> bool:
    """Tell whether the figures are those of the whole workbook, but for one change unseen."""
    changed = [key for key in whole.keys() | found.keys() if whole.get(key) != found.get(key)]
    for key in changed:
        before, after = whole.get(key), found.get(key)
        if not before or not after or before[1:] != after[1:] or not before[0] or not after[0]:
            return False
        if not unseen(key, Decimal(before[0]), Decimal(after[0])):
            return False
    return len(changed) <= 1


def test_the_undamaged_workbook_gives_the_published_figures(
    whole: Values, release_2024: Pack
) -> None:
    published = values(release_2024[1])
    allies = {key: value for key, value in whole.items() if key[0] in MEMBERS}
    assert allies == {key: published[key] for key in allies}
    assert sum(value[0] is not None for value in allies.values()) == 8 * 4 * 15 + 4 * 3 + 8


@pytest.mark.parametrize("name", CELLS)
def test_damaged_cells_are_refused_or_change_nothing(
    name: str, book: Book, read: TakeIn, whole: Values
) -> None:
    chance, refused = random.Random(name), 0
    for number in range(EACH):
        damaged = deepcopy(book)
        CELLS[name](chance, damaged)
        found = read(packed(damaged))
        if isinstance(found, dict):
            assert is_same(whole, found), f"{name} {number}"
        else:
            refused += 1
            assert any(is_placed(line, damaged) for line in found), found
    assert 0 < refused <= EACH


def is_placed(line: str, book: Book) -> bool:
    """Tell whether a refusal names a sheet or cell, or what was looked for in all sheets."""
    return line.startswith(tuple(book)) or (
        "is the title of no table" in line and "; sheets: " in line
    )


def test_torn_files_are_refused_or_change_nothing(book: Book, read: TakeIn, whole: Values) -> None:
    chance, content = random.Random("torn"), packed(book)
    refused = 0
    for number in range(EACH):
        found = read(tear(chance, content))
        refused += isinstance(found, list)
        assert isinstance(found, list) or is_same(whole, found), number
    assert refused > EACH // 2


def test_there_are_a_thousand() -> None:
    assert EACH * (len(CELLS) + 1) == 1000

"""What NATO's workbook prints around its figures: data, not code.

A table is found by its title and its unit, its blocks by their titles, the years by the row that
has them: sheets may have any name and order, rows and columns may move, and a table may stand on
another sheet. Case, spaces, punctuation and the number of a table do not matter. {base}, {first}
and {last} stand for the price base, the first and the last year, which the file itself says.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

PLACES = {name: rf"(?P<{name}>(?:19|20)\d\d)" for name in ("base", "first", "last")}
# Table 8a : Distribution ... (b)
NUMBER = re.compile(r"(?:table|tableau) *\d+ ?[a-z]? *[:.\u2013\u2014-] *", re.IGNORECASE)
LETTER = re.compile(r"\([a-z]\)", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """One indicator's rows, under a title of their own."""

    title: str
    indicator: str


@dataclass(frozen=True)
class Table:
    """A table with a row of years. The unit is printed once, above the years."""

    title: str
    unit: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Comparison:
    """A table whose columns mostly repeat cells of others; those are checked, not loaded.

    The columns stand in the order printed: header, indicator, and which year the figure is of.
    """

    title: str
    unit: str
    columns: tuple[tuple[str, str, str], ...]
    own: str


# What Table 1 calls a currency, and which it may mean.
CURRENCIES = {
    "Canadian dollars": ("CAD",),
    "Denars": ("MKD",),
    "Euros": ("EUR",),
    "Forint": ("HUF",),
    "Koruny": ("CZK",),
    "Kroner": ("DKK", "NOK"),
    "Kronor": ("SEK",),
    "Leks": ("ALL",),
    "Leva": ("BGN",),
    "Liras": ("TRY",),
    "New Lei": ("RON",),
    "Pounds": ("GBP",),
    "US dollars": ("USD",),
    "Zlotys": ("PLN",),
}

# Beside the names of areas.csv.
AGGREGATES = {
    "OTAN Europe et Canada": "NATO_EUR_CAN",
    "Total OTAN": "NATO_TOTAL",
    "OTAN - Total": "NATO_TOTAL",
}

TABLES = (
    Table("Defence expenditure", "Million national currency units", (
        Block("Current prices", "spending_lcu_m_current"),
        Block("Constant {base} prices", "spending_lcu_m_constant"),
    )),
    Table("Defence expenditure", "Million US dollars", (
        Block("Current prices and exchange rates", "spending_usd_m_current"),
        Block("Constant {base} prices and exchange rates", "spending_usd_m_constant"),
    )),
    Table(
        "Defence expenditure as a share of GDP and annual real change",
        "Based on {base} prices",
        (
            Block("Share of real GDP (%)", "share_gdp_pct"),
            Block("Annual real change (%)", "real_change_pct"),
        ),
    ),
    Table("GDP", "Million US dollars", (
        Block("Current prices and exchange rates", "gdp_usd_m_current"),
        Block("Constant {base} prices and exchange rates", "gdp_usd_m_constant"),
    )),
    Table(
        "GDP per capita and defence expenditure per capita",
        "{base} prices and exchange rates",
        (
            Block("GDP per capita (thousand US dollars)", "gdp_per_capita_usd_k_constant"),
            Block(
                "Defence expenditure per capita (US dollars)", "spending_per_capita_usd_constant"
            ),
        ),
    ),
    # The only table with one block: its unit does for a title.
    Table("Military personnel", "Thousands", (Block("Thousands", "personnel_thousands"),)),
    Table(
        "Distribution of defence expenditure by main category",
        "Percentage of total defence expenditure",
        (
            Block("Equipment (a)", "equipment_share_pct"),
            Block("Personnel (b)", "personnel_share_pct"),
        ),
    ),
    Table(
        "Distribution of defence expenditure by main category",
        "Percentage of total defence expenditure",
        (
            Block("Infrastructure (c)", "infrastructure_share_pct"),
            Block("Other (d)", "other_share_pct"),
        ),
    ),
)  # fmt: skip

COMPARISON = Comparison(
    "Defence expenditure real change {first}-{last}e",
    "Million US dollars ({base} prices and exchange rates)",
    (
        ("{first}", "spending_usd_m_constant", "first"),
        ("{last}e", "spending_usd_m_constant", "last"),
        ("Real change {first}-{last}e (%)", "real_change_since_2014_pct", "last"),
        ("Share of real GDP {first} (%)", "share_gdp_pct", "first"),
        ("Share of real GDP {last}e (%)", "share_gdp_pct", "last"),
    ),
    own="real_change_since_2014_pct",
)
# The year that its own column counts from.
COUNTED_FROM = 2014

# What a text under a table begins with, if it is a note. Where a note has a word of the second
# part, it is on the aggregates alone.
NOTES = ("note:", "notes:", "note :", "notes :", "*", "(a)", "(b)", "(c)", "(d)")
ON_AGGREGATES = "aggregates"


@lru_cache(maxsize=10_000)
def plain(text: str) -> str:
    """Return a printed text without what does not matter: number, letter, case, points, spaces."""
    text = LETTER.sub(" ", NUMBER.sub("", " ".join(text.split()), count=1))
    text = unicodedata.normalize("NFKD", text.casefold())
    signs = (sign for sign in text if not unicodedata.combining(sign))
    words = "".join(sign if sign.isalnum() or sign in "%{}" else " " for sign in signs)
    return " ".join(words.split())


@lru_cache
def pattern_of(title: str) -> re.Pattern[str]:
    pattern = re.escape(plain(title)).replace(r"\ ", " ")
    for name, place in PLACES.items():
        pattern = pattern.replace(rf"\{{{name}\}}", place)
    return re.compile(pattern)


def match(title: str, cell: object) -> dict[str, int] | None:
    """Return the years that a printed text has where the title has places; None if it differs."""
    found = pattern_of(title).fullmatch(plain(cell)) if isinstance(cell, str) else None
    return found and {name: int(year) for name, year in found.groupdict().items()}

"""Where each vintage of NATO's workbook keeps each table: data, not code.

Tables and blocks are found by their printed titles, years by the header row, so that rows and
columns may move. {base} stands for the base year of the release.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """One indicator's rows, under a title of their own."""

    title: str
    indicator: str


@dataclass(frozen=True)
class Table:
    """A sheet with a row of years. The unit is printed once, above the years."""

    sheet: str
    title: str
    unit: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Comparison:
    """A sheet whose columns mostly repeat cells of other tables; they are checked, not loaded.

    The columns stand in the order printed: header, indicator, and the year of the figure.
    """

    sheet: str
    title: str
    unit: str
    columns: tuple[tuple[str, str, int], ...]
    own: str


@dataclass(frozen=True)
class Layout:
    tables: tuple[Table, ...]
    comparison: Comparison | None


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

LAYOUT_2024 = Layout(
    tables=(
        Table("TABLE1", "Table 1 : Defence expenditure", "Million national currency units", (
            Block("Current prices", "spending_lcu_m_current"),
            Block("Constant {base} prices", "spending_lcu_m_constant"),
        )),
        Table("TABLE2", "Table 2 : Defence expenditure", "Million US dollars", (
            Block("Current prices and exchange rates", "spending_usd_m_current"),
            Block("Constant {base} prices and exchange rates", "spending_usd_m_constant"),
        )),
        Table(
            "TABLE3",
            "Table 3 : Defence expenditure as a share of GDP and annual real change",
            "Based on {base} prices",
            (
                Block("Share of real GDP (%)", "share_gdp_pct"),
                Block("Annual real change (%)", "real_change_pct"),
            ),
        ),
        Table("TABLE5", "Table 5 : GDP", "Million US dollars", (
            Block("Current prices and exchange rates", "gdp_usd_m_current"),
            Block("Constant {base} prices and exchange rates", "gdp_usd_m_constant"),
        )),
        Table(
            "TABLE6",
            "Table 6 : GDP per capita and defence expenditure per capita",
            "{base} prices and exchange rates",
            (
                Block("GDP per capita (thousand US dollars)", "gdp_per_capita_usd_k_constant"),
                Block(
                    "Defence expenditure per capita (US dollars)",
                    "spending_per_capita_usd_constant",
                ),
            ),
        ),
        # The only table with one block: its unit does for a title.
        Table("TABLE7", "Table 7 : Military personnel", "Thousands", (
            Block("Thousands", "personnel_thousands"),
        )),
        Table(
            "TABLE8a",
            "Table 8a : Distribution of defence expenditure by main category",
            "Percentage of total defence expenditure",
            (
                Block("Equipment (a)", "equipment_share_pct"),
                Block("Personnel (b)", "personnel_share_pct"),
            ),
        ),
        Table(
            "TABLE8b",
            "Table 8b : Distribution of defence expenditure by main category",
            "Percentage of total defence expenditure",
            (
                Block("Infrastructure (c)", "infrastructure_share_pct"),
                Block("Other (d)", "other_share_pct"),
            ),
        ),
    ),
    comparison=Comparison(
        "TABLE4",
        "Table 4 : Defence expenditure real change 2014-2024e",
        "Million US dollars ({base} prices and exchange rates)",
        (
            ("2014", "spending_usd_m_constant", 2014),
            ("2024e", "spending_usd_m_constant", 2024),
            ("Real change 2014-2024e (%)", "real_change_since_2014_pct", 2024),
            ("Share of real GDP 2014 (%)", "share_gdp_pct", 2014),
            ("Share of real GDP 2024e (%)", "share_gdp_pct", 2024),
        ),
        own="real_change_since_2014_pct",
    ),
)  # fmt: skip

# By the year of publication: a vintage without an entry of its own keeps the layout before it.
LAYOUTS = {2024: LAYOUT_2024}


def layout_of(year: int) -> Layout | None:
    """Return the newest layout that is not newer than a publication of that year."""
    return LAYOUTS[max(known)] if (known := [first for first in LAYOUTS if first <= year]) else None

"""What SIPRI's workbook prints around its figures: data, not code.

Sheets are found by the titles printed on them, years by the header row, so that sheets, rows and
columns may move. {base} stands for the base year of the release.
"""

from dataclasses import dataclass

from importers.figures import Stage
from importers.workbooks import BLACK


@dataclass(frozen=True)
class Sheet:
    """A sheet with a row of years and a row for each country or region.

    `power` is the power of ten that turns what a cell holds into our unit. `own` is the indicator
    of a column that prints other prices than the rest of the sheet. `texts` begin lines that must
    be there: they say the unit, and what colours and signs mean.
    """

    title: str
    texts: tuple[str, ...]
    corner: str
    indicator: str
    power: int = 0
    own: str = ""


COLOURED = (
    "Figures in blue are SIPRI estimates. Figures in red indicate highly uncertain data.",
    '". ." = data unavailable. "xxx" = country did not exist or was not independent during all or '
    "part of the year in question.",
)

COUNTRIES = (
    Sheet(
        "Military expenditure by country, in constant ({base}) US$ m.,",
        ("Figures are in US $m., at constant {base} prices and exchange rates", *COLOURED),
        "Country",
        "spending_usd_m_constant",
    ),
    Sheet(
        "Military expenditure by country, in millions of US$ at current prices and exchange rates,",
        (
            "Figures are in US $m., in current prices, converted at the exchange rate for the "
            "given year.",
            *COLOURED,
        ),
        "Country",
        "spending_usd_m_current",
    ),
    # Percentages on the screen, fractions in the cells.
    Sheet(
        "Military expenditure by country as percentage of gross domestic product,",
        COLOURED,
        "Country",
        "share_gdp_pct",
        power=2,
    ),
)

# In billions. The last column repeats the last year at its own prices.
REGIONS = Sheet(
    "Military expenditure by region in constant US dollars",
    (
        "Figures are in US$ b., at constant {base} prices and exchange rates, except for the last "
        "figure which is in US$ b. at ",
        "Figures in red indicate that more than 10% of the total figure consists of estimates for "
        "countries for which data is missing.",
        'The symbol ". ." indicates that data is unavailable, or that the world or regional '
        "estimate is considered too uncertain to be reliable.",
    ),
    "Region",
    "spending_usd_m_constant",
    power=3,
    own="spending_usd_m_current",
)
WORLD = "World"

# The columns beside the years.
MARKS = "Notes"
OMITTED = "Omitted countries"

# What stands where there is no figure.
ABSENT = "xxx"
UNKNOWN = (". .", "..", "...", "\u2026")

# How a note says that it is on cells of a colour, or on zeros.
RED_SIGN, ZERO_SIGN = "red", "0"

# What the colour of a figure says.
RED = "FF0000"
STAGES: dict[str, Stage] = {BLACK: "actual", "0000FF": "estimate", RED: "estimate"}

# A partial release holds the newest years: SIPRI allows about a tenth of its data set.
YEARS_OF_A_PART = 2

# The sheet that says what the marks mean, and what ours are called.
FOOTNOTES = "Footnotes and special notes"
SYMBOLS = {"†": "pensions", "‡": "current", "§": "budget", "¶": "paramilitary", "‖": "currency"}
ON_NATIONAL_CURRENCY = "‖"

# What every release needs a note for, by the mark.
SIGNS = {
    RED_SIGN: "Printed in red by SIPRI: highly uncertain, or of a total more than a tenth reckoned "
    "for countries without a figure.",
    ZERO_SIGN: "SIPRI prints 0 here because there is no rate of exchange to convert the sum in "
    "national currency. It is held as not reported.",
}
PART = (
    "Only a part of this release is held, as SIPRI's terms ask for: the allies' figures of {first} "
    "and {last} and the world totals of those years."
)

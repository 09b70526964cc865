"""What /v1/spending-years accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Note, Output, bounds_of
from .codelists import codes_of
from .envelope import FigureListMeta, FigureMeta, item_of, page_of
from .members import MemberFilter
from .parameters import Choice, Items, Whole
from .vintage import Latest, Vintage


def figure(description: str, unit: str, example: float | None = None) -> fields.Float:
    """Return a figure's field: a double at full published precision, or null."""
    metadata = {"description": f"{description} Unit: {unit}. Null with a reason in `missing`."}
    return fields.Float(allow_none=True, metadata=metadata | {"example": example})


class MissingFigure(Output):
    """A figure that is null, and why."""

    field = fields.String(metadata={"description": "The field.", "example": "share_gdp_pct"})
    reason = fields.String(
        metadata={
            "description": "A code of `/v1/codelists/missing-reasons`.",
            "example": "not_reported",
        }
    )


class SpendingYear(Output):
    """What one member spent in one year, as one release reported it."""

    is_written = True

    member = fields.String(metadata={"description": "ISO 3166-1 alpha-3.", "example": "POL"})
    year = fields.Integer(
        metadata={
            "description": "The calendar year. Canada's and the United Kingdom's fiscal year "
            "counts as the one it starts in.",
            "example": 2024,
        }
    )
    source = fields.String(metadata={"description": "Whose figures.", "example": "nato"})
    release = fields.String(
        metadata={"description": "The release they stand in.", "example": "nato-2026-07-10"}
    )
    stage = fields.String(
        metadata={
            "description": "`actual`, or `estimate` if any figure in the row is one.",
            "example": "actual",
        }
    )
    share_gdp_pct = figure("Defence expenditure as a share of real GDP.", "per cent of GDP", 3.75)
    spending_usd_m_current = figure(
        "Defence expenditure at the prices and exchange rates of the year.",
        "million US dollars, current",
    )
    spending_usd_m_constant = figure(
        "Defence expenditure at the prices and exchange rates of `constant_base_year`.",
        "million US dollars, constant",
    )
    spending_lcu_m_current = figure(
        "Defence expenditure in `currency` at the prices of the year.",
        "million national currency units, current",
    )
    spending_lcu_m_constant = figure(
        "Defence expenditure in `currency` at the prices of `constant_base_year`.",
        "million national currency units, constant",
    )
    currency = fields.String(
        metadata={
            "description": "ISO 4217, the one that this release uses for this member.",
            "example": "PLN",
        }
    )
    constant_base_year = fields.Integer(
        metadata={"description": "The year whose prices the constant figures use.", "example": 2021}
    )
    real_change_pct = figure(
        "Change of defence expenditure against the year before, in constant prices.", "per cent"
    )
    spending_per_capita_usd_constant = figure(
        "Defence expenditure for each inhabitant.", "US dollars, constant"
    )
    gdp_usd_m_current = figure(
        "Gross domestic product at the prices and exchange rates of the year.",
        "million US dollars, current",
    )
    gdp_usd_m_constant = figure(
        "Gross domestic product at the prices and exchange rates of `constant_base_year`.",
        "million US dollars, constant",
    )
    gdp_per_capita_usd_k_constant = figure(
        "Gross domestic product for each inhabitant.", "thousand US dollars, constant"
    )
    personnel_thousands = figure("Military personnel.", "thousand persons")
    equipment_share_pct = figure(
        "Share of equipment, research and development for major equipment included.",
        "per cent of defence expenditure",
    )
    personnel_share_pct = figure(
        "Share of military and civilian personnel, pensions included.",
        "per cent of defence expenditure",
    )
    infrastructure_share_pct = figure(
        "Share of infrastructure, NATO's common one included.", "per cent of defence expenditure"
    )
    other_share_pct = figure(
        "Share of operations, maintenance and everything else.", "per cent of defence expenditure"
    )
    missing = fields.List(
        fields.Nested(MissingFigure),
        metadata={"description": "The figures that are null, in the order of the fields."},
    )
    notes = fields.List(
        fields.Nested(Note), metadata={"description": "Remarks on figures of the row."}
    )


class SpendingYearListQuery(
    bounds_of(SpendingYear),  # type: ignore[misc]
    Vintage,
    Latest,
    MemberFilter,
    ListQuery,
):
    row, key = SpendingYear, ("member", "year")

    year = Whole(1900, 2100, metadata={"description": "Only this year.", "example": 2024})
    stage = Items(Choice(codes_of("stages")), metadata={"description": "Only these stages."})
    latest = Choice(
        ("each", "common"),
        metadata={
            "description": "`each`: each member's newest year with a figure. `common`: the newest "
            "year in which every member asked for that has armed forces has one. Applied after "
            "the other filters; not together with a year."
        },
    )


class SpendingYearQuery(Vintage):
    """Which release the spending year is read from."""


SpendingYearItem = item_of(SpendingYear, FigureMeta)
SpendingYearPage = page_of(SpendingYear, FigureListMeta)

"""What /v1/quadrants accepts and returns."""

from marshmallow import fields

from .assessments import Rounding
from .base import ListQuery, Output, bounds_of
from .codelists import codes_of
from .envelope import FigureListMeta, page_of
from .members import MemberFilter
from .parameters import Choice, Items, Whole
from .spending_years import MissingFigure, figure
from .vintage import Vintage


class Quadrant(Output):
    """One member's year by the two guidelines of Wales: 2 % of GDP, a fifth of it on equipment."""

    member = fields.String(metadata={"description": "ISO 3166-1 alpha-3.", "example": "POL"})
    year = fields.Integer(metadata={"description": "The calendar year.", "example": 2024})
    release = fields.String(
        metadata={"description": "The release of the figures.", "example": "nato-2026-07-10"}
    )
    stage = fields.String(
        metadata={
            "description": "`actual`, or `estimate` if any figure of that spending year is one.",
            "example": "actual",
        }
    )
    share_gdp_pct = figure("Defence expenditure as a share of real GDP.", "per cent of GDP", 3.75)
    equipment_share_pct = figure(
        "Share of equipment, research and development for major equipment included.",
        "per cent of defence expenditure",
    )
    spending_met = fields.String(
        metadata={
            "description": "Whether `wales-2014-spending` is met: a code of `/v1/codelists/met`.",
            "example": "met",
        }
    )
    equipment_met = fields.String(
        metadata={
            "description": "Whether `wales-2014-equipment` is met: a code of `/v1/codelists/met`.",
            "example": "met",
        }
    )
    quadrant = fields.String(
        metadata={"description": "A code of `/v1/codelists/quadrants`.", "example": "both"}
    )
    missing = fields.List(
        fields.Nested(MissingFigure),
        metadata={"description": "The figures that are null, in the order of the fields."},
    )


class QuadrantListMeta(FigureListMeta):
    """What is known about a list of quadrants; its counts are of the rows on all pages."""

    rule = fields.String(metadata={"description": "How values are compared with the guidelines."})
    year = fields.Integer(metadata={"description": "The year of every row.", "example": 2024})
    both_count = fields.Integer(metadata={"description": "The members that met both."})
    only_spending_count = fields.Integer(metadata={"description": "Those that met only 2 %."})
    only_equipment_count = fields.Integer(metadata={"description": "Those that met only 20 %."})
    neither_count = fields.Integer(metadata={"description": "Those that met neither."})
    unknown_count = fields.Integer(metadata={"description": "Those that lack a figure."})
    not_applicable_count = fields.Integer(
        metadata={"description": "Those outside every other count."}
    )


class QuadrantListQuery(
    bounds_of(Quadrant),  # type: ignore[misc]
    Vintage,
    Rounding,
    MemberFilter,
    ListQuery,
):
    row, key = Quadrant, ("member", "year")

    class Meta(ListQuery.Meta):
        exclude = ("year_gte", "year_lte")  # the quadrants are of one year

    year = Whole(
        1900,
        2100,
        metadata={
            "description": "The year. Default: the newest year that the release covers.",
            "example": 2024,
        },
    )
    quadrant = Items(
        Choice(codes_of("quadrants")), metadata={"description": "Only these quadrants."}
    )


QuadrantPage = page_of(Quadrant, QuadrantListMeta)

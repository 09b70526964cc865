"""What /v1/targets/{target}/assessments accepts and returns."""

import marshmallow as ma
from marshmallow import fields

from .base import ListQuery, Output, bounds_of
from .codelists import codes_of
from .envelope import FigureListMeta, page_of
from .members import GroupFilter, MemberFilter
from .parameters import Choice, Flag, Items, Whole
from .spending_years import MissingFigure, figure
from .vintage import Latest, Vintage


class Assessment(Output):
    """One member's year against one target, as one release has the figures."""

    target = fields.String(
        metadata={"description": "The target's id.", "example": "wales-2014-spending"}
    )
    member = fields.String(metadata={"description": "ISO 3166-1 alpha-3.", "example": "DEU"})
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
    value = figure("The published figure of the target's indicator.", "the target's", 2.0)
    threshold = fields.Float(
        metadata={"description": "The target's number. Unit: the target's.", "example": 2.0}
    )
    met = fields.String(
        metadata={"description": "A code of `/v1/codelists/met`.", "example": "met"}
    )
    within_rounding = fields.Boolean(
        metadata={
            "description": "Whether the publisher's rounding could turn `met`: half a unit of the "
            "last digit that the release gives lies between the value and the line.",
            "example": True,
        }
    )
    gap_pp = figure(
        "`threshold` less `value`: positive is missing, negative is above.", "percentage points"
    )
    gap_usd_m_current = figure(
        "The gap at the prices and exchange rates of the year.", "million US dollars, current"
    )
    gap_usd_m_constant = figure(
        "The gap at the prices and exchange rates of the release's base year.",
        "million US dollars, constant",
    )
    gap_lcu_m_current = figure(
        "The gap in the currency that the release uses, at the rate that its spending implies.",
        "million national currency units, current",
    )
    missing = fields.List(
        fields.Nested(MissingFigure),
        metadata={"description": "The fields that are null, in their order."},
    )


class AssessmentListMeta(FigureListMeta):
    """What is known about a list of assessments; its counts are of the rows on all pages."""

    rule = fields.String(metadata={"description": "How values are compared with the target."})
    met_count = fields.Integer(metadata={"description": "The rows that met it.", "example": 17})
    not_met_count = fields.Integer(metadata={"description": "The rows that did not."})
    unknown_count = fields.Integer(metadata={"description": "The rows without a figure."})
    not_applicable_count = fields.Integer(
        metadata={"description": "The rows outside every other count."}
    )
    within_rounding_count = fields.Integer(
        metadata={"description": "The rows whose `met` the publisher's rounding could turn."}
    )
    member_count = fields.Integer(
        metadata={"description": "The members with a row that is applicable.", "example": 31}
    )
    gap_usd_m_current = fields.Float(
        allow_none=True,
        metadata={
            "description": "The signed sum of the applicable rows' gaps, million US dollars, "
            "current: the gap of a group, when one year is asked for. Null where no row has one."
        },
    )
    gap_usd_m_constant = fields.Float(
        allow_none=True,
        metadata={
            "description": "The signed sum of the applicable rows' gaps, million US dollars, "
            "constant. Null where no row has one."
        },
    )


class Rounding(ma.Schema):
    """How values are rounded before they are compared."""

    rounding = Whole(
        0,
        6,
        metadata={
            "description": "Round the value half up to this many decimals before it is compared, "
            "as headlines do; the value itself is served as published. Default: as published.",
            "example": 1,
        },
    )


class AssessmentListQuery(
    bounds_of(Assessment),  # type: ignore[misc]
    Vintage,
    Latest,
    Rounding,
    GroupFilter,
    MemberFilter,
    ListQuery,
):
    row, key = Assessment, ("target", "member", "year")

    year = Whole(1900, 2100, metadata={"description": "Only this year.", "example": 2024})
    stage = Items(Choice(codes_of("stages")), metadata={"description": "Only these stages."})
    met = Items(Choice(codes_of("met")), metadata={"description": "Only these verdicts."})
    within_rounding = Flag(
        metadata={"description": "Only those that rounding could turn, or only the others."}
    )
    latest = Choice(
        ("each", "common"),
        metadata={
            "description": "`each`: each member's newest year with the figure compared. `common`: "
            "the newest year in which every member asked for that has armed forces has it. "
            "Applied after the other filters; not together with a year."
        },
    )


AssessmentPage = page_of(Assessment, AssessmentListMeta)

"""What /v1/aggregates accepts and returns."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from .base import ListQuery, Output, Query, bounds_of
from .codelists import codes_of
from .envelope import FigureListMeta, page_of
from .faults import refusal
from .parameters import Choice, Code, Items, Whole
from .vintage import Vintage


class Aggregate(Output):
    """One figure of the alliance or of a group of members, printed or computed."""

    area = fields.String(
        metadata={
            "description": "An aggregate that the publisher printed, a code of "
            "`/v1/codelists/groups`, or the members of a group of one's own joined by `+`.",
            "example": "NATO_TOTAL",
        }
    )
    kind = fields.String(
        metadata={
            "description": "A code of `/v1/codelists/aggregate-kinds`.",
            "example": "computed",
        }
    )
    year = fields.Integer(metadata={"description": "The calendar year.", "example": 2024})
    indicator = fields.String(
        metadata={"description": "An id of `/v1/indicators`.", "example": "spending_usd_m_current"}
    )
    value = fields.Float(
        allow_none=True,
        metadata={
            "description": "The figure in the row's `unit`: as printed, or computed exactly from "
            "the members' published figures and not rounded; null with a `missing_reason`.",
            "example": 1474399.4,
        },
    )
    unit = fields.String(
        metadata={"description": "A code of `/v1/codelists/units`.", "example": "usd_m"}
    )
    stage = fields.String(
        metadata={
            "description": "A code of `/v1/codelists/stages`; a computed figure is an `estimate` "
            "if any figure in it is.",
            "example": "estimate",
        }
    )
    members = fields.List(
        fields.String(),
        metadata={
            "description": "Who is in the area in that year, by alpha-3; a member counts from its "
            "accession year. Empty for the world.",
            "example": ["CAN", "USA"],
        },
    )
    missing_members = fields.List(
        fields.String(),
        metadata={
            "description": "Of `members`, those whose figure is missing: of a computed figure "
            "those it lacks, of a printed one those that the publisher left blank.",
            "example": [],
        },
    )
    missing_reason = fields.String(
        allow_none=True,
        metadata={
            "description": "Why the value is null: a code of `/v1/codelists/missing-reasons`."
        },
    )
    source = fields.String(metadata={"description": "Whose figures.", "example": "nato"})
    release = fields.String(
        metadata={"description": "The release they stand in.", "example": "nato-2024-06-17"}
    )


class Group(Query):
    """Whose figures are added up: a group that has a name, or members of one's own choice."""

    group = Choice(
        codes_of("groups"),
        metadata={
            "description": "The group to compute. Default: `nato`. For a group of your own name "
            "its members with `member` instead.",
            "example": "nato-europe",
        },
    )
    member = Items(
        Code("member", "/v1/members"),
        metadata={
            "description": "The members of a group of your own, in any of their names. Not "
            "together with `group`.",
            "example": ["DEU", "FRA"],
        },
    )

    @ma.validates_schema
    def refuse_two_groups(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "group" in data and "member" in data:
            fault = refusal("conflicting_parameters", "Give either group or member, not both.")
            raise ma.ValidationError(dict.fromkeys(("group", "member"), fault.messages))


class AggregateListQuery(bounds_of(Aggregate), Vintage, Group, ListQuery):  # type: ignore[misc]
    row, key = Aggregate, ("area", "indicator", "year")

    kind = Choice(
        codes_of("aggregate-kinds"), metadata={"description": "Only printed or only computed ones."}
    )
    area = Items(
        Code("aggregate", "/v1/aggregates"),
        metadata={
            "description": "Only these of the aggregates that the publisher printed; a computed "
            "one is chosen with `group` or `member`.",
            "example": ["NATO_TOTAL"],
        },
    )
    indicator = Items(
        Code("indicator", "/v1/indicators"),
        metadata={"description": "Only these indicators.", "example": ["spending_usd_m_current"]},
    )
    year = Whole(1900, 2100, metadata={"description": "Only this year.", "example": 2024})
    stage = Items(Choice(codes_of("stages")), metadata={"description": "Only these stages."})


AggregatePage = page_of(Aggregate, FigureListMeta)

"""What /v1/availability accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Output, bounds_of
from .codelists import codes_of
from .envelope import page_of
from .parameters import Choice, Code, Items


class Availability(Output):
    """Of which years one release has a figure of one area and indicator."""

    area = fields.String(
        metadata={
            "description": "A member's alpha-3 code, or an aggregate the publisher printed.",
            "example": "DEU",
        }
    )
    area_kind = fields.String(
        metadata={"description": "A code of `/v1/codelists/area-kinds`.", "example": "member"}
    )
    indicator = fields.String(
        metadata={"description": "An id of `/v1/indicators`.", "example": "share_gdp_pct"}
    )
    unit = fields.String(
        metadata={"description": "A code of `/v1/codelists/units`.", "example": "pct_gdp"}
    )
    release = fields.String(
        metadata={"description": "The release's id.", "example": "nato-2025-08-28"}
    )
    source = fields.String(metadata={"description": "Whose release.", "example": "nato"})
    year_first = fields.Integer(
        allow_none=True,
        metadata={
            "description": "The first year with a figure; null where there is none, for the "
            "reasons in `missing_reasons`.",
            "example": 2014,
        },
    )
    year_last = fields.Integer(
        allow_none=True,
        metadata={
            "description": "The last year with a figure; null where there is none.",
            "example": 2024,
        },
    )
    count = fields.Integer(metadata={"description": "How many years have a figure.", "example": 11})
    missing_count = fields.Integer(
        metadata={"description": "How many have a row without one.", "example": 1}
    )
    missing_years = fields.List(
        fields.Integer(), metadata={"description": "Which those are.", "example": [2025]}
    )
    missing_reasons = fields.List(
        fields.String(),
        metadata={
            "description": "Why, each reason once: codes of `/v1/codelists/missing-reasons`. The "
            "reason of one year stands in `/v1/observations`.",
            "example": ["not_reported"],
        },
    )


class AvailabilityListQuery(bounds_of(Availability), ListQuery):  # type: ignore[misc]
    row, key = Availability, ("area", "indicator", "release")

    area = Items(
        Code("area", "/v1/members (besides NATO_TOTAL and NATO_EUR_CAN)"),
        metadata={
            "description": "Members in any of their names, and the aggregates that a publisher "
            "printed.",
            "example": ["DEU", "NATO_TOTAL"],
        },
    )
    area_kind = Choice(codes_of("area-kinds"), metadata={"description": "Only this kind of area."})
    indicator = Items(
        Code("indicator", "/v1/indicators"),
        metadata={"description": "Only these indicators.", "example": ["share_gdp_pct"]},
    )
    release = Items(
        Code("release", "/v1/releases"),
        metadata={
            "description": "Only these releases. Default: all of them.",
            "example": ["nato-2025-08-28"],
        },
    )
    source = Items(
        Code("source", "/v1/sources"),
        metadata={
            "description": "Only releases of these sources. Default: all of them.",
            "example": ["nato"],
        },
    )
    missing_reason = Items(
        Choice(codes_of("missing-reasons")),
        metadata={"description": "Only where figures are missing for one of these reasons."},
    )


AvailabilityPage = page_of(Availability)

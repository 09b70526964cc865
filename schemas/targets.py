"""What /v1/targets accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Note, Output, Source, bounds_of
from .codelists import codes_of
from .envelope import item_of, page_of
from .parameters import Choice, Code, Items


class Target(Output):
    """A guideline or pledge of the alliance as one number, or a proposal for one."""

    id = fields.String(
        metadata={"description": "The target's id.", "example": "wales-2014-spending"}
    )
    title = fields.String(metadata={"description": "What it is called here."})
    indicator = fields.String(
        metadata={"description": "What it is measured by.", "example": "share_gdp_pct"}
    )
    comparison = fields.String(
        metadata={"description": "How a value is compared with the target's.", "example": ">="}
    )
    value = fields.Float(metadata={"description": "The number, in `unit`.", "example": 2.0})
    unit = fields.String(
        metadata={"description": "A code of `/v1/codelists/units`.", "example": "pct_gdp"}
    )
    state = fields.String(
        metadata={"description": "A code of `/v1/codelists/target-states`.", "example": "agreed"}
    )
    agreed_at = fields.String(
        allow_none=True,
        metadata={"description": "The meeting, an id of `/v1/summits`.", "example": "wales-2014"},
    )
    agreed_on = fields.Date(
        allow_none=True,
        metadata={"description": "The day it was agreed or, of a proposal, made."},
    )
    due_year = fields.Integer(
        allow_none=True, metadata={"description": "The year it is to be met by.", "example": 2024}
    )
    review_year = fields.Integer(
        allow_none=True, metadata={"description": "The year it is to be looked at again."}
    )
    supersedes = fields.String(
        allow_none=True, metadata={"description": "The target that it replaced."}
    )
    superseded_by = fields.String(
        allow_none=True, metadata={"description": "The target that replaced it."}
    )
    text = fields.String(metadata={"description": "What was agreed, in our own words."})
    notes = fields.List(fields.Nested(Note), metadata={"description": "Remarks."})
    sources = fields.List(fields.Nested(Source), metadata={"description": "Where it can be read."})


class TargetListQuery(bounds_of(Target), ListQuery):  # type: ignore[misc]
    row, key = Target, ("id",)

    state = Items(Choice(codes_of("target-states")), metadata={"description": "Only these states."})
    indicator = Items(
        Code("indicator", "/v1/indicators"),
        metadata={"description": "Only targets measured by these indicators."},
    )
    agreed_at = Items(
        Code("summit", "/v1/summits"),
        metadata={"description": "Only targets agreed at these meetings."},
    )


TargetItem = item_of(Target)
TargetPage = page_of(Target)

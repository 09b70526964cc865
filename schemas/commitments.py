"""What /v1/commitments accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Note, Output, Source, bounds_of
from .codelists import codes_of
from .envelope import item_of, page_of
from .members import MemberFilter
from .parameters import Choice, Code, Items


class Commitment(Output):
    """What the alliance or a member promised, planned, proposed, demanded or refused."""

    id = fields.String(metadata={"description": "The commitment's id."})
    member = fields.String(
        allow_none=True,
        metadata={"description": "Whose it is, alpha-3; null for the alliance.", "example": "GBR"},
    )
    made_by = fields.String(metadata={"description": "Who spoke: an office and a name."})
    summit = fields.String(
        allow_none=True,
        metadata={"description": "The meeting it was made at.", "example": "hague-2025"},
    )
    kind = fields.String(
        metadata={"description": "A code of `/v1/codelists/commitment-kinds`.", "example": "pledge"}
    )
    made_on = fields.Date(metadata={"description": "The day it was made.", "example": "2025-02-25"})
    made_on_precision = fields.String(
        metadata={"description": "A code of `/v1/codelists/date-precisions`.", "example": "day"}
    )
    indicator = fields.String(
        allow_none=True,
        metadata={
            "description": "The indicator it can be measured by.",
            "example": "share_gdp_pct",
        },
    )
    value = fields.Float(
        allow_none=True,
        metadata={"description": "The number, or the lower one of a span, in `unit`."},
    )
    value_max = fields.Float(
        allow_none=True, metadata={"description": "The upper number of a span, in `unit`."}
    )
    unit = fields.String(
        allow_none=True,
        metadata={
            "description": "A code of `/v1/codelists/units`, or an ISO 4217 currency for single "
            "units of money.",
            "example": "pct_gdp",
        },
    )
    from_year = fields.Integer(
        allow_none=True, metadata={"description": "The first year it is meant for."}
    )
    due_year = fields.Integer(
        allow_none=True, metadata={"description": "The year it is due by.", "example": 2027}
    )
    summary = fields.String(metadata={"description": "What was said, in our own words."})
    state = fields.String(
        metadata={
            "description": "A code of `/v1/codelists/commitment-states`; `fulfilled` and `lapsed` "
            "follow from NATO's newest full release once `due_year` is over.",
            "example": "open",
        }
    )
    superseded_by = fields.String(
        allow_none=True, metadata={"description": "The commitment that replaced it."}
    )
    backing = fields.String(
        metadata={"description": "A code of `/v1/codelists/backings`.", "example": "official"}
    )
    notes = fields.List(fields.Nested(Note), metadata={"description": "Remarks."})
    sources = fields.List(fields.Nested(Source), metadata={"description": "Where it can be read."})


class CommitmentListQuery(bounds_of(Commitment), MemberFilter, ListQuery):  # type: ignore[misc]
    row, key = Commitment, ("id",)

    scope = Choice(
        ("alliance", "member"),
        metadata={"description": "Only the alliance's own, or only those of members."},
    )
    summit = Items(
        Code("summit", "/v1/summits"), metadata={"description": "Only those made at these."}
    )
    kind = Items(
        Choice(codes_of("commitment-kinds")), metadata={"description": "Only these kinds."}
    )
    indicator = Items(
        Code("indicator", "/v1/indicators"),
        metadata={"description": "Only those measured by these indicators."},
    )
    unit = Items(
        Code("unit", "/v1/codelists/units"),
        metadata={"description": "Only these units.", "example": ["pct_gdp"]},
    )
    state = Items(
        Choice(codes_of("commitment-states")), metadata={"description": "Only these states."}
    )
    backing = Items(Choice(codes_of("backings")), metadata={"description": "Only these backings."})


CommitmentItem = item_of(Commitment)
CommitmentPage = page_of(Commitment)

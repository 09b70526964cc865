"""What /v1/claims accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Note, Output, Source, bounds_of
from .codelists import codes_of
from .envelope import ListMeta, Meta, item_of, page_of
from .parameters import Choice, Items, Whole
from .vintage import Vintage


class Claim(Output):
    """A public statement with a number in it, checked in the figures of the claimant's source."""

    id = fields.String(metadata={"description": "The claim's id."})
    said_by = fields.String(metadata={"description": "Who said it.", "example": "NATO"})
    said_on = fields.Date(metadata={"description": "The day it was said.", "example": "2025-06-05"})
    text = fields.String(metadata={"description": "What was said, in our own words."})
    topic = fields.String(
        metadata={"description": "A code of `/v1/codelists/claim-topics`.", "example": "change"}
    )
    claimed_value = fields.Float(
        allow_none=True,
        metadata={
            "description": "The number that was said, in `unit`; null where none was, as in a "
            "demand.",
            "example": 18.0,
        },
    )
    unit = fields.String(
        metadata={
            "description": "The unit of the values claimed and found: a code of "
            "`/v1/codelists/units`.",
            "example": "members",
        }
    )
    year = fields.Integer(metadata={"description": "The year it is about.", "example": 2024})
    source = fields.String(
        metadata={"description": "The source it is checked in: the claimant's.", "example": "sipri"}
    )
    release = fields.String(
        allow_none=True,
        metadata={
            "description": "The release it is checked in: the newest full one of the source, "
            "unless another is asked for; null where the source had none by `as_of`.",
            "example": "sipri-2025-04-28",
        },
    )
    found_value = fields.Float(
        allow_none=True,
        metadata={
            "description": "What that release says, in `unit`; null where a figure is missing, "
            "for the reason in `explanation`.",
            "example": 17.0,
        },
    )
    verdict = fields.String(
        metadata={
            "description": "A code of `/v1/codelists/verdicts`, reached anew at every request.",
            "example": "holds_if_rounded",
        }
    )
    release_then = fields.String(
        allow_none=True,
        metadata={
            "description": "The release known on `said_on`: what `as_of` that day would choose; "
            "null where there was none.",
            "example": "sipri-2025-04-28",
        },
    )
    found_value_then = fields.Float(
        allow_none=True, metadata={"description": "What that one says, in `unit`."}
    )
    verdict_then = fields.String(
        metadata={
            "description": "The verdict as known on `said_on`: a code of `/v1/codelists/verdicts`.",
            "example": "holds_if_rounded",
        }
    )
    explanation = fields.String(metadata={"description": "Verdict and figures in words."})
    check_url = fields.String(
        metadata={
            "description": "The path and query that give the figures of the check.",
            "example": "/v1/spending-years?year=2024&share_gdp_pct_gte=2&release=sipri-2025-04-28",
        }
    )
    notes = fields.List(fields.Nested(Note), metadata={"description": "Remarks."})
    sources = fields.List(
        fields.Nested(Source), metadata={"description": "Where the statement can be read."}
    )


class CheckedRelease(Output):
    """A release that was answered from, and its terms."""

    id = fields.String(metadata={"description": "The release's id.", "example": "sipri-2025-04-28"})
    source = fields.String(metadata={"description": "The source's id.", "example": "sipri"})
    citation = fields.String(metadata={"description": "How to cite the release."})
    licence = fields.String(metadata={"description": "The publisher's terms."})


class Checking(Output):
    """What the claims were checked in, and how."""

    as_of = fields.Date(
        allow_none=True, metadata={"description": "The day asked for with `as_of`, or null."}
    )
    rule = fields.String(metadata={"description": "How a verdict is reached."})
    releases = fields.List(
        fields.Nested(CheckedRelease),
        metadata={"description": "The release of each source that claims were checked in."},
    )


class ClaimMeta(Meta, Checking):
    """What is known about one claim's answer."""


class ClaimListMeta(ListMeta, Checking):
    """What is known about a list of claims."""


class ClaimListQuery(bounds_of(Claim), Vintage, ListQuery):  # type: ignore[misc]
    row, key = Claim, ("id",)

    topic = Items(Choice(codes_of("claim-topics")), metadata={"description": "Only these topics."})
    year = Whole(1900, 2100, metadata={"description": "Only claims about this year."})
    verdict = Items(Choice(codes_of("verdicts")), metadata={"description": "Only these verdicts."})
    verdict_then = Items(
        Choice(codes_of("verdicts")),
        metadata={"description": "Only these verdicts as known on the day it was said."},
    )


class ClaimQuery(Vintage):
    """Which release of the claimant's source the claim is checked in."""


ClaimItem = item_of(Claim, ClaimMeta)
ClaimPage = page_of(Claim, ClaimListMeta)

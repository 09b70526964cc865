"""What /v1/releases accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Note, Output, UpdatedSince, bounds_of
from .codelists import codes_of
from .envelope import item_of, page_of
from .parameters import Choice, Code, Flag, Instant, Items


class Release(Output):
    """One publication of a source; its figures never change, though it may be withdrawn."""

    id = fields.String(metadata={"description": "The release's id.", "example": "nato-2024-06-17"})
    source = fields.String(metadata={"description": "The source's id.", "example": "nato"})
    title = fields.String(metadata={"description": "The publication's title."})
    published_on = fields.Date(
        metadata={"description": "The day it came out.", "example": "2024-06-17"}
    )
    cutoff_on = fields.Date(
        allow_none=True,
        metadata={"description": "The last day whose information the publisher used, if known."},
    )
    year_first = fields.Integer(
        metadata={"description": "The first year it covers.", "example": 2014}
    )
    year_last = fields.Integer(
        metadata={"description": "The last year it covers.", "example": 2024}
    )
    constant_base_year = fields.Integer(
        metadata={"description": "The year whose prices its constant figures use.", "example": 2015}
    )
    coverage = fields.String(
        metadata={"description": "A code of `/v1/codelists/coverages`.", "example": "full"}
    )
    indicators = fields.List(
        fields.String(), metadata={"description": "The indicators of which figures are held."}
    )
    obtained = fields.String(
        metadata={"description": "A code of `/v1/codelists/obtained`.", "example": "workbook"}
    )
    source_url = fields.String(metadata={"description": "Where the publisher has it."})
    sha256 = fields.String(
        allow_none=True,
        metadata={"description": "Checksum of the publisher's file, where it was read."},
    )
    licence = fields.String(metadata={"description": "The publisher's terms."})
    citation = fields.String(metadata={"description": "How to cite it."})
    figure_count = fields.Integer(
        metadata={"description": "How many figures are held; of a release withdrawn, none."}
    )
    withdrawn_on = fields.Date(
        allow_none=True,
        metadata={
            "description": "The day it was withdrawn here: its figures are no longer served, and "
            "its id answers 410. Null for all others."
        },
    )
    withdrawn_reason = fields.String(
        allow_none=True, metadata={"description": "Why it was withdrawn, or null."}
    )
    updated_at = Instant(
        metadata={
            "description": "When this service took it in, or the rest of it, or withdrew it: "
            "RFC 3339 in UTC.",
            "example": "2026-11-22T06:59:11Z",
        }
    )
    notes = fields.List(
        fields.Nested(Note), metadata={"description": "Remarks on the release as a whole."}
    )


class ReleaseListQuery(bounds_of(Release), UpdatedSince, ListQuery):  # type: ignore[misc]
    row, key = Release, ("id",)

    source = Items(Code("source", "/v1/sources"), metadata={"description": "Only these sources."})
    coverage = Choice(codes_of("coverages"), metadata={"description": "Only this coverage."})
    obtained = Choice(codes_of("obtained"), metadata={"description": "Only those obtained so."})
    withdrawn = Flag(metadata={"description": "Only those withdrawn, or only the others."})


ReleaseItem = item_of(Release)
ReleasePage = page_of(Release)

"""What /v1/summits accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Note, Output, Source, bounds_of
from .codelists import codes_of
from .envelope import item_of, page_of
from .parameters import Choice, Items


class SummitFact(Output):
    """Something that a meeting decided or said."""

    text = fields.String(metadata={"description": "The fact, in our own words."})
    paragraph = fields.String(
        allow_none=True,
        metadata={"description": "The paragraph of the document, where known.", "example": "14"},
    )
    confidence = fields.String(
        metadata={"description": "A code of `/v1/codelists/confidences`.", "example": "high"}
    )


class Summit(Output):
    """A meeting of the alliance at which numbers were promised or reviewed."""

    id = fields.String(metadata={"description": "The meeting's id.", "example": "hague-2025"})
    kind = fields.String(
        metadata={"description": "A code of `/v1/codelists/meeting-kinds`.", "example": "summit"}
    )
    name = fields.String(metadata={"description": "Its name.", "example": "The Hague summit"})
    place = fields.String(metadata={"description": "Where it met.", "example": "The Hague"})
    starts_on = fields.Date(metadata={"description": "Its first day.", "example": "2025-06-24"})
    ends_on = fields.Date(metadata={"description": "Its last day.", "example": "2025-06-25"})
    document_title = fields.String(
        allow_none=True, metadata={"description": "The document that it adopted."}
    )
    document_url = fields.String(
        allow_none=True, metadata={"description": "Where the document can be read."}
    )
    facts = fields.List(
        fields.Nested(SummitFact), metadata={"description": "What it decided or said."}
    )
    notes = fields.List(fields.Nested(Note), metadata={"description": "Remarks."})
    sources = fields.List(
        fields.Nested(Source), metadata={"description": "Where this can be read."}
    )


class SummitListQuery(bounds_of(Summit), ListQuery):  # type: ignore[misc]
    row, key = Summit, ("id",)

    kind = Items(Choice(codes_of("meeting-kinds")), metadata={"description": "Only these kinds."})


SummitItem = item_of(Summit)
SummitPage = page_of(Summit)

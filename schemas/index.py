"""What /v1 returns."""

from marshmallow import fields

from .base import Output
from .envelope import item_of
from .parameters import Instant


class Resource(Output):
    """A list that the service has."""

    name = fields.String(metadata={"description": "Its name.", "example": "spending-years"})
    path = fields.String(metadata={"description": "Its path.", "example": "/v1/spending-years"})
    description = fields.String(metadata={"description": "What it holds."})


class Counts(Output):
    """How much is held."""

    members = fields.Integer(metadata={"description": "Members.", "example": 32})
    releases = fields.Integer(metadata={"description": "Releases."})
    figures = fields.Integer(metadata={"description": "Figures in all releases."})
    targets = fields.Integer(metadata={"description": "Targets."})
    summits = fields.Integer(metadata={"description": "Meetings."})
    commitments = fields.Integer(metadata={"description": "Commitments."})
    claims = fields.Integer(metadata={"description": "Claims."})


class Index(Output):
    """What the service is, which versions are in force, and where everything is."""

    title = fields.String(metadata={"description": "The service's name."})
    description = fields.String(metadata={"description": "What it is for."})
    api_version = fields.String(metadata={"description": "The contract's version."})
    data_release = fields.String(
        allow_none=True,
        metadata={
            "description": "NATO's newest full release; null while none is served.",
            "example": "nato-2026-07-10",
        },
    )
    data_changed_at = Instant(
        metadata={
            "description": "When the data last changed, RFC 3339 in UTC.",
            "example": "2026-11-22T06:59:11Z",
        }
    )
    counts = fields.Nested(Counts)
    resources = fields.List(fields.Nested(Resource), metadata={"description": "What there is."})
    contract = fields.String(metadata={"description": "The contract.", "example": "/openapi.yaml"})
    documentation = fields.String(metadata={"description": "The reference.", "example": "/docs"})


IndexItem = item_of(Index)

"""What the descriptions for harvesters accept, and what they are written from."""

from marshmallow import fields

from .base import Output, Query
from .envelope import page_of
from .parameters import Code, Instant, Items


class DatasetIndicator(Output):
    """An indicator that a dataset has figures of."""

    id = fields.String(metadata={"description": "The indicator's id."})
    title = fields.String(metadata={"description": "Its title."})
    unit = fields.String(metadata={"description": "A code of `/v1/codelists/units`."})
    definition = fields.String(metadata={"description": "What it includes."})


class DatasetMember(Output):
    """A member that a dataset has figures of."""

    code = fields.String(metadata={"description": "The member's ISO 3166-1 alpha-3 code."})
    name = fields.String(metadata={"description": "Its name."})


class Dataset(Output):
    """A release as a catalogue of data has it."""

    id = fields.String(metadata={"description": "The release's id."})
    source = fields.String(metadata={"description": "The source's id."})
    title = fields.String(metadata={"description": "The publication's title."})
    published_on = fields.Date(metadata={"description": "The day it came out."})
    year_first = fields.Integer(metadata={"description": "The first year it covers."})
    year_last = fields.Integer(metadata={"description": "The last year it covers."})
    coverage = fields.String(metadata={"description": "A code of `/v1/codelists/coverages`."})
    source_url = fields.String(metadata={"description": "Where the publisher has it."})
    licence = fields.String(metadata={"description": "The publisher's terms."})
    citation = fields.String(metadata={"description": "How to cite it."})
    publisher = fields.String(metadata={"description": "Who publishes it."})
    publisher_url = fields.String(metadata={"description": "Where they publish."})
    definition = fields.String(metadata={"description": "What counts as military spending."})
    updated_at = Instant(metadata={"description": "When this service took it in, RFC 3339 in UTC."})
    indicators = fields.List(
        fields.Nested(DatasetIndicator), metadata={"description": "What is measured."}
    )
    members = fields.List(
        fields.Nested(DatasetMember), metadata={"description": "The members with figures."}
    )


class DatasetQuery(Query):
    """The query string of a description for harvesters."""

    source = Items(
        Code("source", "/v1/sources"),
        metadata={"description": "Only these sources.", "example": ["nato"]},
    )


DatasetPage = page_of(Dataset)

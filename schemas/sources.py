"""What /v1/sources accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Output
from .envelope import item_of, page_of


class Publisher(Output):
    """A publisher of figures, with its definition of military spending."""

    id = fields.String(metadata={"description": "The source's id.", "example": "nato"})
    title = fields.String(metadata={"description": "The name of its figures."})
    publisher = fields.String(metadata={"description": "Who publishes them."})
    definition = fields.String(metadata={"description": "What it counts as military spending."})
    url = fields.String(metadata={"description": "Where it publishes them."})
    licence = fields.String(metadata={"description": "Its terms."})


class SourceListQuery(ListQuery):
    row, key = Publisher, ("id",)


PublisherItem = item_of(Publisher)
PublisherPage = page_of(Publisher)

"""What /v1/structures/observations.xml is written from."""

from marshmallow import fields

from .base import Output
from .envelope import Meta, item_of
from .parameters import Instant


class StructureCode(Output):
    """A code of the data and what it stands for."""

    code = fields.String(metadata={"description": "The code.", "example": "POL"})
    name = fields.String(metadata={"description": "Its name.", "example": "Poland"})
    definition = fields.String(
        allow_none=True, metadata={"description": "What it includes, where that is said."}
    )


class StructureCodelist(Output):
    """The codes that the data have for one field."""

    id = fields.String(metadata={"description": "The field.", "example": "area"})
    codes = fields.List(
        fields.Nested(StructureCode), metadata={"description": "Its codes, in reading order."}
    )


class Structure(Output):
    """What the codes in the observations mean, so far as the data say it."""

    codelists = fields.List(
        fields.Nested(StructureCodelist), metadata={"description": "A list for each field."}
    )


class StructureMeta(Meta):
    """What is known about the structure."""

    updated_at = Instant(
        metadata={"description": "When the data last changed.", "example": "2026-11-22T06:59:11Z"}
    )


StructureItem = item_of(Structure, StructureMeta)

"""The one shape of every answer: data, meta and links."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from .base import Output


class Meta(Output):
    """What is known about the answer itself."""

    api_version = fields.String(
        metadata={"description": "The version of the contract.", "example": "1.0.0"}
    )


class ListMeta(Meta):
    """What is known about a list."""

    count = fields.Integer(metadata={"description": "The rows on this page.", "example": 32})
    total = fields.Integer(metadata={"description": "The rows on all pages.", "example": 32})


class Provenance(Output):
    """Which publication the figures are from, and on what terms."""

    release = fields.String(
        metadata={"description": "The release's id.", "example": "nato-2026-07-10"}
    )
    source = fields.String(metadata={"description": "The source's id.", "example": "nato"})
    as_of = fields.Date(
        allow_none=True, metadata={"description": "The day asked for with `as_of`, or null."}
    )
    citation = fields.String(metadata={"description": "How to cite the release."})
    licence = fields.String(metadata={"description": "The publisher's terms."})
    rule = fields.String(metadata={"description": "How values are compared with bounds."})


class FigureMeta(Meta, Provenance):
    """What is known about one row of figures."""


class FigureListMeta(ListMeta, Provenance):
    """What is known about a list of figures."""


class Links(Output):
    """Where this answer stands."""

    self = fields.String(
        metadata={
            "description": "The path and query of this answer.",
            "example": "/v1/members/POL",
        }
    )


class ListLinks(Links):
    """Where this page stands, and the next one."""

    next = fields.String(
        allow_none=True,
        metadata={"description": "The path and query of the next page; null on the last."},
    )


def item_of(row: type[Output], meta: type[Meta] = Meta) -> type[Output]:
    """Return the schema of one row in its envelope, named after the row."""
    parts: dict[str, Any] = {"data": nested(row), "meta": nested(meta), "links": nested(Links)}
    return named(f"{row.__name__}Item", f"One `{row.__name__}` in its envelope.", parts)


def page_of(row: type[Output], meta: type[ListMeta] = ListMeta) -> type[Output]:
    """Return the schema of a list's page, named after the row."""
    rows = fields.List(fields.Nested(row), metadata={"description": "The rows, in order."})
    parts: dict[str, Any] = {"data": rows, "meta": nested(meta), "links": nested(ListLinks)}
    return named(f"{row.__name__}Page", f"A page of `{row.__name__}` rows.", parts)


def nested(schema: type[ma.Schema]) -> fields.Nested:
    return fields.Nested(schema)


def named(name: str, doc: str, parts: dict[str, Any]) -> type[Output]:
    made = Output.from_dict(parts, name=name)
    made.__doc__ = doc
    assert issubclass(made, Output)
    return made

"""What /v1/exports accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Output, bounds_of
from .codelists import codes_of
from .envelope import FigureMeta, item_of, page_of
from .parameters import Choice, Code, Items


class Export(Output):
    """Everything of one release as an archive, and where it is had."""

    release = fields.String(
        metadata={"description": "The release's id.", "example": "nato-2024-06-17"}
    )
    source = fields.String(metadata={"description": "The source's id.", "example": "nato"})
    title = fields.String(metadata={"description": "The publication's title."})
    published_on = fields.Date(
        metadata={"description": "The day it came out.", "example": "2024-06-17"}
    )
    coverage = fields.String(
        metadata={"description": "A code of `/v1/codelists/coverages`.", "example": "full"}
    )
    figure_count = fields.Integer(metadata={"description": "How many figures it holds."})
    file_name = fields.String(
        metadata={
            "description": "The name that the archive is saved under.",
            "example": "burdenshare_nato-2024-06-17.zip",
        }
    )
    url = fields.String(
        metadata={
            "description": "The path of the archive.",
            "example": "/v1/exports/nato-2024-06-17.zip",
        }
    )


class ExportListQuery(bounds_of(Export), ListQuery):  # type: ignore[misc]
    row, key = Export, ("release",)

    source = Items(Code("source", "/v1/sources"), metadata={"description": "Only these sources."})
    coverage = Choice(codes_of("coverages"), metadata={"description": "Only this coverage."})


ExportItem = item_of(Export, FigureMeta)
ExportItem.__doc__ = "Everything of one release, as a ZIP archive."
ExportPage = page_of(Export)

"""What /v1/revision-summaries accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Output, bounds_of
from .codelists import codes_of
from .envelope import page_of
from .parameters import Choice, Code, Items
from .revisions import ComparingListMeta, VintageSpan


def count(description: str, example: int) -> fields.Integer:
    return fields.Integer(metadata={"description": description, "example": example})


class RevisionSummary(Output):
    """What one release changed of one indicator, against the previous releases that carry it."""

    to_release = fields.String(
        metadata={"description": "The release that made the changes.", "example": "nato-2026-07-10"}
    )
    source = fields.String(metadata={"description": "Whose release.", "example": "nato"})
    from_releases = fields.List(
        fields.String(),
        metadata={
            "description": "The releases that its figures were compared with, each with the "
            "previous one that carries it.",
            "example": ["nato-2024-06-17", "nato-2025-08-28"],
        },
    )
    indicator = fields.String(
        metadata={"description": "An id of `/v1/indicators`.", "example": "share_gdp_pct"}
    )
    unit = fields.String(
        metadata={"description": "A code of `/v1/codelists/units`.", "example": "pct_gdp"}
    )
    compared_count = count(
        "The figures that an earlier release carries too: the sum of the five kinds below.", 395
    )
    unchanged_count = count("Those of the kind `unchanged`.", 0)
    revision_count = count("Those of the kind `revision`.", 158)
    precision_count = count("Those of the kind `precision`.", 237)
    rebase_count = count("Those of the kind `rebase`.", 0)
    currency_count = count("Those of the kind `currency`.", 0)
    raised_count = count("Of the revisions, those upwards.", 70)
    lowered_count = count("Of the revisions, those downwards.", 88)
    median_delta = fields.Float(
        allow_none=True,
        metadata={
            "description": "The median `delta` of the revisions, in `unit`, in percentage points "
            "where that is a percentage; of an even number the mean of the two in the middle. Null "
            "without revisions.",
            "example": -0.01,
        },
    )
    median_delta_pct = fields.Float(
        allow_none=True,
        metadata={
            "description": "The median `delta_pct` of the revisions, in per cent. Null without "
            "revisions."
        },
    )
    largest_area = fields.String(
        allow_none=True,
        metadata={
            "description": "The area of the largest revision: the largest `delta` in size where "
            "`unit` is a percentage, else the largest `delta_pct`; of equal ones the first by area "
            "and year. Null without revisions.",
            "example": "ALB",
        },
    )
    largest_year = fields.Integer(
        allow_none=True, metadata={"description": "Its year.", "example": 2024}
    )
    largest_from_value = fields.Float(
        allow_none=True, metadata={"description": "The value before, in `unit`.", "example": 1.7}
    )
    largest_to_value = fields.Float(
        allow_none=True, metadata={"description": "The value after, in `unit`.", "example": 1.35}
    )
    largest_delta = fields.Float(
        allow_none=True, metadata={"description": "Its `delta`, in `unit`.", "example": -0.35}
    )
    largest_delta_pct = fields.Float(
        allow_none=True,
        metadata={"description": "Its `delta_pct`, in per cent.", "example": -20.58823529411765},
    )


class RevisionSummaryListQuery(
    bounds_of(RevisionSummary),  # type: ignore[misc]
    VintageSpan,
    ListQuery,
):
    row, key = RevisionSummary, ("to_release", "indicator")

    to_release = Items(
        Code("release", "/v1/releases"),
        metadata={
            "description": "Only what these releases changed.",
            "example": ["nato-2026-07-10"],
        },
    )
    indicator = Items(
        Code("indicator", "/v1/indicators"),
        metadata={"description": "Only these indicators.", "example": ["share_gdp_pct"]},
    )
    area_kind = Choice(
        codes_of("area-kinds"),
        metadata={
            "description": "Count only figures of this kind of area. Default: members and the "
            "publisher's aggregates."
        },
    )


RevisionSummaryPage = page_of(RevisionSummary, ComparingListMeta)

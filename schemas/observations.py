"""What /v1/observations accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Note, Output, bounds_of
from .codelists import codes_of
from .envelope import FigureListMeta, page_of
from .parameters import Choice, Code, Items, Whole
from .vintage import Latest, Vintage


class Observation(Output):
    """One figure of one area in one year, as one release reported it."""

    is_written = True

    area = fields.String(
        metadata={
            "description": "A member's alpha-3 code, or an aggregate the publisher printed.",
            "example": "NATO_TOTAL",
        }
    )
    area_kind = fields.String(
        metadata={"description": "A code of `/v1/codelists/area-kinds`.", "example": "aggregate"}
    )
    indicator = fields.String(
        metadata={"description": "An id of `/v1/indicators`.", "example": "share_gdp_pct"}
    )
    year = fields.Integer(metadata={"description": "The calendar year.", "example": 2024})
    value = fields.Float(
        allow_none=True,
        metadata={
            "description": "The figure at full published precision, in the row's `unit`; null "
            "with a `missing_reason`.",
            "example": 2.71,
        },
    )
    unit = fields.String(
        metadata={"description": "A code of `/v1/codelists/units`.", "example": "pct_gdp"}
    )
    stage = fields.String(
        metadata={"description": "A code of `/v1/codelists/stages`.", "example": "estimate"}
    )
    missing_reason = fields.String(
        allow_none=True,
        metadata={
            "description": "Why the value is null: a code of `/v1/codelists/missing-reasons`."
        },
    )
    source = fields.String(metadata={"description": "Whose figure.", "example": "nato"})
    release = fields.String(
        metadata={"description": "The release it stands in.", "example": "nato-2024-06-17"}
    )
    source_cell = fields.String(
        allow_none=True,
        metadata={
            "description": "The sheet and cell of the publisher's workbook; null where a "
            "transcription was read.",
            "example": "TABLE3!N43",
        },
    )
    notes = fields.List(fields.Nested(Note), metadata={"description": "Remarks on the figure."})


class ObservationListQuery(bounds_of(Observation), Vintage, Latest, ListQuery):  # type: ignore[misc]
    row, key = Observation, ("area", "indicator", "year")
    newest_of, newest_by = "area", ("release", "indicator")

    area = Items(
        Code("area", "/v1/members (besides NATO_TOTAL and NATO_EUR_CAN)"),
        metadata={
            "description": "Members in any of their names, and the aggregates `NATO_TOTAL`, "
            "`NATO_EUR_CAN` and, of SIPRI, `WORLD`.",
            "example": ["USA", "NATO_TOTAL"],
        },
    )
    area_kind = Choice(codes_of("area-kinds"), metadata={"description": "Only this kind of area."})
    indicator = Items(
        Code("indicator", "/v1/indicators"),
        metadata={"description": "Only these indicators.", "example": ["share_gdp_pct"]},
    )
    year = Whole(1900, 2100, metadata={"description": "Only this year.", "example": 2024})
    stage = Items(Choice(codes_of("stages")), metadata={"description": "Only these stages."})
    missing_reason = Items(
        Choice(codes_of("missing-reasons")),
        metadata={"description": "Only what is missing for these reasons."},
    )
    latest = Choice(
        ("each", "common"),
        metadata={
            "description": "`each`: the newest year with a figure of each area and indicator. "
            "`common`: of each indicator, the newest year in which every member asked for that "
            "has armed forces has one. Applied after the other filters; not together with a year."
        },
    )


ObservationPage = page_of(Observation, FigureListMeta)

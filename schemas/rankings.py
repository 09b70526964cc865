"""What /v1/rankings accepts and returns."""

from marshmallow import fields

from .base import ListQuery, Output, bounds_of
from .codelists import codes_of
from .envelope import FigureListMeta, page_of
from .members import GroupFilter, MemberFilter
from .parameters import Choice, Code, Flag, Items, Whole
from .spending_years import MissingFigure, figure
from .vintage import Latest, Vintage


def place(description: str, example: int, **bounds: int) -> fields.Integer:
    """Return the field of a rank or a year, which may be null; `minimum` and `maximum` bound it."""
    text = f"{description} Null with a reason in `missing`."
    metadata = {"description": text, "example": example, **bounds}
    return fields.Integer(allow_none=True, metadata=metadata)


class Ranking(Output):
    """Where one member stands among the allies of a year by one indicator, in one release."""

    member = fields.String(metadata={"description": "ISO 3166-1 alpha-3.", "example": "POL"})
    indicator = fields.String(
        metadata={"description": "An id of `/v1/indicators`.", "example": "share_gdp_pct"}
    )
    year = fields.Integer(metadata={"description": "The calendar year.", "example": 2024})
    value = figure("The published figure.", "the row's `unit`", 3.75)
    unit = fields.String(
        metadata={"description": "A code of `/v1/codelists/units`.", "example": "pct_gdp"}
    )
    rank = place(
        "The place of the value: 1 is the largest, equal values share a place.", 1, minimum=1
    )
    is_tied = fields.Boolean(
        metadata={"description": "Whether another member has the same rank.", "example": False}
    )
    previous_rank = place("The rank in the year before, in the same release.", 1, minimum=1)
    out_of = fields.Integer(
        metadata={
            "description": "How many members are ranked in that year. Unit: members.",
            "example": 31,
        }
    )
    share_of_alliance_pct = figure(
        "The value as a share of the sum of the ranked members' values, for what can be added up: "
        "US dollars and persons.",
        "per cent of the sum",
    )
    share_of_alliance_excl_usa_pct = figure(
        "The same share of the sum without the United States, which has none itself.",
        "per cent of the sum",
    )
    missing_members = fields.List(
        fields.String(),
        metadata={
            "description": "The allies of that year whose figure is missing, by alpha-3: they are "
            "in no rank and no sum.",
            "example": [],
        },
    )
    stage = fields.String(
        metadata={"description": "A code of `/v1/codelists/stages`.", "example": "actual"}
    )
    source = fields.String(metadata={"description": "Whose figures.", "example": "nato"})
    release = fields.String(
        metadata={"description": "The release they stand in.", "example": "nato-2026-07-10"}
    )
    missing = fields.List(
        fields.Nested(MissingFigure),
        metadata={"description": "The fields that are null, in their order."},
    )


class RankingListQuery(
    bounds_of(Ranking),  # type: ignore[misc]
    Vintage,
    Latest,
    GroupFilter,
    MemberFilter,
    ListQuery,
):
    row, key = Ranking, ("member", "indicator", "year")

    indicator = Code(
        "yearly indicator",
        "/v1/indicators",
        metadata={
            "description": "What to rank by: any indicator that a spending year has a field for. "
            "Default: `share_gdp_pct`.",
            "example": "spending_usd_m_current",
        },
    )
    year = Whole(1900, 2100, metadata={"description": "Only this year.", "example": 2024})
    stage = Items(Choice(codes_of("stages")), metadata={"description": "Only these stages."})
    is_tied = Flag(metadata={"description": "Only those that share a rank, or only the others."})
    latest = Choice(
        ("each", "common"),
        metadata={
            "description": "`each`: each member's newest year with a figure. `common`: the newest "
            "year in which every member asked for that has armed forces has one. Applied after "
            "the other filters; not together with a year."
        },
    )


RankingPage = page_of(Ranking, FigureListMeta)

"""What /v1/paths accepts and returns."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from .aggregates import Group
from .base import ListQuery, Output, bounds_of
from .codelists import codes_of
from .envelope import FigureListMeta, page_of
from .faults import refusal
from .members import MemberFilter
from .parameters import Choice, Code, Flag, Rate, Whole
from .rankings import place
from .spending_years import MissingFigure, figure
from .vintage import Vintage


class PathYear(Output):
    """One year of a path, by its assumptions."""

    year = fields.Integer(metadata={"description": "The calendar year.", "example": 2035})
    share_gdp_pct = fields.Float(
        metadata={"description": "The share that the path has then, per cent of GDP."}
    )
    gdp_usd_m = figure("The GDP that is assumed.", "million US dollars of `price_basis`")
    spending_usd_m = figure("The share of that GDP.", "million US dollars of `price_basis`")
    additional_usd_m = figure(
        "What that is more than the share of the start would be in the same year.",
        "million US dollars of `price_basis`",
    )


class PathAssumptions(Output):
    """All that a path assumes, what was left out included."""

    gdp_growth_pct = fields.Float(
        metadata={"description": "Real growth of GDP a year, per cent.", "example": 0.0}
    )
    deflator_pct = fields.Float(
        metadata={"description": "Rise of prices a year, per cent.", "example": 0.0}
    )
    price_basis = fields.String(
        metadata={"description": "A code of `/v1/codelists/price-bases`.", "example": "current"}
    )
    constant_base_year = fields.Integer(
        metadata={
            "description": "The year whose prices the release's constant figures use, the share "
            "of GDP among them.",
            "example": 2021,
        }
    )
    step = fields.String(
        metadata={"description": "A code of `/v1/codelists/path-steps`.", "example": "equal"}
    )


class Path(Output):
    """What it takes one member, or a group as a whole, to reach a target, year for year."""

    target = fields.String(
        metadata={"description": "The target's id.", "example": "hague-2025-core"}
    )
    member = fields.String(
        allow_none=True,
        metadata={"description": "ISO 3166-1 alpha-3; null for a group.", "example": "ESP"},
    )
    group = fields.String(
        allow_none=True,
        metadata={
            "description": "A code of `/v1/codelists/groups`; null for a member.",
            "example": "nato-europe",
        },
    )
    start_year = place("The newest year with a share in the release, or the one given.", 2026)
    end_year = fields.Integer(
        metadata={
            "description": "The year that the target is due in, or the one given.",
            "example": 2035,
        }
    )
    start_value = figure(
        "The published share of the start year; a group's is the computed aggregate.",
        "per cent of GDP",
        2.0,
    )
    target_value = fields.Float(
        metadata={"description": "The target's number. Unit: per cent of GDP.", "example": 3.5}
    )
    step_pp = figure(
        "The yearly step that the path takes: the one given, else the equal one; 0 for who is at "
        "the target already.",
        "percentage points a year",
        0.2,
    )
    needed_step_pp = figure(
        "The equal yearly step that reaches the target in the end year; 0 for who is at it "
        "already, `not_applicable` where no year is left.",
        "percentage points a year",
        0.16666666666666666,
    )
    reaches_target = fields.Boolean(
        allow_none=True,
        metadata={
            "description": "Whether the path is at the target by its end year. Null with a reason "
            "in `missing` where there is no share to start from."
        },
    )
    reached_in = place(
        "The first year at the target, the start year where it is met already; `not_applicable` "
        "where the path does not reach it. Unit: calendar year.",
        2034,
        minimum=1900,
        maximum=2100,
    )
    years = fields.List(
        fields.Nested(PathYear),
        metadata={"description": "The years after the start year, to the end year."},
    )
    cumulative_additional_usd_m = figure(
        "The sum of `additional_usd_m` over the years.", "million US dollars of `price_basis`"
    )
    proposal_step_pp = fields.Float(
        metadata={
            "description": "The yearly rise of the proposal `rutte-2025-step`, percentage points.",
            "example": 0.2,
        }
    )
    proposal_reaches_target = fields.Boolean(
        allow_none=True,
        metadata={
            "description": "Whether that rise, each year from the start, would be at the target by "
            "the end year. Null with a reason in `missing`."
        },
    )
    proposal_reached_in = place(
        "The first year in which it would; `not_applicable` where it would not. Unit: calendar "
        "year.",
        2034,
        minimum=1900,
        maximum=2100,
    )
    assumptions = fields.Nested(PathAssumptions)
    source = fields.String(metadata={"description": "Whose figures.", "example": "nato"})
    release = fields.String(
        metadata={"description": "The release they stand in.", "example": "nato-2026-07-10"}
    )
    missing = fields.List(
        fields.Nested(MissingFigure),
        metadata={
            "description": "The fields that are null, in their order, those of `years` among them."
        },
    )


class PathListQuery(
    bounds_of(Path),  # type: ignore[misc]
    Vintage,
    MemberFilter,
    Group,
    ListQuery,
):
    row, key = Path, ("target", "member", "group")

    target = Code(
        "target",
        "/v1/targets",
        metadata={
            "description": "The target to reach, one that is a share of GDP. Default: "
            "`hague-2025-core`.",
            "example": "rutte-2025-core",
        },
    )
    group = Choice(
        codes_of("groups"),
        metadata={
            "description": "One row for this group as a whole, in place of a row for each member. "
            "Not together with `member`.",
            "example": "nato-europe",
        },
    )
    # A row has fields of these names too, and their bounds stand under them.
    step_pp = Rate(
        "0.001",
        "100",
        attribute="given_step_pp",
        metadata={
            "description": "The yearly step in percentage points of GDP, up to the target and no "
            "further. Default: equal steps that reach it in the end year.",
            "example": 0.2,
        },
    )
    start_year = Whole(
        1900,
        2100,
        attribute="given_start_year",
        metadata={
            "description": "The year to start from. Default: the newest with a share of GDP.",
            "example": 2024,
        },
    )
    end_year = Whole(
        1900,
        2100,
        attribute="given_end_year",
        metadata={
            "description": "The year to be there by. Default: the one that the target is due in; "
            "to be given for a target without one.",
            "example": 2032,
        },
    )
    gdp_growth_pct = Rate(
        "-50",
        "50",
        metadata={
            "description": "Real growth of GDP that is assumed, per cent a year. Default: 0.",
            "example": 1.5,
        },
    )
    deflator_pct = Rate(
        "-50",
        "50",
        metadata={
            "description": "Rise of prices that is assumed, per cent a year, for GDP in current "
            "prices. Not together with `price_basis=constant`. Default: 0.",
            "example": 2,
        },
    )
    price_basis = Choice(
        codes_of("price-bases"),
        metadata={
            "description": "Whether money is in prices of each year or of the release's base year. "
            "Default: `current`.",
            "example": "constant",
        },
    )
    reaches_target = Flag(metadata={"description": "Only those that reach it, or only the others."})
    proposal_reaches_target = Flag(
        metadata={"description": "Only those that the proposal brings there, or only the others."}
    )

    @ma.validates_schema
    def refuse_deflator(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "deflator_pct" in data and data.get("price_basis") == "constant":
            fault = refusal(
                "conflicting_parameters",
                "Constant prices have no deflator: give either deflator_pct or "
                "price_basis=constant.",
            )
            names = ("deflator_pct", "price_basis")
            raise ma.ValidationError(dict.fromkeys(names, fault.messages))


PathPage = page_of(Path, FigureListMeta)

"""What /v1/revisions and the history of a cell accept and return."""

from marshmallow import fields

from .base import ListQuery, Note, Output, bounds_of
from .claims import CheckedRelease
from .codelists import codes_of
from .envelope import ListMeta, Meta, item_of, page_of
from .parameters import Choice, Code, Day, Items, ReleaseCode, Whole
from .vintage import Vintage

# What a list of changes may hold: a figure that stays as it was is none.
KINDS = tuple(kind for kind in codes_of("revision-kinds") if kind != "unchanged")


class Cell(Output):
    """Which figure it is that releases are compared by."""

    area = fields.String(
        metadata={
            "description": "A member's alpha-3 code, or an aggregate the publisher printed.",
            "example": "POL",
        }
    )
    area_kind = fields.String(
        metadata={"description": "A code of `/v1/codelists/area-kinds`.", "example": "member"}
    )
    indicator = fields.String(
        metadata={"description": "An id of `/v1/indicators`.", "example": "share_gdp_pct"}
    )
    year = fields.Integer(metadata={"description": "The calendar year.", "example": 2024})
    unit = fields.String(
        metadata={
            "description": "The unit of the values, `delta` and `magnitude`: a code of "
            "`/v1/codelists/units`.",
            "example": "pct_gdp",
        }
    )
    source = fields.String(metadata={"description": "Whose figure.", "example": "nato"})


class Revision(Cell):
    """One figure that is another than in the previous release that carries it."""

    from_release = fields.String(
        metadata={
            "description": "The previous release of the source that carries the figure.",
            "example": "nato-2024-06-17",
        }
    )
    to_release = fields.String(
        metadata={"description": "The release that changed it.", "example": "nato-2025-08-28"}
    )
    from_value = fields.Float(
        metadata={"description": "The figure before, in `unit`.", "example": 4.120190989357147}
    )
    to_value = fields.Float(
        metadata={"description": "The figure after, in `unit`.", "example": 3.788951289}
    )
    delta = fields.Float(
        metadata={
            "description": "`to_value` less `from_value`, in `unit`; where that is a percentage, "
            "in percentage points. Of the kinds `currency` and `rebase` it is the difference of "
            "two numbers whose units are not the same.",
            "example": -0.331239700357147,
        }
    )
    delta_pct = fields.Float(
        allow_none=True,
        metadata={
            "description": "`delta` in per cent of the size of `from_value`; null where that is 0.",
            "example": -8.039425871586324,
        },
    )
    magnitude = fields.Float(
        metadata={
            "description": "`delta` without its sign, in `unit`, to sort by size.",
            "example": 0.331239700357147,
        }
    )
    magnitude_pct = fields.Float(
        allow_none=True,
        metadata={
            "description": "`delta_pct` without its sign, in per cent, to sort by size; null where "
            "`from_value` is 0.",
            "example": 8.039425871586324,
        },
    )
    from_stage = fields.String(
        metadata={
            "description": "The stage before: a code of `/v1/codelists/stages`.",
            "example": "estimate",
        }
    )
    to_stage = fields.String(
        metadata={
            "description": "The stage after: a code of `/v1/codelists/stages`.",
            "example": "estimate",
        }
    )
    kind = fields.String(
        metadata={
            "description": "Why it differs: a code of `/v1/codelists/revision-kinds`, never "
            "`unchanged`.",
            "example": "revision",
        }
    )


class ComparedRelease(CheckedRelease):
    """A release whose figures were compared, and its terms."""

    published_on = fields.Date(
        metadata={"description": "The day it came out.", "example": "2025-08-28"}
    )


class Comparing(Output):
    """Which releases were compared, and how."""

    source = fields.String(metadata={"description": "Whose releases.", "example": "nato"})
    as_of = fields.Date(
        allow_none=True, metadata={"description": "The day asked for with `as_of`, or null."}
    )
    rule = fields.String(metadata={"description": "How figures are compared, and what is listed."})
    releases = fields.List(
        fields.Nested(ComparedRelease),
        metadata={"description": "The releases that were compared, oldest first."},
    )


class ComparingMeta(Meta, Comparing):
    """What is known about one answer across releases."""


class ComparingListMeta(ListMeta, Comparing):
    """What is known about a list across releases."""


class RevisionListMeta(ComparingListMeta):
    """What is known about a list of revisions; its counts are of the rows on all pages."""

    raised_count = fields.Integer(metadata={"description": "The figures that went up."})
    lowered_count = fields.Integer(metadata={"description": "The figures that went down."})


class VintageSpan(Vintage):
    """Up to which release of a source: by default all that are held."""

    release = ReleaseCode(
        "release",
        "/v1/releases",
        metadata={
            "description": "What was known when this release came out, its own changes included: "
            "its id, or `latest` or `first`, the source's newest or oldest full release. Default: "
            "everything that is held. Not together with `as_of`.",
            "example": "nato-2025-08-28",
        },
    )
    as_of = Day(
        metadata={
            "description": "What was known on this day: only releases published by then. Not "
            "together with `release`.",
            "example": "2025-09-01",
        },
    )


class RevisionListQuery(bounds_of(Revision), VintageSpan, ListQuery):  # type: ignore[misc]
    row, key = Revision, ("area", "indicator", "year", "to_release")

    area = Items(
        Code("area", "/v1/members (besides NATO_TOTAL and NATO_EUR_CAN)"),
        metadata={
            "description": "Members in any of their names, and the aggregates that the publisher "
            "printed.",
            "example": ["ROU", "NATO_TOTAL"],
        },
    )
    area_kind = Choice(codes_of("area-kinds"), metadata={"description": "Only this kind of area."})
    indicator = Items(
        Code("indicator", "/v1/indicators"),
        metadata={"description": "Only these indicators.", "example": ["share_gdp_pct"]},
    )
    year = Whole(1900, 2100, metadata={"description": "Only this year.", "example": 2024})
    from_release = Items(
        Code("release", "/v1/releases"),
        metadata={
            "description": "Only changes from what these releases had.",
            "example": ["nato-2024-06-17"],
        },
    )
    to_release = Items(
        Code("release", "/v1/releases"),
        metadata={
            "description": "Only changes that these releases made.",
            "example": ["nato-2026-07-10"],
        },
    )
    from_stage = Items(
        Choice(codes_of("stages")), metadata={"description": "Only figures of this stage before."}
    )
    to_stage = Items(
        Choice(codes_of("stages")), metadata={"description": "Only figures of this stage after."}
    )
    kind = Items(
        Choice(KINDS),
        load_default=["revision"],
        metadata={
            "description": "Only changes of these kinds. Default: `revision`; give all four for "
            "every change.",
            "example": ["revision", "precision"],
        },
    )


class CellVintage(Output):
    """One figure as one release had it, and how it had changed."""

    release = fields.String(
        metadata={"description": "The release's id.", "example": "nato-2025-08-28"}
    )
    published_on = fields.Date(
        metadata={"description": "The day it came out.", "example": "2025-08-28"}
    )
    value = fields.Float(
        allow_none=True,
        metadata={
            "description": "The figure at full published precision, in the cell's `unit`; null "
            "with a `missing_reason`.",
            "example": 3.788951289,
        },
    )
    missing_reason = fields.String(
        allow_none=True,
        metadata={
            "description": "Why the value is null: a code of `/v1/codelists/missing-reasons`."
        },
    )
    stage = fields.String(
        metadata={"description": "A code of `/v1/codelists/stages`.", "example": "estimate"}
    )
    from_release = fields.String(
        allow_none=True,
        metadata={
            "description": "The previous release that carries the figure, which it is compared "
            "with; null in the first that does, and where the value is null.",
            "example": "nato-2024-06-17",
        },
    )
    delta = fields.Float(
        allow_none=True,
        metadata={
            "description": "The value less that of `from_release`, in the cell's `unit`; null "
            "where `from_release` is.",
            "example": -0.331239700357147,
        },
    )
    delta_pct = fields.Float(
        allow_none=True,
        metadata={
            "description": "`delta` in per cent of the size of the value before; null where that "
            "is 0 and where `from_release` is null.",
            "example": -8.039425871586324,
        },
    )
    kind = fields.String(
        allow_none=True,
        metadata={
            "description": "A code of `/v1/codelists/revision-kinds`; null where `from_release` "
            "is.",
            "example": "revision",
        },
    )
    constant_base_year = fields.Integer(
        metadata={
            "description": "The year whose prices the release's constant figures use.",
            "example": 2021,
        }
    )
    currency = fields.String(
        allow_none=True,
        metadata={
            "description": "ISO 4217, the currency of a figure in national currency; null of "
            "every other.",
            "example": None,
        },
    )
    source_cell = fields.String(
        allow_none=True,
        metadata={
            "description": "The sheet and cell of the publisher's workbook; null where a "
            "transcription was read.",
            "example": "TABLE3!N32",
        },
    )
    notes = fields.List(fields.Nested(Note), metadata={"description": "Remarks on the figure."})


class RevisionHistory(Cell):
    """One figure in every release of a source that has a row for it."""

    vintages = fields.List(
        fields.Nested(CellVintage),
        metadata={"description": "The figure in each release, the oldest first."},
    )


class RevisionHistoryQuery(VintageSpan):
    """Whose history of a cell, and up to when."""


RevisionPage = page_of(Revision, RevisionListMeta)
RevisionHistoryItem = item_of(RevisionHistory, ComparingMeta)

"""What /v1/changelog and its feed accept and return."""

from marshmallow import fields

from .base import ListQuery, Output, UpdatedSince, bounds_of
from .codelists import codes_of
from .envelope import ListMeta, page_of
from .parameters import Choice, Flag, Instant, Whole


class Change(Output):
    """One change of the contract or of the data."""

    id = fields.String(
        metadata={"description": "The change's id.", "example": "release-nato-2026-07-10"}
    )
    kind = fields.String(
        metadata={"description": "A code of `/v1/codelists/change-kinds`.", "example": "data"}
    )
    title = fields.String(metadata={"description": "What changed, in a line."})
    summary = fields.String(metadata={"description": "What changed, in plain words."})
    version = fields.String(
        allow_none=True,
        metadata={"description": "The contract's version; null for data.", "example": "1.0.0"},
    )
    release = fields.String(
        allow_none=True,
        metadata={
            "description": "The release that was taken in or withdrawn; null for any other change.",
            "example": "nato-2026-07-10",
        },
    )
    published_on = fields.Date(
        metadata={
            "description": "The day it came out: of a release, at its publisher.",
            "example": "2026-07-10",
        }
    )
    updated_at = Instant(
        metadata={
            "description": "When this service took it in, RFC 3339 in UTC. A release that was "
            "held in part moves once the rest of it is there.",
            "example": "2026-11-22T06:59:11Z",
        }
    )
    path = fields.String(
        allow_none=True,
        metadata={
            "description": "Where it is seen; null where that is no one path.",
            "example": "/v1/releases/nato-2026-07-10",
        },
    )
    is_breaking = fields.Boolean(
        metadata={"description": "Whether a program that worked may no longer.", "example": False}
    )


class ChangeListMeta(ListMeta):
    """What is known about a list of changes."""

    updated_at = Instant(
        metadata={
            "description": "When the data last changed, a list that describes included; as "
            "`updated_since` it asks for what is new next time.",
            "example": "2026-11-22T06:59:11Z",
        }
    )


class ChangelogListQuery(bounds_of(Change), UpdatedSince, ListQuery):  # type: ignore[misc]
    row, key = Change, ("id",)
    order = (("updated_at", True), ("published_on", True))

    kind = Choice(codes_of("change-kinds"), metadata={"description": "Only this kind."})
    is_breaking = Flag(metadata={"description": "Only those that may break a program, or not."})


class ChangelogFeedQuery(ChangelogListQuery):
    """The same list, in the portion that a reader of feeds takes."""

    limit = Whole(
        1, 1000, load_default=100, metadata={"description": "How many entries to return at most."}
    )


ChangePage = page_of(Change, ChangeListMeta)

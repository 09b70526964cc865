"""As of when: the parameters that choose a source and one of its releases."""

from typing import Any, ClassVar

import marshmallow as ma

from .base import Query
from .faults import refusal
from .parameters import Code, Day, ReleaseCode


class ReleaseOrDay(ma.Schema):
    """The check that `release` and `as_of` exclude each other, for queries that take both."""

    @ma.validates_schema
    def refuse_both(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "release" in data and "as_of" in data:
            fault = refusal("conflicting_parameters", "Give either release or as_of, not both.")
            raise ma.ValidationError(dict.fromkeys(("as_of", "release"), fault.messages))


class Vintage(ReleaseOrDay, Query):
    """Which publication answers: by default the newest full release of NATO."""

    source = Code(
        "source",
        "/v1/sources",
        metadata={
            "description": "Whose figures. Default: the source of the release named, else `nato`.",
            "example": "nato",
        },
    )
    release = ReleaseCode(
        "release",
        "/v1/releases",
        metadata={
            "description": "A release's id, or `latest` (the default) or `first`: the source's "
            "newest or oldest full release. Not together with `as_of`.",
            "example": "nato-2025-08-28",
        },
    )
    as_of = Day(
        metadata={
            "description": "The figures as they were known on this day: the newest full release "
            "published by then, else the newest partial one. Not together with `release`.",
            "example": "2025-09-01",
        },
    )


class Latest(ma.Schema):
    """The check that `latest` and a year exclude each other, for lists that take both.

    `newest_of` is the column that names whose figure it is, `newest_by` are those that rows of one
    year have in common.
    """

    newest_of: ClassVar[str] = "member"
    newest_by: ClassVar[tuple[str, ...]] = ("release",)

    @ma.validates_schema
    def refuse_year(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "latest" not in data:
            return
        years = [name for name in ("year", "year_gte", "year_lte") if name in data]
        if years:
            fault = refusal("conflicting_parameters", "Give either latest or a year, not both.")
            raise ma.ValidationError(dict.fromkeys(("latest", *years), fault.messages))

"""/v1/quadrants: a year's members by the two guidelines of Wales."""

from typing import Any

from flask import Blueprint

from schemas.base import Range
from schemas.quadrants import QuadrantListQuery, QuadrantPage
from service.http import answers
from service.http.routing import endpoint
from service.rules.comparing import as_compared
from service.rules.releases import choose_release
from service.storage.snapshot import Snapshot

blueprint = Blueprint("quadrants", __name__)


@endpoint(
    blueprint,
    "/v1/quadrants",
    accepts=QuadrantListQuery,
    returns=QuadrantPage,
    example="year=2024&quadrant=neither",
)
def list_quadrants(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List a year's members by both Wales guidelines: both met, one of them, or neither.

    The guidelines are 2 % of GDP for defence, and a fifth of that for major equipment. The year is
    the newest that the release covers unless another is asked for; `meta.year` names it.
    """
    release = choose_release(snapshot, query)
    year = release["year_last"] if query["year"] is None else year_of(query["year"])
    page = answers.page(
        snapshot,
        "quadrants/list",
        QuadrantListQuery,
        query | {"year": year},
        release,
        "quadrants/counts",
    )
    page["meta"] |= {"year": year, "rule": rule(query["rounding"])}
    return page


def year_of(asked: Range) -> int:
    """Return the year of a range that holds one, such as `[2024,2024]`."""
    return int(asked.text.strip("[]").partition(",")[0])


def rule(rounding: int | None) -> str:
    return (
        f"A guideline is met where share_gdp_pct, {as_compared(rounding)}, is >= 2, and "
        f"equipment_share_pct, {as_compared(rounding)}, is >= 20."
    )

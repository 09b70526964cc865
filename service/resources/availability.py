"""/v1/availability: which figures each release holds, and which it lacks."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint

from schemas.availability import AvailabilityListQuery, AvailabilityPage
from schemas.parameters import ReleaseCode
from service.http import answers, caching
from service.http.routing import endpoint
from service.rules.comparing import ids
from service.rules.releases import before_first, newest_by
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

blueprint = Blueprint("availability", __name__)


@endpoint(
    blueprint,
    "/v1/availability",
    accepts=AvailabilityListQuery,
    returns=AvailabilityPage,
    example="area=POL&indicator=share_gdp_pct",
    validated_by=caching.of_dataset,
)
def list_availability(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List what is there: the years of each area and indicator in each release.

    Use it before asking for figures: which releases hold a series, from which year to which, and
    where it has gaps. What a release has only as missing has a row too, with the reasons; of what
    has no row it says nothing.
    """
    releases = releases_asked(snapshot, query)
    asked = query | {"release": ids(releases)}
    page = answers.page(snapshot, "availability/list", AvailabilityListQuery, asked)
    page["meta"] |= {"as_of": query["as_of"], "releases": releases}
    return page


def releases_asked(snapshot: Snapshot, query: dict[str, Any]) -> list[Row]:
    """Return the releases that `source`, `release` and `as_of` leave, oldest first.

    Raises a 400 ProblemError for a day before the first of them.
    """
    every = snapshot.fetch_fixed("releases/chronology")
    held = [row for row in every if query["source"] is None or row["source"] in query["source"]]
    if query["release"] is not None:
        named = {release for given in query["release"] for release in meant(held, given)}
        return [row for row in held if row["id"] in named]
    known = [row for row in held if query["as_of"] is None or row["published_on"] <= query["as_of"]]
    if held and not known:
        raise before_first(held, query["as_of"])
    return known


def meant(held: list[Row], given: str) -> Iterator[str]:
    """Yield the id given, or that of each source's `latest` or `first`."""
    if given not in ReleaseCode.relative:
        yield given
        return
    for source in {row["source"] for row in held}:
        own = [row for row in held if row["source"] == source]
        yield newest_by(own, None, first=given == "first")["id"]

"""/v1/availability: which figures each release holds, and which it lacks."""

from typing import Any

from flask import Blueprint

from schemas.availability import AvailabilityListQuery, AvailabilityPage
from service.http import answers, caching
from service.http.endpoint import endpoint
from service.storage.database import Snapshot

blueprint = Blueprint("availability", __name__)


@endpoint(
    blueprint,
    "/v1/availability",
    accepts=AvailabilityListQuery,
    returns=AvailabilityPage,
    validated_by=caching.of_dataset,
)
def list_availability(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List what is there: the years of each area and indicator in each release.

    Use it before asking for figures: which releases hold a series, from which year to which, and
    where it has gaps. What a release has only as missing has a row too, with the reasons; of what
    has no row it says nothing.
    """
    return answers.page(snapshot, "availability/list", AvailabilityListQuery, query)

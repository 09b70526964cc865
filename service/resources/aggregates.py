"""/v1/aggregates: the alliance and groups of members, as printed and as computed."""

from typing import Any

from flask import Blueprint

from schemas.aggregates import AggregateListQuery, AggregatePage
from service.http import answers
from service.http.routing import endpoint
from service.rules.releases import choose_release
from service.storage.snapshot import Snapshot

blueprint = Blueprint("aggregates", __name__)


@endpoint(
    blueprint,
    "/v1/aggregates",
    accepts=AggregateListQuery,
    returns=AggregatePage,
    example="indicator=spending_usd_m_current&year=2024&release=nato-2024-06-17",
)
def list_aggregates(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List aggregates: one row for each area, indicator and year of one release.

    Totals that the publisher printed (`kind=published`) stand apart from those computed here
    (`kind=computed`) of the members of a group: the alliance, or another `group`, or any list of
    `member`. A group is composed by who belonged to it in the year; each row names them, and those
    whose figure is missing.
    """
    release = choose_release(snapshot, query)
    return answers.page(snapshot, "aggregates/list", AggregateListQuery, query, release)

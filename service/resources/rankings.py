"""/v1/rankings: where each member stands among the allies, and its share of the whole."""

from typing import Any

from flask import Blueprint

from schemas.rankings import RankingListQuery, RankingPage
from service.http import answers
from service.http.routing import endpoint
from service.rules.releases import choose_release
from service.storage.snapshot import Snapshot

blueprint = Blueprint("rankings", __name__)

DEFAULT_INDICATOR = "share_gdp_pct"


@endpoint(
    blueprint,
    "/v1/rankings",
    accepts=RankingListQuery,
    returns=RankingPage,
    example="indicator=spending_usd_m_current&year=2026&sort=rank",
)
def list_rankings(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List rankings: the place of each member by one indicator, year for year.

    Members are ranked within the alliance of the year, in one release. A filter leaves rows out and
    changes no rank: `member=POL` answers where Poland stands among all. Money in US dollars and
    persons come with the member's share of the alliance's sum, with and without the United States.
    A member without a figure, or not yet in the alliance, has no rank; `missing` says why. For a
    table in order of rank ask for one `year` and `sort=rank`.
    """
    release = choose_release(snapshot, query)
    asked = query | {"indicator": query["indicator"] or DEFAULT_INDICATOR}
    page = answers.page(snapshot, "rankings/list", RankingListQuery, asked, release)
    page["meta"]["rule"] = rule(asked["indicator"])
    return page


def rule(indicator: str) -> str:
    """Say in words how members are ranked."""
    # The unit stands in an indicator's name.
    caution = " The currencies differ, so the ranks compare numbers and no worth."
    return (
        f"Rank 1 is the largest {indicator}, as published, unrounded, among the members that had "
        "joined by the end of the year and have a figure. Equal values share a rank and the ranks "
        "after it are skipped: 1, 2, 2, 4. Shares are of the ranked members' sum."
        f"{caution if '_lcu_' in indicator else ''}"
    )

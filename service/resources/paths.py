"""/v1/paths: what it takes from today's share of GDP to a target."""

from decimal import Decimal
from typing import Any

from flask import Blueprint

from schemas.faults import Fault
from schemas.paths import PathListQuery, PathPage
from service.http import answers
from service.http.routing import endpoint
from service.problems import wrong_parameters
from service.rules.paths import Assumed, paths
from service.rules.releases import choose_release
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

blueprint = Blueprint("paths", __name__)

DEFAULT_TARGET = "hague-2025-core"
# Shares of GDP that the share of defence, the one that is published, is or is a part of.
SHARES = ("share_gdp_pct", "total_share_gdp_pct")


@endpoint(
    blueprint,
    "/v1/paths",
    accepts=PathListQuery,
    returns=PathPage,
    example="member=ESP&step_pp=0.2",
)
def list_paths(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List paths to a target: the yearly steps it takes, in points of GDP and in money.

    One row for each ally, from its newest share in one release to the year that the target is due
    in; or one for a `group` as a whole. Which allies would reach 3.5 % of GDP by 2035 with 0.2
    points a year: `step_pp=0.2&reaches_target=true`. Each row echoes all that it assumes, and says
    whether the proposal `rutte-2025-step` would be enough. An arithmetic of assumptions, and no
    forecast.
    """
    release, target = choose_release(snapshot, query), reachable(snapshot, query)
    assumed = assumed_by(query, target)
    rows = paths(figures_of(snapshot, release, assumed, query["member"]), release["id"], assumed)
    page = answers.page_of(rows, PathListQuery, query, release)
    page["meta"]["rule"] = RULE
    return page


RULE = (
    "The share of GDP rises from start_value by the same points each year, and stops at "
    "target_value; who is there already stays. GDP grows from that of the start year by "
    "gdp_growth_pct and, in current prices, deflator_pct a year. spending is the year's share of "
    "the year's GDP, additional is what that is more than start_value of the same GDP."
)


def figures_of(
    snapshot: Snapshot, release: Row, assumed: Assumed, members: list[str] | None
) -> list[Row]:
    """Return the figures that the paths start from."""
    asked = {
        "release": release["id"],
        "target": assumed.target,
        "group": assumed.group,
        "member": members,
        "start_year": assumed.start_year,
        "price_basis": assumed.price_basis,
    }
    return snapshot.fetch_all("paths/list", asked)


def assumed_by(query: dict[str, Any], target: Row) -> Assumed:
    """Return what a query assumes, with the defaults of what it leaves out."""
    return Assumed(
        target=target["id"],
        group=query["group"],
        end_year=query.get("given_end_year") or target["due_year"],
        start_year=query.get("given_start_year"),
        step_pp=query.get("given_step_pp"),
        gdp_growth_pct=query["gdp_growth_pct"] or Decimal(0),
        deflator_pct=query["deflator_pct"] or Decimal(0),
        price_basis=query["price_basis"] or "current",
    )


def reachable(snapshot: Snapshot, query: dict[str, Any]) -> Row:
    """Return the target asked for. Raises a 400 ProblemError for one that has no path."""
    given = query["target"] or DEFAULT_TARGET
    every = {target["id"]: target for target in snapshot.fetch_all("targets/list", {})}
    allowed = tuple(sorted(name for name, target in every.items() if is_share_to_reach(target)))
    if given not in allowed:
        detail = f"{given} has no path: it is not a share of GDP that is to be reached."
        raise wrong_parameters([("query", "target", Fault("unknown_value", detail, allowed))])
    if every[given]["due_year"] is None and query.get("given_end_year") is None:
        detail = f"{given} is due in no year: give the one to be there by."
        raise wrong_parameters([("query", "end_year", Fault("invalid_value", detail))])
    return every[given]


def is_share_to_reach(target: Row) -> bool:
    return (
        target["indicator"] in SHARES
        and target["unit"] == "pct_gdp"
        and target["comparison"] == ">="
    )

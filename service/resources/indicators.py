"""/v1/indicators: what is measured, in which unit."""

from typing import Any

from flask import Blueprint

from schemas.base import NoParameters
from schemas.indicators import IndicatorItem, IndicatorListQuery, IndicatorPage
from service.http import answers
from service.http.routing import endpoint
from service.storage.snapshot import Snapshot

blueprint = Blueprint("indicators", __name__)


@endpoint(
    blueprint,
    "/v1/indicators",
    accepts=IndicatorListQuery,
    returns=IndicatorPage,
    example="is_published=false",
)
def list_indicators(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List the indicators, with units and definitions.

    An indicator's id is the name of its field in a spending year.
    """
    return answers.page(snapshot, "indicators/list", IndicatorListQuery, query)


@endpoint(blueprint, "/v1/indicators/<indicator>", accepts=NoParameters, returns=IndicatorItem)
def get_indicator(snapshot: Snapshot, query: dict[str, Any], indicator: str) -> Any:
    """Get one indicator: its unit, its price basis and what it includes.

    Use it to label an axis: the title, the unit, and how many decimals suit for display.
    """
    return answers.named_item(snapshot, "indicator", "indicators", indicator)

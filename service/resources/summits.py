"""/v1/summits: the meetings at which numbers were promised or reviewed."""

from typing import Any

from flask import Blueprint

from schemas.base import NoParameters
from schemas.summits import SummitItem, SummitListQuery, SummitPage
from service.http import answers
from service.http.routing import endpoint
from service.storage.snapshot import Snapshot

blueprint = Blueprint("summits", __name__)


@endpoint(
    blueprint,
    "/v1/summits",
    accepts=SummitListQuery,
    returns=SummitPage,
    example="kind=summit&sort=-starts_on",
)
def list_summits(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List the meetings, from Riga in 2006 on.

    Summits of heads of state and government and the meetings of ministers that set a number.
    """
    return answers.page(snapshot, "summits/list", SummitListQuery, query)


@endpoint(blueprint, "/v1/summits/<summit>", accepts=NoParameters, returns=SummitItem)
def get_summit(snapshot: Snapshot, query: dict[str, Any], summit: str) -> Any:
    """Get one meeting: its days, its document and what it decided.

    Use it for the meeting that a target or a commitment names.
    """
    return answers.named_item(snapshot, "summit", "summits", summit)

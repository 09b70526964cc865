"""/v1/targets: the alliance's guidelines and pledges as numbers, and the proposals before them."""

from typing import Any

from flask import Blueprint

from schemas.base import NoParameters
from schemas.targets import TargetItem, TargetListQuery, TargetPage
from service.http import answers
from service.http.routing import endpoint
from service.storage.snapshot import Snapshot

blueprint = Blueprint("targets", __name__)


@endpoint(
    blueprint,
    "/v1/targets",
    accepts=TargetListQuery,
    returns=TargetPage,
    example="agreed_at=hague-2025",
)
def list_targets(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List the targets: every number that the alliance agreed on or was asked to.

    One target is one number, so a pledge of two numbers is two targets. Proposals are told apart
    by their `state`.
    """
    return answers.page(snapshot, "targets/list", TargetListQuery, query)


@endpoint(blueprint, "/v1/targets/<target>", accepts=NoParameters, returns=TargetItem)
def get_target(snapshot: Snapshot, query: dict[str, Any], target: str) -> Any:
    """Get one target: the number, who agreed to it and when, and what replaced it.

    Use it for the words and the sources behind a target that an assessment or a path names.
    """
    return answers.named_item(snapshot, "target", "targets", target)

"""/healthz and /readyz: for whoever watches over the service."""

from typing import Any

from flask import Blueprint

from schemas.base import NoParameters
from schemas.health import HealthItem
from service.http import answers
from service.http.endpoint import constant, endpoint
from service.storage.database import Snapshot

blueprint = Blueprint("health", __name__)


@constant(blueprint, "/healthz", accepts=NoParameters, returns=HealthItem)
def get_health() -> Any:
    """Say that the process is alive, whatever its database does.

    For a platform that restarts what no longer answers.
    """
    return answers.item({"status": "ok"})


@endpoint(blueprint, "/readyz", accepts=NoParameters, returns=HealthItem)
def get_readiness(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """Say that the database answers and data are loaded; otherwise a 503 problem.

    For a load balancer, which then sends requests elsewhere: no restart would help.
    """
    assert snapshot.dataset["revision"]
    return answers.item({"status": "ready"})

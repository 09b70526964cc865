"""/healthz and /readyz: for whoever watches over the service."""

from typing import Any

from flask import Blueprint, Response

from schemas.base import NoParameters
from schemas.health import HealthItem
from service.http import answers
from service.http.endpoint import constant, endpoint
from service.storage.database import Snapshot

blueprint = Blueprint("health", __name__)


@blueprint.after_request
def forbid_keeping(response: Response) -> Response:
    """Yesterday's health is no health: no cache may answer for us."""
    response.headers["Cache-Control"] = "no-store"
    for name in ("ETag", "Last-Modified"):
        response.headers.pop(name, None)
    return response


@constant(blueprint, "/healthz", accepts=NoParameters, returns=HealthItem)
def get_health() -> Any:
    """Say that the process is alive, whatever its database does."""
    return answers.item({"status": "ok"})


@endpoint(blueprint, "/readyz", accepts=NoParameters, returns=HealthItem)
def get_readiness(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """Say that the database answers and data are loaded; otherwise a 503 problem."""
    assert snapshot.dataset["revision"]
    return answers.item({"status": "ready"})

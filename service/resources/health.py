"""/healthz and /readyz: for whoever watches over the service."""

from typing import Any

from flask import Blueprint
from prometheus_client import CONTENT_TYPE_LATEST

from schemas.base import NoParameters
from schemas.health import HealthItem
from service.http import answers, metrics
from service.http.formats import Text
from service.http.routing import constant, endpoint, route
from service.http.text import AnyParameters, TextEndpoint
from service.storage.errors import DatabaseDamagedError
from service.storage.snapshot import Snapshot

# How long the service is not ready after a request met damage.
DAMAGED_S = 60

blueprint = Blueprint("health", __name__)


@constant(blueprint, "/healthz", accepts=NoParameters, returns=HealthItem)
def get_health() -> Any:
    """Say that the process is alive, whatever its database does.

    For a platform that restarts what no longer answers.
    """
    return answers.item({"status": "ok"})


@endpoint(blueprint, "/readyz", accepts=NoParameters, returns=HealthItem)
def get_readiness(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """Readiness probe: data are loaded and every query can run; otherwise a 503 problem.

    For a load balancer, which then sends requests elsewhere: a restart would not help. `code` gives
    the reason. A damaged database stays 503 for a minute after it last failed a request.
    """
    assert snapshot.dataset["revision"]
    snapshot.check_queries()
    if (seconds := metrics.seconds_since_failure(DatabaseDamagedError.code)) < DAMAGED_S:
        raise DatabaseDamagedError(f"a request failed so {seconds:.0f} s ago")
    return answers.item({"status": "ready"})


route(
    blueprint,
    TextEndpoint(
        path="/metrics",
        name="get_metrics",
        doc="Return the metrics of all workers.",
        # Prometheus takes this whatever its Accept says, as for a path that ends in a suffix.
        forms=(Text(CONTENT_TYPE_LATEST, "metrics"),),
        view=metrics.get_metrics,
        accepts=AnyParameters,
    ),
)

"""/metrics: what Prometheus reads, summed over the workers."""

import os
import time
from functools import cache

from flask import Flask, Response, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from .log import elapsed, route

METHODS = {"GET", "HEAD", "OPTIONS"}

requests = Counter("burdenshare_requests", "Requests answered.", ["method", "route", "status"])
seconds = Histogram(
    "burdenshare_request_seconds",
    "Seconds from reading a request to having its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
failures = Counter(
    "burdenshare_database_failures",
    "Requests that the database failed, by the code of the problem; probes are not counted.",
    ["code"],
)
failed_at = Gauge(
    "burdenshare_database_failed_at_seconds",
    "When the database last failed such a request, in Unix time.",
    ["code"],
    multiprocess_mode="max",
)


def init_app(app: Flask) -> None:
    app.after_request(count)
    app.get("/metrics")(get_metrics)


def count(response: Response) -> Response:
    method = request.method if request.method in METHODS else "other"
    requested(method, route(), response.status_code).inc()
    taken(route()).observe(elapsed())
    return response


# Looked up at each answer otherwise, with a lock. There are few: routes are as they are declared.
requested, taken = cache(requests.labels), cache(seconds.labels)


def count_failure(code: str) -> None:
    """Count a request that the database failed, by the code of the problem."""
    failures.labels(code).inc()
    failed_at.labels(code).set(time.time())


def seconds_since_failure(code: str) -> float:
    """Return how long ago any worker's database last failed so."""
    last = every_worker().get_sample_value(failed_at._name, {"code": code})
    return float("inf") if last is None else time.time() - last


def every_worker() -> CollectorRegistry:
    """Return the metrics of all workers."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def get_metrics() -> Response:
    """Answer with the metrics of all workers."""
    response = Response(generate_latest(every_worker()), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response

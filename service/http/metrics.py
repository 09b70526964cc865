"""/metrics: what Prometheus reads, summed over the workers."""

import os
from functools import cache

from flask import Flask, Response, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
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


def get_metrics() -> Response:
    """Answer with the metrics of all workers."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    response = Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response

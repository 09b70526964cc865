"""/metrics: what Prometheus reads, summed over the workers."""

import os
import time
from functools import cache

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

METHODS = {"GET", "HEAD", "OPTIONS"}

requests = Counter("burdenshare_requests", "Requests answered.", ["method", "route", "status"])
seconds = Histogram(
    "burdenshare_request_seconds",
    "Seconds from reading a request to having its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
again = Counter("burdenshare_cached_answers", "Answers given again from the cache.", ["route"])
spent = Counter(
    "burdenshare_cached_answer_seconds",
    "Seconds from reading a request to having its answer in the cache, summed.",
    ["route"],
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


def count_cached(route: str, number: int, seconds: float) -> None:
    """Count answers given again from the cache, and the seconds that they took together."""
    again.labels(route).inc(number)
    spent.labels(route).inc(seconds)


def get_metrics() -> bytes:
    """Return the metrics of all workers as text."""
    return generate_latest(every_worker())

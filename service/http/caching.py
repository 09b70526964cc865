"""Validators and freshness: ETag, Last-Modified, Cache-Control and the 304."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import Response, current_app, request

from service.storage.database import Snapshot

FRESH = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400"
FOR_EVER = "public, max-age=31536000, immutable"


class Validators(NamedTuple):
    """What an answer depends on, when that last changed, and how long it stays fresh."""

    version: str
    changed_at: datetime | None
    cache_control: str


def of_dataset(snapshot: Snapshot, query: Mapping[str, Any]) -> Validators:
    """Return the validators of an answer from the data.

    A release never changes, so what names one by its id in `release=` never does either.
    """
    is_pinned = query.get("release") not in (None, "latest", "first")
    dataset = snapshot.dataset
    return Validators(
        str(dataset["revision"]), dataset["changed_at"], FOR_EVER if is_pinned else FRESH
    )


def of_contract() -> Validators:
    """Return the validators of an answer that changes with the code alone."""
    return Validators("contract", None, FRESH)


def conditional(response: Response, validators: Validators) -> Response:
    """Add the validators to an answer, and turn it into a 304 where the client has it already."""
    asked = f"{request.path}?{request.query_string.decode('latin-1')}"
    ground = "\n".join(
        (validators.version, current_app.config["API_VERSION"], asked, str(response.mimetype))
    )
    response.set_etag(hashlib.sha256(ground.encode()).hexdigest()[:32])
    if validators.changed_at is not None:  # None would be written as the time of day
        response.last_modified = validators.changed_at
    response.headers["Cache-Control"] = validators.cache_control
    response.make_conditional(request)
    return response

"""Validators and freshness: ETag, Last-Modified, Cache-Control and the 304."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from werkzeug.http import http_date, parse_date, parse_etags

from service import clock
from service.about import API_VERSION
from service.storage.snapshot import Snapshot

from .headers import Fields
from .parsing import canonical
from .question import Question

FRESH = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400"
FOR_EVER = "public, max-age=31536000, immutable"


class Validators(NamedTuple):
    """What an answer depends on, when that last changed, and how long it stays fresh."""

    version: str
    changed_at: datetime | None
    cache_control: str
    revision: str | None


def of_release(snapshot: Snapshot, query: Mapping[str, Any]) -> Validators:
    """Return the validators of an answer that holds what a release says, and no more.

    A release never changes, so what names one by its id in `release=` never does either; but a
    part of one may be completed.
    """
    named, dataset = query.get("release"), snapshot.dataset
    is_pinned = named is not None and snapshot.codes.find("full_release", named) is not None
    control = FOR_EVER if is_pinned else FRESH
    return Validators(dataset["revision"], dataset["changed_at"], control, dataset["revision"])


def of_dataset(snapshot: Snapshot, query: Mapping[str, Any]) -> Validators:
    """Return the validators of an answer that may change whenever any of the data does."""
    dataset = snapshot.dataset
    return Validators(dataset["revision"], dataset["changed_at"], FRESH, dataset["revision"])


def of_year(snapshot: Snapshot, query: Mapping[str, Any]) -> Validators:
    """Return the validators of an answer that may change on 1 January though no data did."""
    year = clock.today().year
    began = datetime(year, 1, 1, tzinfo=UTC)
    found = of_dataset(snapshot, query)
    assert found.changed_at is not None
    return found._replace(
        version=f"{found.version} {year}", changed_at=max(found.changed_at, began)
    )


def of_content(content: bytes) -> Validators:
    """Return the validators of an answer that changes with the code alone: its own bytes."""
    return Validators(hashlib.sha256(content).hexdigest(), None, FRESH, None)


def fields_of(validators: Validators | None, question: Question) -> Fields:
    """Return the fields that an answer is known again by, and how long it may be kept."""
    if validators is None:
        return [("Cache-Control", "no-store")]
    ground = "\n".join(
        (
            validators.version,
            API_VERSION,
            f"{question.path}?{canonical(question.query_string)}",
            question.form.media_type,
            question.coding.name if question.coding else "",
        )
    )
    fields = [
        ("ETag", f'"{hashlib.sha256(ground.encode()).hexdigest()[:32]}"'),
        ("Cache-Control", validators.cache_control),
    ]
    if validators.changed_at is not None:
        fields.append(("Last-Modified", http_time(validators.changed_at)))
    return fields


def is_known(etag: str, changed_at: datetime | None, match: str | None, since: str | None) -> bool:
    """Tell whether the client has an answer, by If-None-Match or else by If-Modified-Since."""
    if match is not None and (tags := parse_etags(match)):
        return tags.contains_weak(etag.strip('"'))
    day = None if since is None or changed_at is None else read_date(since)
    # Last-Modified, which the client has its date from, is in whole seconds.
    return day is not None and changed_at is not None and changed_at.replace(microsecond=0) <= day


def read_date(text: str) -> datetime | None:
    """Return an HTTP date, or None for what is none: RFC 9110 (13.1.3) ignores such a header.

    Werkzeug reads more than that, and fails on years of eleven digits.
    """
    try:
        return parse_date(text)
    except (ValueError, OverflowError):
        return None


@lru_cache(1000)
def http_time(instant: datetime) -> str:
    return http_date(instant)

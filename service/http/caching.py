"""Validators and freshness: ETag, Last-Modified, Cache-Control and the 304."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Response, current_app, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import http_date, parse_date, parse_etags

from service import clock
from service.storage.database import Snapshot

from . import encoding
from .parsing import canonical_query
from .probes import PROBES
from .target import target

FRESH = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400"
FOR_EVER = "public, max-age=31536000, immutable"

# In the environment of a request: the revision of the data that a cacheable answer is made from,
# None for one that is made from the code alone.
MADE_FROM = "burdenshare.made_from"

# A range that we give; any other is passed over, as RFC 9110 has it, and all is sent.
RANGE = re.compile(r"bytes=(\d+-\d*|-\d+)")


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
    is_pinned = snapshot.codes.find("full_release", query.get("release") or "") is not None
    return of_dataset(snapshot, query)._replace(cache_control=FOR_EVER if is_pinned else FRESH)


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


def of_content(response: Response) -> Validators:
    """Return the validators of an answer that changes with the code alone: its own bytes."""
    return Validators(hashlib.sha256(response.get_data()).hexdigest(), None, FRESH, None)


def conditional(response: Response, validators: Validators) -> Response:
    """Add the validators to an answer, and turn it into a 304 where the client has it already."""
    if request.path in PROBES:
        response.headers["Cache-Control"] = "no-store"
        return response
    coding = coding_for(response)
    response.headers.update(fields_of(validators, str(response.mimetype), coding))
    match, since = request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")
    changed_at = validators.changed_at
    if is_known(response.headers["ETag"], changed_at, match, since):
        response.status_code = 304
        response.headers.pop("Content-Disposition", None)  # of a body that is not sent
    elif coding is not None:
        encoding.encode(response, coding)
    request.environ[MADE_FROM] = validators.revision
    return response


def fields_of(
    validators: Validators, media_type: str, coding: encoding.Coding | None
) -> list[tuple[str, str]]:
    """Return the header fields that an answer is known again by, and how long it may be kept."""
    ground = "\n".join(
        (
            validators.version,
            current_app.config["API_VERSION"],
            f"{target().path}?{canonical_query()}",
            media_type,
            coding.name if coding else "",
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


def coding_for(response: Response) -> encoding.Coding | None:
    if not encoding.is_text(str(response.mimetype)):
        return None
    return encoding.choose(request.headers.get("Accept-Encoding", ""))


def in_part(response: Response) -> Response:
    """Turn an answer of known length into the part of it that `Range` asks for, if it does.

    Raises RequestedRangeNotSatisfiable. Its validators must stand, for `If-Range`.
    """
    if response.status_code == 304:
        return response
    asked = {"REQUEST_METHOD": request.method}
    if request.method == "GET" and is_range_wanted(response):
        asked["HTTP_RANGE"] = request.headers["Range"]
    try:
        response.make_conditional(
            asked, accept_ranges=True, complete_length=response.content_length
        )
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return undated(response)


def is_range_wanted(response: Response) -> bool:
    """Tell whether `Range` asks for a part of just this answer.

    If-Range compares strongly: it matches our ETag or our Last-Modified letter by letter, or not
    at all (RFC 9110, 13.1.5).
    """
    condition = request.headers.get("If-Range")
    validators = (response.headers.get("ETag"), response.headers.get("Last-Modified"))
    return bool(RANGE.fullmatch(request.headers.get("Range", ""))) and (
        condition is None or condition in validators
    )


def undated(response: Response) -> Response:
    """Take the date off that make_conditional adds: the server says it, of every answer."""
    response.headers.pop("Date", None)
    return response

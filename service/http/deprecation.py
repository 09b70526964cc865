"""Deprecation (RFC 9745) and Sunset (RFC 8594), on answers that used what is on its way out."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

from werkzeug.http import http_date

from schemas.deprecation import Deprecation, of_field, within

from .headers import Fields

if TYPE_CHECKING:
    from .endpoint import Endpoint

# The page has the operation with all that is deprecated in it, below the policy.
POLICY = "/docs"


class Deprecated(NamedTuple):
    """What is deprecated about an endpoint: whatever is asked of it, and by parameter."""

    always: tuple[Deprecation, ...]
    parameters: Mapping[str, Deprecation]


def with_deprecation(fields: Fields, endpoint: "Endpoint", query_string: bytes) -> Fields:
    """Return an answer's fields with those for what the request used that is deprecated.

    Errors and 304s have them too: they are all that some clients see.
    """
    used = used_by(deprecated(endpoint), query_string)
    if not used:
        return fields
    links = [f'<{POLICY}>; rel="{at}"; type="text/html"' for at in ("deprecation", "sunset")]
    links = [*(value for name, value in fields if name == "Link"), *links]
    return [
        *(field for field in fields if field[0] != "Link"),
        # Two formats on purpose: the two standards have it so.
        ("Deprecation", f"@{midnight(min(at.since for at in used)):.0f}"),
        ("Sunset", http_date(midnight(min(at.sunset for at in used)))),
        ("Link", ", ".join(links)),
    ]


def used_by(found: Deprecated | None, query_string: bytes) -> list[Deprecation]:
    if found is None:
        return []
    # Where the query is no UTF-8 it is refused as such.
    query = query_string.decode("utf-8", "replace")
    asked = dict(parse_qsl(query, keep_blank_values=True))
    return [*found.always, *(found.parameters[name] for name in asked if name in found.parameters)]


@cache
def deprecated(endpoint: "Endpoint") -> Deprecated | None:
    """Return what is deprecated about an endpoint, None for most."""
    whole = [] if endpoint.deprecated is None else [endpoint.deprecated]
    parameters = {
        name: found
        for name, field in endpoint.accepts().fields.items()
        if (found := of_field(field)) is not None
    }
    returned = () if endpoint.returns is None else within(endpoint.returns())
    always = (*whole, *returned)
    return Deprecated(always, parameters) if always or parameters else None


def midnight(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()

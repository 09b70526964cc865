"""/v1/releases: the publications, and which of them answers a query."""

from datetime import date
from typing import Any

from flask import Blueprint

from schemas.base import NoParameters
from schemas.faults import Fault
from schemas.releases import ReleaseItem, ReleaseListQuery, ReleasePage
from service.http import answers
from service.http.cursor import invalid_cursor
from service.http.routing import endpoint
from service.problems import gone, wrong_parameters
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

blueprint = Blueprint("releases", __name__)

DEFAULT_SOURCE = "nato"


@endpoint(
    blueprint,
    "/v1/releases",
    accepts=ReleaseListQuery,
    returns=ReleasePage,
    example="source=nato&coverage=full",
)
def list_releases(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List the releases: every publication whose figures are held, or were until it was withdrawn.

    A release never changes. A source corrects itself by publishing another one, so this is the
    list of everything it has said. One that was withdrawn says so in `withdrawn_on` and
    `withdrawn_reason`.
    """
    return answers.page(snapshot, "releases/list", ReleaseListQuery, query)


@endpoint(blueprint, "/v1/releases/<release>", accepts=NoParameters, returns=ReleaseItem)
def get_release(snapshot: Snapshot, query: dict[str, Any], release: str) -> Any:
    """Get one release: when it was published, what it covers, how its figures were obtained.

    Use it to cite a figure: an answer names its release in `meta.release`. What it changed stands
    at `/v1/revision-summaries?to_release=…`, what it holds at `/v1/availability?release=…`.
    """
    if said := snapshot.codes.withdrawal(release):
        raise gone("path", "release", said)
    return answers.named_item(snapshot, "release", "releases", release)


def choose(snapshot: Snapshot, query: dict[str, Any]) -> Row:
    """Return the release that answers a query with `source`, `release` and `as_of`.

    The row has id, source, published_on, coverage, citation, licence, and as_of as it was asked
    for. A page after the first stays with the release of the first. Raises a 400 ProblemError
    when the source has no such release, a 410 when a cursor goes on in one withdrawn since.
    """
    pinned, source, as_of = answers.pinned_release(query), query["source"], query["as_of"]
    if pinned and (said := snapshot.codes.withdrawal(pinned)):
        raise gone("query", "cursor", said)
    asked = query["release"]

    def find() -> Row:
        every = snapshot.fetch_fixed("releases/chronology")
        if pinned is not None:
            return pinned_to(every, pinned, source)
        if asked not in (None, "latest", "first"):
            return named(every, asked, source)
        held = [release for release in every if release["source"] == (source or DEFAULT_SOURCE)]
        return dated(held, as_of, first=asked == "first")

    return snapshot.find_once((pinned, asked, source, as_of), find) | {"as_of": as_of}


def pinned_to(every: list[Row], release: str, source: str | None) -> Row:
    """Return the release of a cursor, which may be forged, or older than the data."""
    found = next((row for row in every if row["id"] == release), None)
    if found is None or source not in (None, found["source"]):
        raise invalid_cursor()
    return found


def named(every: list[Row], release: str, source: str | None) -> Row:
    found = next(row for row in every if row["id"] == release)
    if source not in (None, found["source"]):
        fault = Fault("conflicting_parameters", f"{release} is a release of {found['source']}.")
        raise wrong_parameters([("query", "release", fault), ("query", "source", fault)])
    return found


def dated(held: list[Row], as_of: date | None, first: bool) -> Row:
    """Return the newest full release by a day, else the newest partial one; or the first full."""
    known = [row for row in held if as_of is None or row["published_on"] <= as_of]
    if not known:
        raise before_first(held, as_of)
    full = [row for row in known if row["coverage"] == "full"] or known
    return full[0] if first else full[-1]


def before_first(held: list[Row], as_of: date | None) -> Exception:
    if not held:
        fault = Fault("unknown_value", "No release of this source is held.")
        return wrong_parameters([("query", "source", fault)])
    fault = Fault(
        "before_first_release",
        f"On {as_of} nothing held here had been published; the first release is "
        f"{held[0]['id']} of {held[0]['published_on']}.",
    )
    return wrong_parameters([("query", "as_of", fault)])

"""Which release answers a query, and which were known by a day."""

from datetime import date
from typing import Any

from schemas.faults import Fault
from service.problems import ProblemError, gone, invalid_cursor, wrong_parameters
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

DEFAULT_SOURCE = "nato"


def choose_release(snapshot: Snapshot, query: dict[str, Any]) -> Row:
    """Return the release that answers a query with `source`, `release` and `as_of`.

    The row has id, source, published_on, coverage, citation, licence, and as_of as it was asked
    for. A page after the first stays with the release of the first. Raises a 400 ProblemError
    when the source has no such release, a 410 when a cursor goes on in one withdrawn since.
    """
    cursor, source, as_of = query.get("cursor"), query["source"], query["as_of"]
    pinned = None if cursor is None else cursor.release
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
        return newest_by(held, as_of, first=asked == "first")

    return snapshot.revision.find_once((pinned, asked, source, as_of), find) | {"as_of": as_of}


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


def newest_by(held: list[Row], as_of: date | None, first: bool) -> Row:
    """Return the newest full release by a day, else the newest partial one; or the first full."""
    known = [row for row in held if as_of is None or row["published_on"] <= as_of]
    if not known:
        raise before_first(held, as_of)
    full = [row for row in known if row["coverage"] == "full"] or known
    return full[0] if first else full[-1]


def before_first(held: list[Row], as_of: date | None) -> ProblemError:
    """Return the 400 for a day before the first release of those held."""
    if not held:
        fault = Fault("unknown_value", "No release of this source is held.")
        return wrong_parameters([("query", "source", fault)])
    fault = Fault(
        "before_first_release",
        f"On {as_of} nothing held here had been published; the first release is "
        f"{held[0]['id']} of {held[0]['published_on']}.",
    )
    return wrong_parameters([("query", "as_of", fault)])

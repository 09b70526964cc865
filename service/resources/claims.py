"""/v1/claims: public statements with a number in them, each checked against the figures."""

from typing import Any

from flask import Blueprint

from schemas.claims import ClaimItem, ClaimListQuery, ClaimPage, ClaimQuery
from schemas.faults import Fault
from service.http import answers, caching
from service.http.routing import endpoint
from service.problems import wrong_parameters
from service.rules.releases import choose_release
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

blueprint = Blueprint("claims", __name__)

RULE = (
    "holds: the value found, rounded half-up to the digits that were said, is the one claimed (or, "
    "where a level was to be reached, is no less). holds_if_rounded: only after the figures of the "
    "members are rounded to one decimal. differs: neither. not_checkable: a figure that it takes "
    "is missing, or none was claimed."
)


@endpoint(
    blueprint,
    "/v1/claims",
    accepts=ClaimListQuery,
    returns=ClaimPage,
    example="topic=two_percent&year=2024",
    validated_by=caching.of_dataset,
)
def list_claims(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List the claims, each with the verdict of the figures.

    One row is one number that somebody said in public. Each is checked in the figures of the
    claimant's own source, as known today and as known on the day it was said; `as_of` and
    `release` check it as known at another time. With `source`, or a `release` by its id, the list
    has only that source's claims. No verdict is stored: the check runs at every request.
    """
    releases = choose_each(snapshot, query)
    of_one = query["source"] or is_named(query)
    asked = {
        "release": [release["id"] for release in releases],
        "source": releases[0]["source"] if of_one else None,
    }
    body = answers.page(snapshot, "claims/list", ClaimListQuery, query | asked)
    body["meta"] |= checking(query, releases)
    return body


@endpoint(
    blueprint,
    "/v1/claims/<claim>",
    accepts=ClaimQuery,
    returns=ClaimItem,
    validated_by=caching.of_dataset,
)
def get_claim(snapshot: Snapshot, query: dict[str, Any], claim: str) -> Any:
    """Get one claim: what was said, what the figures say, and the verdict.

    Use it to check a headline: as known today, on the day it was said, and in any other release of
    the claimant's source.
    """
    body = answers.named_item(snapshot, "claim", "claims", claim)
    releases = choose_for(snapshot, query, body["data"])
    asked = {"id": body["data"]["id"], "release": [release["id"] for release in releases]}
    body["data"] = snapshot.fetch_one("claims/list", asked)
    body["meta"] |= checking(query, releases)
    return body


def choose_each(snapshot: Snapshot, query: dict[str, Any]) -> list[Row]:
    """Return the release of each source that had one by then, or that of the source asked for.

    Raises a 400 ProblemError when there is none.
    """
    every = snapshot.fetch_fixed("releases/chronology")
    day = query["as_of"]
    sources = {row["source"] for row in every if day is None or row["published_on"] <= day}
    if query["source"] or is_named(query) or not sources:
        return [choose_release(snapshot, query)]
    return [choose_release(snapshot, query | {"source": source}) for source in sorted(sources)]


def is_named(query: dict[str, Any]) -> bool:
    return query["release"] not in (None, "latest", "first")


def choose_for(snapshot: Snapshot, query: dict[str, Any], claim: Row) -> list[Row]:
    """Return the release to check a claim in, or none where all of its source were withdrawn.

    Raises a 400 ProblemError for another source's.
    """
    own = claim["source"]
    if query["source"] in (None, own) and not is_named(query):
        held = snapshot.fetch_all("releases/chronology", {"source": own})
        return [choose_release(snapshot, query | {"source": own})] if held else []
    release = choose_release(snapshot, query)
    if release["source"] != own:
        name = "source" if query["source"] else "release"
        fault = Fault("conflicting_parameters", f"{claim['id']} is checked in figures of {own}.")
        raise wrong_parameters([("query", name, fault)])
    return [release]


def checking(query: dict[str, Any], releases: list[Row]) -> Row:
    return {"as_of": query["as_of"], "rule": RULE, "releases": releases}

"""/v1/claims: public statements with a number in them, each checked against the figures."""

from typing import Any

from flask import Blueprint

from schemas.claims import ClaimItem, ClaimListQuery, ClaimPage, ClaimQuery
from schemas.faults import Fault
from service.http import answers, caching
from service.http.routing import endpoint
from service.problems import wrong_parameters
from service.rules.claim_words import check_url, explanation
from service.rules.claims import Check, exact, figures_of
from service.rules.releases import choose_release, newest_by
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
    claims = snapshot.fetch_fixed("claims/list")
    if of_one:
        claims = [claim for claim in claims if claim["source"] == releases[0]["source"]]
    rows = [checked(snapshot, claim, releases) for claim in claims]
    body = answers.page_of(rows, ClaimListQuery, query)
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
    said = answers.named_row(snapshot, "claim", "claims", claim)
    releases = choose_for(snapshot, query, said)
    body = answers.item(checked(snapshot, said, releases))
    body["meta"] |= checking(query, releases)
    return body


def checked(snapshot: Snapshot, claim: Row, releases: list[Row]) -> Row:
    """Return a claim with what the release of its source says, and the one known that day."""
    release = next((row["id"] for row in releases if row["source"] == claim["source"]), None)
    today = check_of(snapshot, claim, release)
    that_day = check_of(snapshot, claim, release_then(snapshot, claim))
    return claim | {
        "claimed_value": exact(claim["claimed_value"]),
        "release": today.release,
        "found_value": today.found,
        "verdict": today.verdict,
        "release_then": that_day.release,
        "found_value_then": that_day.found,
        "verdict_then": that_day.verdict,
        "explanation": explanation(today, that_day),
        "check_url": check_url(today),
    }


def check_of(snapshot: Snapshot, claim: Row, release: str | None) -> Check:
    figures = figures_of(snapshot, release)
    return Check(claim, release, figures, snapshot.fetch_fixed("members/list"))


def release_then(snapshot: Snapshot, claim: Row) -> str | None:
    """Return the release known on the day of a claim, or None before the source's first."""
    every, day = snapshot.fetch_fixed("releases/chronology"), claim["said_on"]
    own = [row for row in every if row["source"] == claim["source"] and row["published_on"] <= day]
    return newest_by(own, None, first=False)["id"] if own else None


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

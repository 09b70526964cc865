"""/v1/commitments: who promised, planned, proposed, demanded or refused what."""

from typing import Any

from flask import Blueprint

from schemas.base import NoParameters
from schemas.commitments import CommitmentItem, CommitmentListQuery, CommitmentPage
from service import clock
from service.http import answers, caching
from service.http.routing import endpoint
from service.storage.snapshot import Snapshot

blueprint = Blueprint("commitments", __name__)


@endpoint(
    blueprint,
    "/v1/commitments",
    accepts=CommitmentListQuery,
    returns=CommitmentPage,
    example="member=UK&sort=-made_on",
    validated_by=caching.of_year,
)
def list_commitments(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List the commitments of members and of the alliance.

    One row is one number that somebody promised, planned, proposed, demanded or refused, with who
    said it, when, by when it is due, and where that is written. Once the due year is over, the
    `state` of a member's pledge or plan is `fulfilled` or `lapsed` where NATO's newest full release
    has the figure of that year.
    """
    asked = query | {"today": clock.today()}
    return answers.page(snapshot, "commitments/list", CommitmentListQuery, asked)


@endpoint(
    blueprint,
    "/v1/commitments/<commitment>",
    accepts=NoParameters,
    returns=CommitmentItem,
    validated_by=caching.of_year,
)
def get_commitment(snapshot: Snapshot, query: dict[str, Any], commitment: str) -> Any:
    """Get one commitment: who said what, when, and where it is written.

    Use it to quote a promise: each has the texts in which it can be read, and what became of it.
    """
    today = {"today": clock.today()}
    return answers.named_item(snapshot, "commitment", "commitments", commitment, today)

"""/v1/search: members, indicators, targets and all the rest, found by text."""

from typing import Any

from flask import Blueprint

from schemas.search import SearchListQuery, SearchPage
from service.http import answers
from service.http.routing import endpoint
from service.storage.snapshot import Snapshot

blueprint = Blueprint("search", __name__)


@endpoint(
    blueprint,
    "/v1/search",
    accepts=SearchListQuery,
    returns=SearchPage,
    example="q=equipement",
)
def list_search_hits(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """Search members, indicators, targets, summits, commitments, claims, releases and notes.

    Accents and case are folded, words are found in all their English forms, the last one also by
    its beginning, and one wrong letter is forgiven (two in words of eight letters or more). Of the
    things found those are listed that have as many of the words as the best one has, best first.
    """
    return answers.page(snapshot, "search/list", SearchListQuery, query)

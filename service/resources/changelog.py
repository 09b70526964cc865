"""/v1/changelog: what changed in the contract and in the data, as a list and as a feed."""

from typing import Any

from flask import Blueprint

from schemas.changelog import ChangelogFeedQuery, ChangelogListQuery, ChangePage
from service.http import answers
from service.http.atom import ATOM
from service.http.formats import JSON
from service.http.routing import endpoint
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

blueprint = Blueprint("changelog", __name__)


@endpoint(
    blueprint,
    "/v1/changelog",
    accepts=ChangelogListQuery,
    returns=ChangePage,
    formats=(JSON, ATOM),
    example="kind=contract&sort=id",
)
def list_changelog(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List what changed: in the contract by its version, in the data by release.

    The newest comes first, by when this service took it in. To hear of what is new, ask with
    `updated_since` for what came since `meta.updated_at` of the answer before.
    """
    return changes(snapshot, query)


@endpoint(
    blueprint,
    "/v1/changelog.atom",
    accepts=ChangelogFeedQuery,
    returns=ChangePage,
    formats=(ATOM,),
    example="kind=contract&sort=id",
)
def get_changelog_feed(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """Get the changelog as an Atom feed (RFC 4287).

    The same rows in the same order under the same filters, an entry each. An entry keeps its id
    wherever the service runs; `updated` is `updated_at`, `published` the day of `published_on`.
    """
    return changes(snapshot, query)


def changes(snapshot: Snapshot, query: dict[str, Any]) -> Row:
    body = answers.page(snapshot, "changelog/list", ChangelogListQuery, query)
    body["meta"]["updated_at"] = snapshot.dataset["changed_at"]
    return body

"""/v1/releases: the publications, and which of them answers a query."""

from typing import Any

from flask import Blueprint

from schemas.base import NoParameters
from schemas.releases import ReleaseItem, ReleaseListQuery, ReleasePage
from service.http import answers
from service.http.routing import endpoint
from service.problems import gone
from service.storage.snapshot import Snapshot

blueprint = Blueprint("releases", __name__)


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

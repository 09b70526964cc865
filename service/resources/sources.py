"""/v1/sources: who publishes the figures, by which definition and on what terms."""

from typing import Any

from flask import Blueprint

from schemas.base import NoParameters
from schemas.sources import PublisherItem, PublisherPage, SourceListQuery
from service.http import answers
from service.http.routing import endpoint
from service.storage.snapshot import Snapshot

blueprint = Blueprint("sources", __name__)


@endpoint(
    blueprint,
    "/v1/sources",
    accepts=SourceListQuery,
    returns=PublisherPage,
    example="sort=id",
)
def list_sources(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List the sources of figures.

    Sources define military spending differently and are never mixed in a row.
    """
    return answers.page(snapshot, "sources/list", SourceListQuery, query)


@endpoint(blueprint, "/v1/sources/<source>", accepts=NoParameters, returns=PublisherItem)
def get_source(snapshot: Snapshot, query: dict[str, Any], source: str) -> Any:
    """Get one source: its definition of military spending and its terms.

    Use it before figures of two sources are compared, and before figures are passed on.
    """
    return answers.named_item(snapshot, "source", "sources", source)

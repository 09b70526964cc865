"""/v1 and /: what the service is and where everything stands."""

from typing import Any

from flask import Blueprint, current_app

from schemas.base import NoParameters
from schemas.index import IndexItem
from service.about import API_VERSION, SUMMARY, TITLE
from service.http import answers
from service.http.endpoint import endpoints_of
from service.http.formats import Archive, File
from service.http.routing import endpoint
from service.storage.snapshot import Snapshot

blueprint = Blueprint("index", __name__)


@endpoint(blueprint, "/", accepts=NoParameters, returns=IndexItem)
def get_root(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """Get the index that /v1 has.

    For whoever asks the host alone, to see what stands there.
    """
    return answers.item(index(snapshot))


@endpoint(blueprint, "/v1", accepts=NoParameters, returns=IndexItem)
def get_index(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """Get the index: versions, counts, and the path of every list.

    Use it to find one's way, and to see at a glance whether the data changed.
    """
    return answers.item(index(snapshot))


def index(snapshot: Snapshot) -> dict[str, Any]:
    counts = snapshot.fetch_one("index/get", {})
    assert counts is not None
    return {
        "title": TITLE,
        "description": SUMMARY,
        "api_version": API_VERSION,
        "data_release": counts.pop("data_release"),
        "data_changed_at": snapshot.dataset["changed_at"],
        "counts": counts,
        "resources": resources(),
        "contract": "/openapi.yaml",
        "documentation": "/docs",
    }


def resources() -> list[dict[str, str]]:
    """Return every list under /v1, with the first line of what its view says of itself."""
    lists = [
        endpoint
        for endpoint in endpoints_of(current_app).values()
        if endpoint.path.startswith("/v1/")
        and not endpoint.arguments
        and not isinstance(endpoint.format, File | Archive)
    ]
    return [
        {
            "name": endpoint.path.removeprefix("/v1/"),
            "path": endpoint.path,
            "description": endpoint.doc.split("\n")[0],
        }
        for endpoint in sorted(lists, key=lambda endpoint: endpoint.path)
    ]

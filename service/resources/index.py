"""/v1 and /: what the service is and where everything stands."""

from typing import Any

from flask import Blueprint, current_app

from schemas.base import NoParameters
from schemas.index import IndexItem
from service.http import answers
from service.http.contract_text import SUMMARY, TITLE
from service.http.endpoint import endpoint
from service.http.formats import Archive, File
from service.storage.database import Snapshot

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
        "api_version": current_app.config["API_VERSION"],
        "data_release": counts.pop("data_release"),
        "data_changed_at": snapshot.dataset["changed_at"],
        "counts": counts,
        "resources": resources(),
        "contract": "/openapi.yaml",
        "documentation": "/docs",
    }


def is_file(rule: Any) -> bool:
    """Tell whether a path is that of a file, which a list leads to."""
    form = current_app.view_functions[rule.endpoint].__dict__.get("format")
    return isinstance(form, File | Archive)


def resources() -> list[dict[str, str]]:
    """Return every list under /v1, with the first line of what its view says of itself."""
    lists = [
        rule
        for rule in current_app.url_map.iter_rules()
        if rule.rule.startswith("/v1/") and not rule.arguments and not is_file(rule)
    ]
    return [
        {
            "name": rule.rule.removeprefix("/v1/"),
            "path": rule.rule,
            "description": (current_app.view_functions[rule.endpoint].__doc__ or "").split("\n")[0],
        }
        for rule in sorted(lists, key=lambda rule: rule.rule)
    ]

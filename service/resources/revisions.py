"""/v1/revisions: every figure that changed from one release to the next."""

from typing import Any

from flask import Blueprint

from schemas.faults import Fault
from schemas.revisions import (
    RevisionHistoryItem,
    RevisionHistoryQuery,
    RevisionListQuery,
    RevisionPage,
)
from service.http import answers, caching
from service.http.routing import endpoint
from service.problems import ProblemError, unknown_in_path
from service.rules.comparing import RULE, comparing, ids, releases_known
from service.rules.lookups import known_code
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

blueprint = Blueprint("revisions", __name__)


@endpoint(
    blueprint,
    "/v1/revisions",
    accepts=RevisionListQuery,
    returns=RevisionPage,
    example="area=POL&indicator=share_gdp_pct&year=2024",
    validated_by=caching.of_dataset,
)
def list_revisions(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List the revisions: figures that are others than in the release before.

    One row for each change of a figure of one source, NATO's unless another is asked for. Use it
    to see what a release changed (`to_release=nato-2026-07-10`), what moved most
    (`sort=-magnitude_pct`), or what a figure used to be. Only changes of the kind `revision` are
    listed unless `kind` asks for others; a figure that stayed as it was never is. Without
    `release` and `as_of` all that is held is compared.
    """
    known = releases_known(snapshot, query)
    asked = query | compared(query, known)
    page = answers.page(
        snapshot,
        "revisions/list",
        RevisionListQuery,
        asked,
        counts="revisions/counts",
        is_long=True,
    )
    listed = f"{RULE} Listed: {', '.join(query['kind'])}."
    page["meta"] |= comparing(query, known) | {"rule": listed}
    return page


@endpoint(
    blueprint,
    "/v1/revisions/<area>/<indicator>/<year>",
    accepts=RevisionHistoryQuery,
    returns=RevisionHistoryItem,
    validated_by=caching.of_dataset,
)
def get_revision_history(
    snapshot: Snapshot, query: dict[str, Any], area: str, indicator: str, year: str
) -> Any:
    """Get the whole history of one figure: what each release of a source says.

    The releases that have a row for it stand in order, those that have it missing too, each with
    its change against the previous one that carries it.
    """
    known = releases_known(snapshot, query)
    cell = {
        "area": known_code(snapshot, "area", area, "/v1/observations"),
        "indicator": known_code(snapshot, "indicator", indicator, "/v1/indicators"),
        "year": year_in_path(year),
    }
    vintages = snapshot.fetch_all("revisions/history", cell | {"release": ids(known)})
    if not vintages:
        raise unknown_cell(cell, known)
    body = answers.item(vintages[0] | {"vintages": vintages})
    body["meta"] |= comparing(query, known)
    return body


def compared(query: dict[str, Any], releases: list[Row]) -> Row:
    """Return what to filter comparisons by: the releases by name only where not all are meant."""
    is_part = query["release"] or query["as_of"]
    return {"source": releases[0]["source"], "release": ids(releases) if is_part else None}


def year_in_path(given: str) -> int:
    """Return a year of four digits. Raises a 404 ProblemError."""
    if not (given.isascii() and given.isdigit() and len(given) == 4):
        raise unknown_in_path("year", given, None, "/v1/observations")
    return int(given)


def unknown_cell(cell: Row, releases: list[Row]) -> ProblemError:
    """Return the 404 for a figure that no release has a row for."""
    named = f"{cell['indicator']} of {cell['area']} in {cell['year']}"
    detail = (
        f"None of {', '.join(ids(releases))} has a row for {named}; /v1/availability says what "
        "they hold."
    )
    return ProblemError("not_found", detail, [("path", "year", Fault("unknown_value", detail))])

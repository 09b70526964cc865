"""/v1/observations: the same figures long, one row a figure, with the cell each stands in."""

from typing import Any

from flask import Blueprint

from schemas.observations import ObservationListQuery, ObservationPage
from service.http import answers
from service.http.json_stat import JSON_STAT
from service.http.parquet import PARQUET
from service.http.routing import FILES, endpoint
from service.http.sdmx import SDMX_CSV
from service.rules.lookups import meanings_of_codes
from service.rules.releases import choose_release
from service.storage.snapshot import Snapshot

blueprint = Blueprint("observations", __name__)


@endpoint(
    blueprint,
    "/v1/observations",
    accepts=ObservationListQuery,
    returns=ObservationPage,
    as_files=(*FILES, PARQUET, JSON_STAT, SDMX_CSV),
    example="area=POL&indicator=share_gdp_pct&year_gte=2023&release=nato-2024-06-17",
)
def list_observations(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List observations: one row for each figure of one release.

    Use it for tools that read any indicator alike, to find the cell of the publisher's workbook
    that a figure stands in, and for the publisher's own aggregates. A missing figure of a member
    has a row too, with the reason.
    """
    release = choose_release(snapshot, query)
    body = answers.page(snapshot, "observations/list", ObservationListQuery, query, release)
    return body if "limit" in query else body | {"codes": meanings_of_codes(snapshot)}

"""/v1/revision-summaries: what each release changed, counted for each indicator."""

from typing import Any

from flask import Blueprint

from schemas.revision_summaries import RevisionSummaryListQuery, RevisionSummaryPage
from service.http import answers, caching
from service.http.routing import endpoint
from service.rules.comparing import comparing, ids, releases_known
from service.storage.snapshot import Snapshot

blueprint = Blueprint("revision_summaries", __name__)


@endpoint(
    blueprint,
    "/v1/revision-summaries",
    accepts=RevisionSummaryListQuery,
    returns=RevisionSummaryPage,
    example="to_release=nato-2026-07-10&indicator=share_gdp_pct",
    validated_by=caching.of_dataset,
)
def list_revision_summaries(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List what each release changed: how many figures, which way, and which moved most.

    One row for each indicator of each release that can be compared with an earlier one. Use it
    to see at a glance what a release did (`to_release=nato-2026-07-10`), then `/v1/revisions` for
    the figures.
    """
    known = releases_known(snapshot, query)
    asked = query | {"release": ids(known)}
    page = answers.page(snapshot, "revision_summaries/list", RevisionSummaryListQuery, asked)
    page["meta"] |= comparing(query, known)
    return page

"""/v1/exports: everything of a release, as an archive."""

from typing import IO, Any

from flask import Blueprint

from schemas.exports import ExportItem, ExportListQuery, ExportPage
from service.http import answers, caching
from service.http.download import Chosen
from service.http.formats import ZIP
from service.http.package import write_package
from service.http.routing import download, endpoint
from service.problems import gone
from service.rules.lookups import known_code
from service.rules.releases import choose_release
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

blueprint = Blueprint("exports", __name__)


@endpoint(
    blueprint,
    "/v1/exports",
    accepts=ExportListQuery,
    returns=ExportPage,
    example="source=nato&coverage=full",
)
def list_exports(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """List the exports: one archive for each release, with everything in it.

    Use it to take all figures of a release home at once, as CSV and Parquet, described as a
    Frictionless data package.
    """
    return answers.page(snapshot, "exports/list", ExportListQuery, query)


def write(snapshot: Snapshot, release: Row, file: IO[bytes]) -> None:
    asked = {"id": release["id"]}
    write_package(snapshot, snapshot.fetch_all("releases/list", asked)[0], file)


@download(blueprint, "/v1/exports/latest.zip", form=ZIP, returns=ExportItem, write=write)
def get_latest_export(snapshot: Snapshot) -> Chosen:
    """Get everything of NATO's newest full release, as a ZIP archive.

    The archive of that release, which `X-Data-Release` names. `Range` resumes a download; with
    `If-Range` only while the archive is the same.
    """
    return chosen(snapshot, None), caching.of_dataset(snapshot, {})


@download(blueprint, "/v1/exports/<release>.zip", form=ZIP, returns=ExportItem, write=write)
def get_export(snapshot: Snapshot, release: str) -> Chosen:
    """Get everything of one release, as a ZIP archive.

    Its observations, spending years and assessments, and the members, indicators, targets and
    notes that they name, as CSV, the first three as Parquet too; with `datapackage.json`,
    `README.md` and `SHA256SUMS`. The same bytes each time. `Range` resumes a download; with
    `If-Range` only while the archive is the same.
    """
    if said := snapshot.codes.withdrawal(release):
        raise gone("path", "release", said)
    code = known_code(snapshot, "release", release, "/v1/exports")
    return chosen(snapshot, code), caching.of_dataset(snapshot, {})


def chosen(snapshot: Snapshot, release: str | None) -> Row:
    return choose_release(snapshot, {"source": None, "release": release, "as_of": None})

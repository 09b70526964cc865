"""A strong ETag names bytes: the same ones at each request, in each process, at any time of day."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..test_conventions import every_url
from .conftest import Answer, Service, running

# Whole lists in each kind of file, beside the few rows of the examples.
WHOLE = [
    *(f"/v1/spending-years{suffix}" for suffix in (".csv", ".ndjson", ".xlsx", ".parquet")),
    *(f"/v1/codelists{suffix}" for suffix in (".csv", ".ndjson", ".xlsx")),
    "/v1/observations.jsonstat",
    "/v1/observations.sdmx.csv",
    "/v1/spending-years?limit=10000",
]
DOCS = ["/docs/start.js", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/favicon-32x32.png"]  # fmt: skip
# `/metrics` and the probes have no tag.
URLS = [*every_url(), *WHOLE, *DOCS]
CODINGS = ("identity", "gzip", "br", "zstd")
# A ZIP archive keeps two seconds for one.
LATER_S = 2.1


@pytest.fixture(scope="module")
def services(
    urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, Service]]:
    """Return two services without a cache, whose processes have nothing in common but the data."""
    one, other = (tmp_path_factory.mktemp(name) for name in ("one", "other"))
    common = {"WORKERS": "1", "CACHE_MB": "0"}
    with (
        running(urls, one, PYTHONHASHSEED="1", TZ="UTC", **common) as first,
        running(urls, other, PYTHONHASHSEED="2", TZ="Pacific/Auckland", **common) as second,
    ):
        yield first, second


@pytest.fixture(scope="module")
def answers(services: tuple[Service, Service]) -> dict[tuple[str, str], list[Answer]]:
    """Return four answers to each question: two of each service, some seconds apart."""
    found: dict[tuple[str, str], list[Answer]] = {}
    for _ in range(2):
        for service in services:
            for url in URLS:
                for coding in CODINGS:
                    headers = {"Host": "example.org", "Accept-Encoding": coding}
                    found.setdefault((url, coding), []).append(service.get(url, headers=headers))
            time.sleep(LATER_S)
    return found


@pytest.mark.parametrize("url", URLS)
def test_the_same_tag_means_the_same_bytes(
    answers: dict[tuple[str, str], list[Answer]], url: str
) -> None:
    tags = set()
    for coding in CODINGS:
        first, *others = answers[url, coding]
        if "etag" not in first.headers:
            assert first.headers["cache-control"] == "no-store"
            continue
        assert first.status == 200
        tag = first.headers["etag"]
        for other in others:
            assert (other.headers["etag"], other.body == first.body) == (tag, True), coding
        tags.add((tag, first.body))
    assert len(tags) == len({tag for tag, _ in tags}), "one tag for two contents"


@pytest.mark.parametrize("url", ["/v1/exports/latest.zip", "/v1/spending-years.xlsx"])
def test_unpacked_entries_have_one_date(services: tuple[Service, Service], url: str, tmp_path: Path) -> None:  # fmt: skip
    from zipfile import ZipFile

    file = tmp_path / "archive"
    file.write_bytes(services[0].get(url).body)
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        assert len({entry.date_time for entry in archive.infolist()}) == 1
        assert all(entry.external_attr >> 16 & 0o400 for entry in archive.infolist())

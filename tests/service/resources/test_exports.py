"""Everything of a release in one archive: the same bytes each time, sound, and resumed."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.http import http_date, parse_date

from service import create_app
from service.config import Config
from service.http import download, package, parquet
from service.resources import exports
from tests.conftest import served

RELEASE = "nato-2023-07-07"  # the smallest
URL = f"/v1/exports/{RELEASE}.zip"
FIGURES = ("observations", "spending-years", "assessments")
TABLES = (*FIGURES, "members", "indicators", "targets", "releases", "sources", "notes")


def stand_in(snapshot: Any, release: Any, file: Any) -> None:
    """Write no package, where only its way matters."""
    file.write(b"archive")


@pytest.fixture(scope="module")
def whole(app: Flask) -> bytes:
    answer = app.test_client().get(URL)
    assert answer.status_code == 200, answer.json
    return answer.data


@pytest.fixture(scope="module")
def unpacked(whole: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    with ZipFile(io.BytesIO(whole)) as archive:
        archive.extractall(folder)
    return folder


def test_the_list_says_what_there_is(client: FlaskClient) -> None:
    rows = client.get("/v1/exports").json["data"]
    assert rows[0] == {
        "release": "nato-2023-07-07",
        "source": "nato",
        "title": rows[0]["title"],
        "published_on": "2023-07-07",
        "coverage": "partial",
        "figure_count": client.get("/v1/releases/nato-2023-07-07").json["data"]["figure_count"],
        "file_name": "burdenshare_nato-2023-07-07.zip",
        "url": URL,
    }
    releases = client.get("/v1/releases").json["data"]
    assert [row["release"] for row in rows] == [row["id"] for row in releases]
    query = "source=nato&coverage=full&published_on_gte=2025-01-01&figure_count_gte=5750"
    [newest] = client.get(f"/v1/exports?{query}").json["data"]
    assert newest["release"] == "nato-2026-07-10"
    assert client.get("/v1/exports?source=sipri&coverage=full").json["data"] == []
    assert client.get("/v1/exports?coverage=half").status_code == 400


def test_a_release_withdrawn_has_none(
    withdrawn_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "write_package", stand_in)
    client = withdrawn_app.test_client()
    assert [row["release"] for row in client.get("/v1/exports").json["data"]] == [
        "nato-2023-07-07",
        "nato-2025-08-28",
    ]
    gone = client.get("/v1/exports/nato-2026-07-10.zip")
    assert (gone.status_code, gone.json["code"]) == (410, "gone")
    assert "was wrong" in gone.json["detail"]
    latest = client.get("/v1/exports/latest.zip")
    assert latest.headers["X-Data-Release"] == "nato-2025-08-28"


# What is in it.


def test_what_is_in_it(whole: bytes) -> None:
    with ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        entries = archive.infolist()
    names = [entry.filename for entry in entries]
    assert sorted(names) == sorted(
        [
            *(f"{name}.csv" for name in TABLES),
            *(f"{name}.parquet" for name in FIGURES),
            "datapackage.json", "README.md", "SHA256SUMS",
        ]
    )  # fmt: skip
    assert {entry.date_time for entry in entries} == {(2023, 7, 7, 0, 0, 0)}
    assert {(entry.create_system, entry.external_attr >> 16) for entry in entries} == {
        (3, 0o100644)
    }


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("observations", f"/v1/observations.csv?release={RELEASE}"),
        ("spending-years", f"/v1/spending-years.csv?release={RELEASE}"),
        ("members", "/v1/members.csv"),
        ("indicators", "/v1/indicators.csv"),
        ("targets", "/v1/targets.csv"),
    ],
)
def test_a_table_is_the_list(client: FlaskClient, unpacked: Path, name: str, url: str) -> None:
    assert (unpacked / f"{name}.csv").read_bytes() == client.get(url).data


def test_the_other_tables_have_the_rows_of_their_lists(client: FlaskClient, unpacked: Path) -> None:
    def rows(name: str) -> list[dict[str, str]]:
        return read_csv((unpacked / f"{name}.csv").read_bytes().decode())

    [release] = rows("releases")
    assert release["id"] == RELEASE
    assert "updated_at" not in release, "when it was taken in is not of the release"
    assert [row["id"] for row in rows("sources")] == ["nato"]
    assessed: list[dict[str, str]] = []
    for target in sorted(row["id"] for row in rows("targets") if row["unit"] != "pp_per_year"):
        url = f"/v1/targets/{target}/assessments.csv?release={RELEASE}"
        assessed += read_csv(client.get(url).text)
    assert rows("assessments") == assessed
    ids = {
        id
        for name in TABLES
        for row in rows(name)
        for id in filter(None, row.get("notes", "").split("; "))
    }
    texts = {row["id"]: row["text"] for row in rows("notes")}
    assert list(texts) == sorted(ids)
    assert all(texts.values())


@pytest.mark.parametrize("name", FIGURES)
def test_parquet_has_the_rows_of_the_csv(unpacked: Path, name: str) -> None:
    table = pq.read_table(unpacked / f"{name}.parquet")
    rows = read_csv((unpacked / f"{name}.csv").read_bytes().decode())
    assert table.column_names == list(rows[0])
    for name in ("member", "area", "value", "year", "met", "share_gdp_pct"):
        if name in rows[0]:
            found = ["" if at is None else str(at) for at in table[name].to_pylist()]
            assert found == [row[name] for row in rows]
    metadata = table.schema.metadata
    assert metadata[b"release"].decode() == RELEASE
    assert metadata[b"citation"].startswith(b"NATO, ")


def test_it_is_a_valid_data_package(unpacked: Path) -> None:
    frictionless = Path(sys.executable).with_name("frictionless")
    done = subprocess.run(
        [frictionless, "validate", "datapackage.json", "--json"],
        cwd=unpacked,
        capture_output=True,
        check=False,
    )
    report = json.loads(done.stdout)
    assert report["valid"], [task["errors"] for task in report["tasks"]] + report["errors"]
    assert [task["name"] for task in report["tasks"]] == list(TABLES)


def test_it_describes_every_column_as_the_contract_does(unpacked: Path) -> None:
    described = json.loads((unpacked / "datapackage.json").read_text("utf-8"))
    assert "credit" in described["licenses"][0]["title"]
    tables = {resource["name"]: resource for resource in described["resources"]}
    fields = {field["name"]: field for field in tables["spending-years"]["schema"]["fields"]}
    assert fields["share_gdp_pct"]["type"] == "number"
    assert "Unit: per cent of GDP." in fields["share_gdp_pct"]["description"]
    assert "constraints" not in fields["share_gdp_pct"]
    assert (fields["year"]["type"], fields["missing"]["type"]) == ("integer", "string")
    keys = [key["reference"]["resource"] for key in tables["assessments"]["schema"]["foreignKeys"]]
    assert keys == ["targets", "members", "releases"]
    readme = (unpacked / "README.md").read_text("utf-8")
    for resource in described["resources"]:
        assert f"\n## {resource['name']}\n" in readme
        for field in resource["schema"]["fields"]:
            assert f"| `{field['name']}` | {field['type']} | {field['description']} |" in readme


def test_the_checksums_are_those_of_the_files(unpacked: Path) -> None:
    sums = (unpacked / "SHA256SUMS").read_text().splitlines()
    named = dict(reversed(line.split("  ")) for line in sums)
    assert named == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in unpacked.iterdir()
        if path.name != "SHA256SUMS"
    }


# The same each time.

BUILD = """
import hashlib, sys
from service import create_app
from service.config import Config
app = create_app(Config(sys.argv[1]))
answer = app.test_client().get(sys.argv[2])
print(hashlib.sha256(answer.data).hexdigest(), answer.headers["ETag"])
app.extensions["database"].close()
"""


def test_another_process_makes_the_same_bytes(database_url: str, app: Flask, whole: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUILD, database_url, URL],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    tag = app.test_client().head(URL).headers["ETag"]
    assert done.stdout.split() == [hashlib.sha256(whole).hexdigest(), tag]


# Made once, and kept.


@pytest.fixture
def fresh(database_url: str) -> Iterator[Flask]:
    """Return an application that has made no archive yet."""
    with served(database_url) as app:
        yield app


def kept(app: Flask) -> list[Path]:
    return list(app.extensions["shelf"].directory.iterdir())


def test_it_is_made_once(fresh: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = fresh.test_client()
    first = client.get(URL)
    monkeypatch.setattr(exports, "write_package", None)
    assert client.get(URL).data == first.data
    [file] = kept(fresh)
    assert file.read_bytes() == first.data


@pytest.mark.parametrize("place", ["as_json", "readme"])
def test_a_fault_while_it_is_made_is_a_problem_and_leaves_nothing(
    fresh: Flask, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def fail(*_: Any) -> str:
        raise RuntimeError("a fault of ours")

    client = fresh.test_client()
    monkeypatch.setattr(parquet if place == "as_json" else package, place, fail)
    answer = client.get(URL)
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert kept(fresh) == []
    stats = fresh.extensions["database"].pool.get_stats()
    assert stats["pool_available"] == stats["pool_size"]


def test_no_more_are_kept_than_may_be(fresh: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MOST", 2)
    monkeypatch.setattr(exports, "write_package", stand_in)
    client = fresh.test_client()
    for release in (RELEASE, "nato-2024-06-17", RELEASE, "nato-2025-08-28"):
        assert client.get(f"/v1/exports/{release}.zip").data == b"archive"
    names = sorted(path.name.partition(".")[0] for path in kept(fresh))
    assert names == ["nato-2023-07-07", "nato-2025-08-28"]


def test_the_directory_goes_with_the_application(database_url: str) -> None:
    shelf = download.Shelf()
    directory = shelf.directory
    assert directory.is_dir()
    del shelf
    assert not directory.exists()


# Sent.


def test_how_it_is_sent(client: FlaskClient, whole: bytes) -> None:
    get, head = client.get(URL), client.head(URL)
    assert get.mimetype == "application/zip"
    assert get.headers["Content-Length"] == head.headers["Content-Length"] == str(len(whole))
    assert get.headers["Accept-Ranges"] == "bytes"
    assert get.headers["X-Data-Release"] == RELEASE
    assert "burdenshare_nato-2023-07-07.zip" in get.headers["Content-Disposition"]
    assert get.headers["ETag"].startswith('"')
    assert get.headers["Last-Modified"] == client.get("/v1/members").headers["Last-Modified"]
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == get.headers["ETag"]


def test_it_is_asked_for_again_after_five_minutes(
    fresh: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "write_package", stand_in)
    client = fresh.test_client()
    pinned = client.head("/v1/exports/nato-2026-07-10.zip")
    latest = client.head("/v1/exports/latest.zip")
    # It holds members and targets as they are today, which a release does not pin.
    assert pinned.headers["Cache-Control"].startswith("public, max-age=300")
    for answer in (latest, client.head(URL)):
        assert answer.headers["Cache-Control"].startswith("public, max-age=300")
    assert latest.headers["X-Data-Release"] == "nato-2026-07-10"
    assert latest.headers["Content-Length"] == pinned.headers["Content-Length"]


def test_a_download_is_resumed(client: FlaskClient, whole: bytes) -> None:
    half, tag = len(whole) // 2, client.head(URL).headers["ETag"]
    first = client.get(URL, headers={"Range": f"bytes=0-{half - 1}"})
    rest = client.get(URL, headers={"Range": f"bytes={half}-", "If-Range": tag})
    assert (first.status_code, rest.status_code) == (206, 206)
    assert rest.headers["Content-Range"] == f"bytes {half}-{len(whole) - 1}/{len(whole)}"
    assert rest.headers["Content-Length"] == str(len(whole) - half)
    assert rest.headers["ETag"] == tag
    assert first.data + rest.data == whole
    assert client.get(URL, headers={"Range": "bytes=-22"}).data == whole[-22:]


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=10-19", "If-Range": '"another"'},
        {"Range": "bytes=0-1,5-6"},
        {"Range": "bytes=x-"},
        {"Range": "rows=1-2"},
    ],
)
def test_else_it_is_sent_whole(client: FlaskClient, whole: bytes, headers: dict[str, str]) -> None:
    answer = client.get(URL, headers=headers)
    assert (answer.status_code, answer.data) == (200, whole)


def test_if_range_matches_a_strong_tag_or_the_very_date(client: FlaskClient, whole: bytes) -> None:
    head = client.head(URL).headers
    tag, date = head["ETag"], head["Last-Modified"]
    instant = parse_date(date)
    assert instant is not None
    others = [
        f"W/{tag}", f"w/{tag}", tag.strip('"'), tag[:-1], f"{tag}, {tag}", f'{tag}, "a"', "*", "",
        http_date(instant + timedelta(seconds=1)), http_date(instant - timedelta(seconds=1)),
        http_date(instant + timedelta(days=9999)), date.replace("GMT", "+0000"),
        "Thu, 01 Jan 99999999999 00:00:00 GMT",
    ]  # fmt: skip
    for condition in (tag, date):
        answer = client.get(URL, headers={"Range": "bytes=1-4", "If-Range": condition})
        assert (answer.status_code, answer.data) == (206, whole[1:5]), condition
    for condition in others:
        answer = client.get(URL, headers={"Range": "bytes=1-4", "If-Range": condition})
        assert (answer.status_code, answer.data) == (200, whole), condition


@pytest.mark.parametrize(
    "given", ["bytes=0-0,-1", "bytes=0-9,20-29", "bytes=" + "0-1," * 200 + "2-3"]
)
def test_several_ranges_are_answered_whole(client: FlaskClient, whole: bytes, given: str) -> None:
    answer = client.get(URL, headers={"Range": given, "If-Range": client.head(URL).headers["ETag"]})
    assert (answer.status_code, answer.data) == (200, whole)
    assert "Content-Range" not in answer.headers


def test_head_takes_no_range(client: FlaskClient) -> None:
    whole = client.head(URL).headers
    for more in ({}, {"If-Range": whole["ETag"]}, {"If-Range": whole["Last-Modified"]}):
        answer = client.head(URL, headers={"Range": "bytes=0-9", **more})
        assert (answer.status_code, answer.data) == (200, b"")
        assert answer.headers["Content-Length"] == whole["Content-Length"]


def test_a_range_beyond_the_end_says_how_long_it_is(client: FlaskClient, whole: bytes) -> None:
    answer = client.get(URL, headers={"Range": f"bytes={len(whole)}-"})
    assert (answer.status_code, answer.json["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"


def test_what_the_client_has_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.head(URL).headers["ETag"]
    for headers in ({"If-None-Match": tag}, {"If-None-Match": tag, "Range": "bytes=0-9"}):
        answer = client.get(URL, headers=headers)
        assert (answer.status_code, answer.data) == (304, b"")


# Refused.


def test_a_client_that_takes_no_zip_is_refused(client: FlaskClient) -> None:
    for url in (URL, "/v1/exports/latest.zip"):
        answer = client.get(url, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json["code"]) == (406, "not_acceptable")


def test_an_unknown_release_is_404(client: FlaskClient) -> None:
    answer = client.get("/v1/exports/nato-2024-06-16.zip")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    [error] = answer.json["errors"]
    assert (error["in"], error["name"]) == ("path", "release")
    assert error["did_you_mean"] == "nato-2024-06-17"


@pytest.mark.parametrize("url", [URL, "/v1/exports/latest.zip"])
def test_it_takes_no_parameter(client: FlaskClient, url: str) -> None:
    answer = client.get(f"{url}?release=latest")
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_parameter")


def test_without_a_database_there_is_none() -> None:
    app = create_app(Config("postgresql://127.0.0.1:1/nowhere", pool_timeout_s=0.1))
    assert app.test_client().get(URL).status_code == 503
    app.extensions["database"].close()

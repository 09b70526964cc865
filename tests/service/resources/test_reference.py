"""The lists that describe: targets, summits, commitments, releases, sources, indicators."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.test_conventions import EXAMPLES

LISTS = {
    "/v1/targets": "target",
    "/v1/summits": "summit",
    "/v1/commitments": "commitment",
    "/v1/claims": "claim",
    "/v1/releases": "release",
    "/v1/sources": "source",
    "/v1/indicators": "indicator",
    "/v1/codelists": "codelist",
    "/v1/problems": "problem",
}


@pytest.mark.parametrize("path", LISTS)
def test_every_row_of_a_list_is_found_by_its_own_path(client: FlaskClient, path: str) -> None:
    rows = client.get(path).json["data"]
    assert rows
    for row in rows:
        assert client.get(f"{path}/{row.get('id') or row['code']}").json["data"] == row


@pytest.mark.parametrize(("path", "name"), LISTS.items())
def test_an_unknown_id_is_not_found_and_the_nearest_is_named(
    client: FlaskClient, path: str, name: str
) -> None:
    first = client.get(path).json["data"][0]
    known = first.get("id") or first["code"]
    answer = client.get(f"{path}/{known}x")
    [error] = answer.json["errors"]
    assert answer.status_code == 404
    assert (error["in"], error["name"]) == ("path", name)
    assert error["did_you_mean"] is not None


def found(client: FlaskClient, url: str) -> list[Any]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.json
    return [row["id"] for row in answer.json["data"]]


def test_there_are_twelve_targets(client: FlaskClient) -> None:
    assert set(found(client, "/v1/targets")) == {
        "ministers-2006-spending",
        "wales-2014-spending",
        "wales-2014-equipment",
        "vilnius-2023-spending",
        "vilnius-2023-equipment",
        "hague-2025-total",
        "hague-2025-core",
        "hague-2025-related",
        "us-2025-total",
        "rutte-2025-core",
        "rutte-2025-related",
        "rutte-2025-step",
    }


def test_the_hague_in_numbers(client: FlaskClient) -> None:
    rows = client.get("/v1/targets?agreed_at=hague-2025").json["data"]
    assert {row["id"]: (row["value"], row["due_year"], row["review_year"]) for row in rows} == {
        "hague-2025-core": (3.5, 2035, 2029),
        "hague-2025-related": (1.5, 2035, 2029),
        "hague-2025-total": (5.0, 2035, 2029),
    }


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/v1/targets?state=proposed&value_lte=1", ["rutte-2025-step"]),
        ("/v1/targets?indicator=equipment_share_pct", ["vilnius-2023-equipment", "wales-2014-equipment"]),
        ("/v1/summits?starts_on_gte=2025-06-20&sort=starts_on", ["hague-2025", "ankara-2026"]),
        ("/v1/releases?coverage=partial", ["nato-2023-07-07", "sipri-2025-04-28"]),
        ("/v1/releases?obtained=workbook", ["nato-2024-06-17", "sipri-2025-04-28"]),
        ("/v1/releases?published_on_lte=2024-12-31&sort=-published_on", ["nato-2024-06-17", "nato-2023-07-07"]),
        ("/v1/indicators?is_published=false", ["related_share_gdp_pct", "total_share_gdp_pct"]),
    ],
)  # fmt: skip
def test_filters(client: FlaskClient, url: str, expected: list[str]) -> None:
    assert found(client, url) == expected


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("member=UK", lambda row: row["member"] == "GBR"),
        ("scope=alliance", lambda row: row["member"] is None),
        ("scope=member&kind=demand", lambda row: row["member"] and row["kind"] == "demand"),
        ("unit=GBP,pieces", lambda row: row["unit"] in ("GBP", "pieces")),
        ("due_year_gte=2035&due_year_lte=2035", lambda row: row["due_year"] == 2035),
        ("made_on_gte=2026-01-01", lambda row: row["made_on"] >= "2026-01-01"),
        ("backing=official", lambda row: row["backing"] == "official"),
        ("value_gte=3&unit=pct_gdp", lambda row: row["unit"] == "pct_gdp" and row["value"] >= 3),
        ("indicator=personnel_thousands", lambda row: row["indicator"] == "personnel_thousands"),
        ("summit=hague-2025", lambda row: row["summit"] == "hague-2025"),
        ("state=superseded", lambda row: row["state"] == "superseded"),
        ("value_max_gte=1", lambda row: row["value_max"] is not None and row["value_max"] >= 1),
        ("from_year_lte=2027", lambda row: row["from_year"] is not None and row["from_year"] <= 2027),
    ],
)  # fmt: skip
def test_commitments_are_filtered_exactly(client: FlaskClient, query: str, keeps: Any) -> None:
    every = client.get("/v1/commitments").json["data"]
    kept = [row for row in every if keeps(row)]
    assert kept, "the case shows nothing unless it keeps something"
    assert client.get(f"/v1/commitments?{query}").json["data"] == kept


def test_a_unit_that_is_none_is_refused(client: FlaskClient) -> None:
    answer = client.get("/v1/commitments?unit=gbp")
    assert (answer.status_code, answer.json["errors"][0]["did_you_mean"]) == (400, "GBP")


def test_a_release_says_where_it_is_from(client: FlaskClient) -> None:
    release = client.get("/v1/releases/nato-2024-06-17").json["data"]
    assert release["published_on"] == "2024-06-17"
    assert (release["year_first"], release["year_last"]) == (2014, 2024)
    assert release["constant_base_year"] == 2015
    assert (release["coverage"], release["obtained"]) == ("full", "workbook")
    assert len(release["sha256"]) == 64
    assert len(release["indicators"]) == 16
    assert release["figure_count"] == 5377
    held = client.get("/v1/observations?release=nato-2024-06-17&limit=10000").json["data"]
    assert sum(row["value"] is not None for row in held) == release["figure_count"]


def test_the_index_leads_to_every_list(client: FlaskClient) -> None:
    index = client.get("/v1").json["data"]
    assert index == client.get("/").json["data"]
    assert index["data_release"] == "nato-2026-07-10"
    assert index["counts"]["members"] == 32
    assert {resource["path"] for resource in index["resources"]} == {
        "/v1/members", "/v1/spending-years", "/v1/observations", "/v1/quadrants",
        "/v1/aggregates", "/v1/rankings", "/v1/paths", "/v1/search",
        "/v1/changelog", "/v1/changelog.atom", "/v1/revisions", "/v1/revision-summaries",
        "/v1/availability", "/v1/exports", *LISTS,
    }  # fmt: skip
    for resource in index["resources"]:
        assert client.get(EXAMPLES[resource["path"]]).status_code == 200


def test_health_is_never_kept(client: FlaskClient) -> None:
    for path, status in (("/healthz", "ok"), ("/readyz", "ready")):
        answer = client.get(path)
        assert answer.json["data"] == {"status": status}
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers

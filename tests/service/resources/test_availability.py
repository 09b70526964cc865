"""GET /v1/availability"""

from collections import defaultdict
from typing import Any

import pytest
from flask.testing import FlaskClient

PATH = "/v1/availability"

Row = dict[str, Any]


def rows(client: FlaskClient, url: str) -> list[Row]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    assert answer.json["meta"]["total"] == answer.json["meta"]["count"]
    return list(answer.json["data"])


def test_a_series_with_a_gap(client: FlaskClient) -> None:
    found = rows(client, f"{PATH}?area=Germany&indicator=share_gdp_pct&release=nato-2025-08-28")
    assert found == [
        {
            "area": "DEU",
            "area_kind": "member",
            "indicator": "share_gdp_pct",
            "unit": "pct_gdp",
            "release": "nato-2025-08-28",
            "source": "nato",
            "year_first": 2014,
            "year_last": 2024,
            "count": 11,
            "missing_count": 1,
            "missing_years": [2025],
            "missing_reasons": ["not_reported"],
        }
    ]


def test_a_series_that_is_not_held_says_so(client: FlaskClient) -> None:
    found = rows(client, f"{PATH}?release=nato-2025-08-28&indicator=spending_usd_m_current")
    assert len(found) == 32
    for row in found:
        assert (row["year_first"], row["year_last"], row["count"]) == (None, None, 0)
        reason = "not_applicable" if row["area"] == "ISL" else "not_held"
        assert row["missing_reasons"] == [reason]
        assert row["missing_years"] == list(range(2014, 2026))


@pytest.mark.parametrize("release", ["nato-2024-06-17", "sipri-2025-04-28"])
def test_it_counts_the_observations(client: FlaskClient, release: str) -> None:
    series: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows(client, f"/v1/observations?release={release}&limit=10000"):
        series[row["area"], row["indicator"]].append(row)
    found = rows(client, f"{PATH}?release={release}&limit=10000")
    assert {(row["area"], row["indicator"]) for row in found} == series.keys()
    for row in found:
        figures = series[row["area"], row["indicator"]]
        years = [figure["year"] for figure in figures if figure["value"] is not None]
        assert row["count"] == len(years)
        assert (row["year_first"], row["year_last"]) == (
            min(years, default=None),
            max(years, default=None),
        )
        missing = [figure for figure in figures if figure["value"] is None]
        assert row["missing_count"] == len(missing)
        assert row["missing_years"] == [figure["year"] for figure in missing]
        assert row["missing_reasons"] == sorted({figure["missing_reason"] for figure in missing})


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("source=sipri", lambda row: row["source"] == "sipri"),
        ("release=nato-2024-06-17,sipri-2025-04-28", lambda row: row["release"] in ("nato-2024-06-17", "sipri-2025-04-28")),
        ("area_kind=aggregate", lambda row: row["area_kind"] == "aggregate"),
        ("area=turkey,WORLD", lambda row: row["area"] in ("TUR", "WORLD")),
        ("missing_reason=not_reported", lambda row: "not_reported" in row["missing_reasons"]),
        ("year_first_lte=2014&year_last_gte=2026", lambda row: row["count"] and row["year_first"] <= 2014 and row["year_last"] >= 2026),
        ("count_lte=0", lambda row: row["count"] == 0),
        ("source=sipri&release=nato-2024-06-17", lambda row: False),
        ("release=latest", lambda row: row["release"] in ("nato-2026-07-10", "sipri-2025-04-28")),
        ("release=latest&source=nato", lambda row: row["release"] == "nato-2026-07-10"),
        ("release=first,latest&source=nato", lambda row: row["release"] in ("nato-2024-06-17", "nato-2026-07-10")),
        ("release=nato-2023-07-07,latest&source=nato", lambda row: row["release"] in ("nato-2023-07-07", "nato-2026-07-10")),
        ("as_of=2024-06-17", lambda row: row["release"] in ("nato-2023-07-07", "nato-2024-06-17")),
        ("as_of=2024-06-16&source=nato,sipri", lambda row: row["release"] == "nato-2023-07-07"),
    ],
)  # fmt: skip
def test_filters_keep_exactly_what_they_say(client: FlaskClient, query: str, keeps: Any) -> None:
    every = rows(client, f"{PATH}?limit=10000")
    assert rows(client, f"{PATH}?limit=10000&{query}") == [row for row in every if keeps(row)]


def test_the_releases_asked_for_are_named_with_their_terms(client: FlaskClient) -> None:
    meta = client.get(f"{PATH}?as_of=2024-07-01&limit=1").json["meta"]
    assert meta["as_of"] == "2024-07-01"
    assert [release["id"] for release in meta["releases"]] == ["nato-2023-07-07", "nato-2024-06-17"]
    for release in meta["releases"]:
        assert release["citation"].startswith("NATO, ")
        assert "credit" in release["licence"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("as_of=2023-07-06", "nato-2023-07-07"),
        ("as_of=2025-04-27&source=sipri", "sipri-2025-04-28"),
    ],
)
def test_before_the_first_release_is_refused_naming_it(
    client: FlaskClient, query: str, first: str
) -> None:
    answer = client.get(f"{PATH}?{query}")
    [error] = answer.json["errors"]
    assert (answer.status_code, error["name"]) == (400, "as_of")
    assert (answer.json["code"], first in error["detail"]) == ("before_first_release", True)


def test_a_release_and_a_day_exclude_each_other(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?as_of=2025-01-01&release=latest")
    assert (answer.status_code, answer.json["code"]) == (400, "conflicting_parameters")
    assert [error["name"] for error in answer.json["errors"]] == ["as_of", "release"]


def test_a_release_that_is_not_known_is_named(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?release=nato-2025-08-27")
    [error] = answer.json["errors"]
    assert (answer.status_code, error["name"]) == (400, "release")
    assert error["did_you_mean"] == "nato-2025-08-28"
    assert error["allowed"][:2] == ["latest", "first"]

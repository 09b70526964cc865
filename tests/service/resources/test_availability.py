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
    ],
)  # fmt: skip
def test_filters_keep_exactly_what_they_say(client: FlaskClient, query: str, keeps: Any) -> None:
    every = rows(client, f"{PATH}?limit=10000")
    assert rows(client, f"{PATH}?limit=10000&{query}") == [row for row in every if keeps(row)]


def test_a_release_that_is_not_known_is_named(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?release=nato-2025-08-27")
    [error] = answer.json["errors"]
    assert (answer.status_code, error["name"]) == (400, "release")
    assert error["did_you_mean"] == "nato-2025-08-28"

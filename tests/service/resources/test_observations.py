"""GET /v1/observations"""

from typing import Any

import pytest
from flask.testing import FlaskClient

PATH = "/v1/observations"
RELEASES = ["nato-2023-07-07", "nato-2024-06-17", "nato-2025-08-28", "nato-2026-07-10"]


def rows(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"{PATH}?limit=10000&{query}")
    assert answer.status_code == 200, answer.json
    data = answer.json["data"]
    assert isinstance(data, list)
    return data


def test_an_observation_carries_its_cell(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?area=Poland&indicator=share_gdp_pct&year=2024&release=first")
    [row] = answer.json["data"]
    [note] = row.pop("notes")
    assert row == {
        "area": "POL",
        "area_kind": "member",
        "indicator": "share_gdp_pct",
        "year": 2024,
        "value": pytest.approx(4.12, abs=0.005),
        "unit": "pct_gdp",
        "stage": "estimate",
        "missing_reason": None,
        "source": "nato",
        "release": "nato-2024-06-17",
        "source_cell": "TABLE3!N32",
    }
    assert "2%" in note["text"].replace(" ", "")


def test_every_figure_of_the_workbook_has_a_cell_and_no_other_has(client: FlaskClient) -> None:
    for release in RELEASES:
        for row in rows(client, f"release={release}"):
            has_cell = release == "nato-2024-06-17" and row["value"] is not None
            assert (row["source_cell"] is not None) == has_cell


@pytest.mark.parametrize("release", [*RELEASES, "sipri-2025-04-28"])
def test_long_and_wide_rows_say_the_same(client: FlaskClient, release: str) -> None:
    wide = client.get(f"/v1/spending-years?release={release}").json["data"]
    expected = {}
    for row in wide:
        reasons = {missing["field"]: missing["reason"] for missing in row["missing"]}
        for name, value in row.items():
            if isinstance(value, float) or name in reasons:
                expected[row["member"], name, row["year"]] = (value, reasons.get(name))
    found = rows(client, f"release={release}&area_kind=member")
    assert {
        (row["area"], row["indicator"], row["year"]): (row["value"], row["missing_reason"])
        for row in found
        if row["indicator"] != "real_change_since_2014_pct"
    } == expected


def test_the_aggregates_that_nato_prints_are_areas(client: FlaskClient) -> None:
    found = rows(client, "area=nato_total&indicator=spending_usd_m_current&year=2024&release=first")
    assert [(row["area_kind"], round(row["value"])) for row in found] == [("aggregate", 1474399)]
    areas = {row["area"] for row in rows(client, "area_kind=aggregate")}
    assert areas == {"NATO_TOTAL", "NATO_EUR_CAN"}


def test_the_change_since_2014_has_a_place_here_alone(client: FlaskClient) -> None:
    found = rows(client, "indicator=real_change_since_2014_pct&release=first&area=ALB")
    assert [(row["year"], round(row["value"], 2)) for row in found] == [(2024, 106.27)]


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("area=DEU", lambda row: row["area"] == "DEU"),
        ("indicator=share_gdp_pct&year_gte=2025", lambda row: row["indicator"] == "share_gdp_pct" and row["year"] >= 2025),
        ("missing_reason=not_reported", lambda row: row["missing_reason"] == "not_reported"),
        ("stage=estimate&area_kind=aggregate", lambda row: row["stage"] == "estimate" and row["area_kind"] == "aggregate"),
        ("value_gte=1000000", lambda row: (row["value"] or 0) >= 1000000),
        ("value_lte=-5", lambda row: row["value"] is not None and row["value"] <= -5),
    ],
)  # fmt: skip
def test_filters_keep_exactly_what_they_say(client: FlaskClient, query: str, keeps: Any) -> None:
    assert rows(client, query) == [row for row in rows(client, "") if keeps(row)]


def test_the_newest_figure_of_each_area_and_indicator(client: FlaskClient) -> None:
    found = rows(client, "release=nato-2025-08-28&latest=each&indicator=personnel_thousands")
    years = {row["area"]: row["year"] for row in found}
    assert (years["FRA"], years["DEU"], years["NATO_TOTAL"]) == (2024, 2025, 2025)
    assert "ISL" not in years


def test_the_newest_year_that_all_have(client: FlaskClient) -> None:
    found = rows(client, "release=nato-2025-08-28&latest=common&indicator=personnel_thousands")
    assert {row["year"] for row in found} == {2024}
    both = rows(
        client, "release=nato-2025-08-28&latest=common&indicator=personnel_thousands&area=DEU,POL"
    )
    assert [(row["area"], row["year"]) for row in both] == [("DEU", 2025), ("POL", 2025)]


def test_iceland_alone_has_no_newest_year_that_all_with_forces_have(client: FlaskClient) -> None:
    assert rows(client, "area=ISL&latest=common") == []

"""GET /v1/spending-years"""

from typing import Any

import pytest
from flask.testing import FlaskClient

PATH = "/v1/spending-years"


def rows(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == 200, answer.json
    data = answer.json["data"]
    assert isinstance(data, list)
    return data


@pytest.mark.parametrize(
    ("query", "count"), [("", 17), ("&as_of=2025-09-01", 18), ("&as_of=2024-07-01", 23)]
)
def test_how_many_allies_spent_two_per_cent_in_2024(
    client: FlaskClient, query: str, count: int
) -> None:
    answer = client.get(f"{PATH}?year=2024&share_gdp_pct_gte=2{query}")
    assert (answer.json["meta"]["total"], len(answer.json["data"])) == (count, count)


@pytest.mark.parametrize(
    ("release", "share"),
    [("nato-2024-06-17", 4.12), ("nato-2025-08-28", 3.79), ("latest", 3.75), ("first", 4.12)],
)
def test_every_revision_of_a_figure_stays_readable(
    client: FlaskClient, release: str, share: float
) -> None:
    answer = client.get(f"{PATH}/POL/2024?release={release}")
    assert round(answer.json["data"]["share_gdp_pct"], 2) == share


def test_a_row_has_every_field_and_says_why_a_figure_is_missing(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}/deu/2025?as_of=2025-09-01")
    assert answer.json["data"] == {
        "member": "DEU",
        "year": 2025,
        "source": "nato",
        "release": "nato-2025-08-28",
        "stage": "estimate",
        "share_gdp_pct": None,
        "spending_usd_m_current": None,
        "spending_usd_m_constant": None,
        "spending_lcu_m_current": None,
        "spending_lcu_m_constant": None,
        "currency": "EUR",
        "constant_base_year": 2021,
        "real_change_pct": None,
        "spending_per_capita_usd_constant": None,
        "gdp_usd_m_current": None,
        "gdp_usd_m_constant": None,
        "gdp_per_capita_usd_k_constant": None,
        "personnel_thousands": 186.413,
        "equipment_share_pct": None,
        "personnel_share_pct": None,
        "infrastructure_share_pct": None,
        "other_share_pct": None,
        "missing": [
            {"field": field, "reason": reason}
            for field, reason in {
                "share_gdp_pct": "not_reported",
                "spending_usd_m_current": "not_held",
                "spending_usd_m_constant": "not_held",
                "spending_lcu_m_current": "not_held",
                "spending_lcu_m_constant": "not_held",
                "real_change_pct": "not_reported",
                "spending_per_capita_usd_constant": "not_reported",
                "gdp_usd_m_current": "not_held",
                "gdp_usd_m_constant": "not_held",
                "gdp_per_capita_usd_k_constant": "not_held",
                "equipment_share_pct": "not_reported",
                "personnel_share_pct": "not_reported",
                "infrastructure_share_pct": "not_held",
                "other_share_pct": "not_reported",
            }.items()
        ],
        "notes": answer.json["data"]["notes"],
    }
    assert answer.json["links"] == {"self": f"{PATH}/deu/2025?as_of=2025-09-01"}


def test_iceland_has_a_row_and_nothing_to_measure(client: FlaskClient) -> None:
    iceland = client.get(f"{PATH}/ISL/2024?release=nato-2024-06-17").json["data"]
    reasons = {missing["field"]: missing["reason"] for missing in iceland["missing"]}
    assert iceland["share_gdp_pct"] is None
    assert reasons["share_gdp_pct"] == "not_applicable"
    assert iceland["gdp_usd_m_current"] == pytest.approx(32894.49, abs=0.01)
    latest = client.get(f"{PATH}/ISL/2026").json["data"]
    assert {
        missing["reason"] for missing in latest["missing"] if missing["field"].startswith("gdp_")
    } == {"not_held"}


def test_the_dollars_of_august_2025_are_not_held(client: FlaskClient) -> None:
    for row in rows(client, "release=nato-2025-08-28"):
        reasons = {missing["field"]: missing["reason"] for missing in row["missing"]}
        expected = "not_applicable" if row["member"] == "ISL" else "not_held"
        assert row["spending_usd_m_current"] is None
        assert reasons["spending_usd_m_current"] == expected


@pytest.mark.parametrize(
    ("release", "members", "years"),
    [
        ("nato-2024-06-17", 32, range(2014, 2025)),
        ("nato-2025-08-28", 32, range(2014, 2026)),
        ("nato-2026-07-10", 32, range(2014, 2027)),
    ],
)
def test_a_full_release_has_every_ally_in_every_year(
    client: FlaskClient, release: str, members: int, years: range
) -> None:
    found = rows(client, f"release={release}")
    assert len({row["member"] for row in found}) == members
    assert {(row["member"], row["year"]) for row in found} == {
        (row["member"], year) for row in found for year in years
    }


def test_a_partial_release_has_what_it_carries(client: FlaskClient) -> None:
    found = rows(client, "release=nato-2023-07-07")
    assert len(found) == 39
    assert {row["year"] for row in found if row["member"] != "GBR"} == {2023}
    assert client.get(f"{PATH}?as_of=2023-12-31").json["meta"]["release"] == "nato-2023-07-07"
    assert client.get(f"{PATH}/DEU/2022?release=nato-2023-07-07").status_code == 404


def test_the_currency_is_the_one_of_the_release(client: FlaskClient) -> None:
    currencies = [
        client.get(f"{PATH}/BGR/2014?release={release}").json["data"]["currency"]
        for release in ("nato-2024-06-17", "nato-2026-07-10")
    ]
    assert currencies == ["BGN", "EUR"]


@pytest.mark.parametrize(
    "query",
    [
        "member=DEU,FRA",
        "member=DEU&member=FRA",
        "member=de,france&member=Allemagne",
        "member=Germany&member=FRANCE,DEU,DEU",
    ],
)
def test_lists_take_both_spellings_and_any_name(client: FlaskClient, query: str) -> None:
    found = rows(client, f"{query}&year=2024")
    assert [row["member"] for row in found] == ["DEU", "FRA"]


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("year=2020", lambda row: row["year"] == 2020),
        ("year_gte=2019&year_lte=2020", lambda row: 2019 <= row["year"] <= 2020),
        ("year=2020&year_gte=2019", lambda row: row["year"] == 2020),
        ("stage=estimate", lambda row: row["stage"] == "estimate"),
        ("stage=estimate,actual", lambda row: True),
        ("share_gdp_pct_gte=2.5", lambda row: (row["share_gdp_pct"] or 0) >= 2.5),
        (
            "share_gdp_pct_lte=1",
            lambda row: row["share_gdp_pct"] is not None and row["share_gdp_pct"] <= 1,
        ),
        ("personnel_thousands_gte=100&year=2024", lambda row: (row["personnel_thousands"] or 0) >= 100 and row["year"] == 2024),
        ("constant_base_year_lte=2020", lambda row: False),
        ("real_change_pct_gte=-5.5&real_change_pct_lte=-5", lambda row: row["real_change_pct"] is not None and -5.5 <= row["real_change_pct"] <= -5),
    ],
)  # fmt: skip
def test_filters_keep_exactly_what_they_say(client: FlaskClient, query: str, keeps: Any) -> None:
    every = rows(client, "")
    assert rows(client, query) == [row for row in every if keeps(row)]


def test_every_numeric_field_takes_bounds(client: FlaskClient) -> None:
    every = rows(client, "release=nato-2024-06-17")
    numeric = [name for name, value in every[0].items() if isinstance(value, float)]
    assert len(numeric) == 15
    for name in numeric:
        values = sorted(row[name] for row in every if row[name] is not None)
        middle = values[len(values) // 2]
        found = rows(client, f"release=nato-2024-06-17&{name}_gte={middle:.3f}")
        bound = float(f"{middle:.3f}")
        assert found == [row for row in every if row[name] is not None and row[name] >= bound]


def test_known_but_empty_is_an_empty_list(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?share_gdp_pct_gte=99")
    assert answer.status_code == 200
    assert (answer.json["data"], answer.json["meta"]["total"]) == ([], 0)
    assert answer.json["links"]["next"] is None


def test_the_newest_year_of_each_member(client: FlaskClient) -> None:
    newest: dict[str, int] = {}
    for row in rows(client, "release=nato-2025-08-28"):
        if len(row["missing"]) < 15:
            newest[row["member"]] = max(newest.get(row["member"], 0), row["year"])
    found = rows(client, "release=nato-2025-08-28&latest=each")
    assert {row["member"]: row["year"] for row in found} == newest
    assert "ISL" not in newest


def test_the_newest_year_of_each_member_that_passes_the_other_filters(
    client: FlaskClient,
) -> None:
    found = rows(client, "latest=each&share_gdp_pct_lte=1.5&member=DEU,POL")
    assert [(row["member"], row["year"]) for row in found] == [("DEU", 2022)]


def test_the_newest_year_that_all_have(client: FlaskClient) -> None:
    found = rows(client, "latest=common")
    assert {row["year"] for row in found} == {2026}
    assert len(found) == 32
    assert rows(client, "latest=common&share_gdp_pct_gte=4.5") == []


@pytest.mark.parametrize("year", ["year=2024", "year_gte=2020", "year_lte=2020"])
def test_latest_and_a_year_exclude_each_other(client: FlaskClient, year: str) -> None:
    answer = client.get(f"{PATH}?latest=each&{year}")
    assert answer.status_code == 400
    assert answer.json["code"] == "conflicting_parameters"
    assert [error["name"] for error in answer.json["errors"]] == ["latest", year.split("=")[0]]


def test_nulls_come_last_both_ways(client: FlaskClient) -> None:
    for sort in ("share_gdp_pct", "-share_gdp_pct"):
        shares = [row["share_gdp_pct"] for row in rows(client, f"year=2026&sort={sort}")]
        known = [share for share in shares if share is not None]
        assert shares == [*sorted(known, reverse=sort[0] == "-"), None]


@pytest.mark.parametrize(
    "path", ["POL/2013", "POL/1e3", "POL/20244", "POL/٢٠٢٤", "XXX/2024", "POL/-2024"]
)
def test_a_spending_year_that_does_not_exist_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(f"{PATH}/{path}")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_year_that_a_release_lacks_is_told_from_one_that_nobody_has(
    client: FlaskClient,
) -> None:
    answer = client.get(f"{PATH}/POL/2024?release=nato-2023-07-07")
    assert "2024 of POL in nato-2023-07-07" in answer.json["detail"]
    assert "member=POL&release=nato-2023-07-07 lists them" in answer.json["detail"]


def test_the_rule_of_comparison_stands_in_the_answer(client: FlaskClient) -> None:
    meta = client.get(f"{PATH}?year=2024&share_gdp_pct_gte=2").json["meta"]
    assert meta["rule"].startswith("Bounds compare the published value as it stands, with >=")


def test_numbers_are_numbers_on_the_wire(client: FlaskClient) -> None:
    for release in ("nato-2024-06-17", "nato-2026-07-10"):
        for row in rows(client, f"release={release}"):
            assert type(row["year"]) is int
            assert type(row["constant_base_year"]) is int
            for name in ("share_gdp_pct", "spending_usd_m_current", "personnel_thousands"):
                assert row[name] is None or type(row[name]) is float
    text = client.get(f"{PATH}/FRA/2020?release=nato-2024-06-17").text
    assert '"share_gdp_pct":2.0,' in text

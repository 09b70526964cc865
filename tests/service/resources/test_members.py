"""GET /v1/members"""

import pytest
from flask.testing import FlaskClient


def codes(client: FlaskClient, query: str) -> list[str]:
    answer = client.get(f"/v1/members?{query}")
    assert answer.status_code == 200, answer.json
    return [row["code"] for row in answer.json["data"]]


def test_there_are_32_members_and_no_aggregate(client: FlaskClient) -> None:
    answer = client.get("/v1/members")
    assert answer.json["meta"]["total"] == 32
    assert all(len(row["code"]) == 3 for row in answer.json["data"])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("GBR", "GBR"),
        ("UK", "GBR"),
        ("gb", "GBR"),
        ("united kingdom", "GBR"),
        ("EL", "GRC"),
        ("gr", "GRC"),
        ("Turkey", "TUR"),
        ("türkiye", "TUR"),
        ("turkiye", "TUR"),
        ("czech republic", "CZE"),
        ("Slovak Republic", "SVK"),
        ("États-Unis", "USA"),
        ("Pays-Bas", "NLD"),
    ],
)
def test_a_member_is_found_by_any_of_its_names(client: FlaskClient, given: str, code: str) -> None:
    assert client.get(f"/v1/members/{given}").json["data"]["code"] == code
    assert codes(client, f"member={given}") == [code]


def test_every_alias_names_its_member(client: FlaskClient) -> None:
    for row in client.get("/v1/members").json["data"]:
        for given in (row["code"], row["alpha2"], row["name"], row["official_name"]):
            assert codes(client, f"member={given.lower()}") == [row["code"]]
        for alias in row["aliases"]:
            found = client.get(f"/v1/members/{alias.upper()}")
            assert found.json["data"]["code"] == row["code"], alias


def test_a_member_has_every_field(client: FlaskClient) -> None:
    data = client.get("/v1/members/GBR").json["data"]
    assert {name: data[name] for name in data if name not in ("aliases", "notes")} == {
        "code": "GBR",
        "alpha2": "GB",
        "numeric": "826",
        "name": "United Kingdom",
        "official_name": "United Kingdom of Great Britain and Northern Ireland",
        "region": "europe",
        "acceded_on": "1949-04-04",
        "is_founder": True,
        "currency": "GBP",
        "has_armed_forces": True,
        "eu_member_since": "1973-01-01",
        "eu_member_until": "2020-01-31",
    }
    assert all(note["id"] and note["text"] for note in data["notes"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("region=north_america", ["CAN", "USA"]),
        ("has_armed_forces=false", ["ISL"]),
        ("acceded_on_gte=2020-01-01", ["FIN", "MKD", "SWE"]),
        ("eu_member_until_gte=2000-01-01", ["GBR"]),
        ("is_founder=true&region=north_america", ["CAN", "USA"]),
        ("member=SWE,FIN&sort=-acceded_on", ["SWE", "FIN"]),
        ("member=SWE&region=north_america", []),
    ],
)
def test_filters(client: FlaskClient, query: str, expected: list[str]) -> None:
    assert codes(client, query) == expected


def test_an_unknown_member_in_a_filter_is_400_with_the_nearest(client: FlaskClient) -> None:
    answer = client.get("/v1/members?member=DEU,Germny")
    [error] = answer.json["errors"]
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_value")
    assert (error["name"], error["did_you_mean"]) == ("member", "DEU")
    assert len(error["allowed"]) == 32


def test_an_unknown_member_in_a_path_is_404_with_the_nearest(client: FlaskClient) -> None:
    answer = client.get("/v1/members/Germny")
    [error] = answer.json["errors"]
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert (error["in"], error["name"], error["did_you_mean"]) == ("path", "member", "DEU")

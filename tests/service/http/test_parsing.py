"""Query strings: whatever is wrong is named, and nothing is a fault of ours."""

from typing import Any

import marshmallow as ma
import pytest
from flask import Flask
from flask.testing import FlaskClient

from schemas.base import Query
from schemas.spending_years import SpendingYearListQuery
from service.http import parsing
from service.http.endpoint import endpoints_of
from service.storage.code_lookup import Codes

PATH = "/v1/spending-years"


def errors(client: FlaskClient, query: str) -> list[tuple[str, str, str | None]]:
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == 400, answer.json
    return [
        (error["name"], error["code"], error["did_you_mean"]) for error in answer.json["errors"]
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("memebr=DEU", [("memebr", "unknown_parameter", "member")]),
        ("share_gdp_gte=2", [("share_gdp_gte", "unknown_parameter", "share_gdp_pct_gte")]),
        ("MEMBER=DEU", [("MEMBER", "unknown_parameter", "member")]),
        ("country=DEU", [("country", "unknown_parameter", "member")]),
        ("per_page=10", [("per_page", "unknown_parameter", "limit")]),
        ("year=2024&year=2023", [("year", "repeated_parameter", None)]),
        ("limit=1&limit=1", [("limit", "repeated_parameter", None)]),
        ("year=twenty", [("year", "invalid_value", None)]),
        ("year=2024.0", [("year", "invalid_value", None)]),
        ("year=%202024", [("year", "invalid_value", None)]),
        ("year=2_024", [("year", "invalid_value", None)]),
        ("year=%D9%A2%D9%A0%D9%A2%D9%A4", [("year", "invalid_value", None)]),
        ("year=", [("year", "invalid_value", None)]),
        ("year=1899", [("year", "invalid_value", None)]),
        ("year=99999999999999999999", [("year", "invalid_value", None)]),
        ("limit=0", [("limit", "invalid_value", None)]),
        ("limit=10001", [("limit", "invalid_value", None)]),
        ("limit=-1", [("limit", "invalid_value", None)]),
        ("share_gdp_pct_gte=NaN", [("share_gdp_pct_gte", "invalid_value", None)]),
        ("share_gdp_pct_gte=inf", [("share_gdp_pct_gte", "invalid_value", None)]),
        ("share_gdp_pct_gte=1e3", [("share_gdp_pct_gte", "invalid_value", None)]),
        ("share_gdp_pct_gte=2,5", [("share_gdp_pct_gte", "invalid_value", None)]),
        ("share_gdp_pct_gte=2.123456789012345678901", [("share_gdp_pct_gte", "invalid_value", None)]),
        ("share_gdp_pct_gte=2%25", [("share_gdp_pct_gte", "invalid_value", None)]),
        ("stage=estimated", [("stage", "unknown_value", "estimate")]),
        ("stage=actual,", [("stage", "invalid_value", None)]),
        ("member=", [("member", "invalid_value", None)]),
        ("member=DEU,,FRA", [("member", "invalid_value", None)]),
        ("member=%FF%FE", [("member", "unknown_value", None)]),
        ("member=DEU%00", [("member", "unknown_value", "DEU")]),
        ("member=NATO", [("member", "unknown_value", None)]),
        ("latest=all", [("latest", "unknown_value", None)]),
        ("sort=share", [("sort", "unknown_value", None)]),
        ("sort=-share_gdp", [("sort", "unknown_value", "share_gdp_pct")]),
        ("sort=missing", [("sort", "unknown_value", None)]),
        ("sort=--year", [("sort", "unknown_value", "year")]),
        ("sort=year;DROP TABLE member", [("sort", "unknown_value", None)]),
        ("year_gte=2020&year_lte=2019", [("year_gte", "empty_range", None), ("year_lte", "empty_range", None)]),
        ("year=2018&year_gte=2019", [("year", "empty_range", None), ("year_gte", "empty_range", None), ("year_lte", "empty_range", None)]),
        ("share_gdp_pct_gte=2.1&share_gdp_pct_lte=2.0", [("share_gdp_pct_gte", "empty_range", None), ("share_gdp_pct_lte", "empty_range", None)]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    client: FlaskClient, query: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert errors(client, query) == expected


def test_a_value_as_it_is_served_is_a_bound_that_keeps_its_row(client: FlaskClient) -> None:
    every = client.get(f"{PATH}?release=nato-2024-06-17&year=2019").json["data"]
    longest = max((row["share_gdp_pct"] or 0 for row in every), key=lambda value: len(str(value)))
    assert len(str(longest)) > len("1.123456789012345")
    bounds = f"share_gdp_pct_gte={longest}&share_gdp_pct_lte={longest}"
    kept = client.get(f"{PATH}?release=nato-2024-06-17&year=2019&{bounds}").json["data"]
    assert kept == [row for row in every if row["share_gdp_pct"] == longest]


def test_everything_wrong_is_named_at_once(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?memebr=DEU&member=XX&year=x&limit=0")
    assert answer.json["code"] == "bad_request"
    assert [error["name"] for error in answer.json["errors"]] == [
        "limit",
        "member",
        "memebr",
        "year",
    ]


def test_an_unknown_field_to_sort_by_lists_the_fields(client: FlaskClient) -> None:
    [error] = client.get(f"{PATH}?sort=nonsense").json["errors"]
    assert error["allowed"][:3] == ["member", "year", "source"]
    assert "share_gdp_pct" in error["allowed"]
    assert "missing" not in error["allowed"]


def test_an_unknown_parameter_lists_what_the_path_takes(client: FlaskClient) -> None:
    [error] = client.get("/v1/members/DEU?nonsense=1").json["errors"]
    assert error["allowed"] == []
    [error] = client.get("/v1/sources?nonsense=1").json["errors"]
    assert error["allowed"] == ["sort", "limit", "cursor"]


def test_too_many_items_are_refused(client: FlaskClient) -> None:
    assert errors(client, "member=" + ",".join(["DE"] * 201)) == [("member", "invalid_value", None)]
    assert client.get(f"{PATH}?member=" + ",".join(["DE"] * 200)).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "%",
        "=",
        "&",
        "&&&",
        "=&=",
        "%00=1",
        "a%00b=1",
        "member=%ED%A0%80",
        "\udcff=1",
        "member[]=DEU",
        "member=" + "D" * 3000,
        "+" * 100,
        "?" * 10,
        "member=DEU;year=2024",
        "cursor=" + "=" * 900,
    ],
)
def test_a_malformed_query_is_never_a_fault(client: FlaskClient, query: str) -> None:
    raw = query.encode("utf-8", "surrogateescape").decode("latin-1")
    answer = client.get(PATH, environ_overrides={"QUERY_STRING": raw})
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert answer.json["errors"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/members/%00",
        "/v1/members/%FF",
        "/v1/members/" + "x" * 300,
        "/v1/members/..%2f..%2fetc",
        "/v1/members/%20",
        "/v1//members",
        "/v1/members/DEU/",
        "/v1/members/DEU/x",
        "/V1/members",
        "/v1/spending-years/DEU",
        "/v1/%F0%9F%92%A9",
    ],
)
def test_a_strange_path_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_misspelt_path_names_the_nearest(client: FlaskClient) -> None:
    for path, near in (
        ("/v1/member", "/v1/members"),
        ("/v1/members/", "/v1/members"),
        ("/v1/spending_years", "/v1/spending-years"),
        ("/v2/members", "/v1/members"),
    ):
        [error] = client.get(path).json["errors"]
        assert error["did_you_mean"] == near


GIVEN = [
    {},
    {"limit": "7"},
    {"limit": "0"},
    {"year": "2024", "year_gte": "2025"},
    {"year_gte": "2025", "year_lte": "2024"},
    {"latest": "each", "year": "2024"},
    {"release": "latest", "as_of": "2025-01-01"},
    {"as_of": "2025-01-01"},
    {"group": "g7", "member": ["DEU"]},
    {"deflator_pct": "2", "price_basis": "constant"},
    {"member": ["DEU,FRA"], "sort": ["-year"]},
    {"q": "Wales"},
    {"nonsense": "1"},
    {"cursor": "x", "is_founder": "perhaps"},
]


def loaded(schema: Query, given: dict[str, Any]) -> object:
    try:
        return schema.load(given)
    except ma.ValidationError as error:
        return error.messages


def test_a_narrowed_schema_loads_what_the_whole_one_does(app: Flask) -> None:
    codes = app.extensions["database"].read(lambda snapshot: snapshot.codes)
    queries = {endpoint.accepts for endpoint in endpoints_of(app).values()}
    assert len(queries) > 20
    for accepts in queries:
        whole = parsing.schema_of(accepts, codes)
        for given in GIVEN:
            narrow = parsing.narrowed(whole, frozenset(given))
            for _ in ("at first", "from memory"):
                assert loaded(narrow, given) == loaded(whole, given), (accepts, given)
            assert len(narrow.load_fields) < len(whole.load_fields) or len(whole.fields) < 4


def test_what_was_loaded_is_remembered_for_the_codes_it_was_checked_by(app: Flask) -> None:
    codes = app.extensions["database"].read(lambda snapshot: snapshot.codes)
    none = Codes([], [])
    accepts = SpendingYearListQuery
    for known, refused in ((codes, False), (none, True), (codes, False)):
        schema = parsing.narrowed(parsing.schema_of(accepts, known), frozenset({"member"}))
        found = loaded(schema, {"member": ["Poland"]})
        assert isinstance(found, dict)
        assert (found["member"] == ["POL"]) is not refused

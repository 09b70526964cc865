"""The observations as a JSON-stat cube are the rows of the JSON, each in its place."""

import itertools
import json
import tracemalloc
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from pyjstat import pyjstat

from schemas.codelists import CODELISTS
from schemas.dumping import compiled
from schemas.observations import Observation, ObservationListQuery
from service.http import files
from service.http.formats import Table
from service.http.json_stat import JSON_STAT, TwiceError
from tests.service.http.test_files import (
    UNUSUAL,
    Row,
    download,
    failing_at,
    fields_owner,
    idle,
    queries,
    small,
    whole,
)

PATH = "/v1/observations"

# Its own reader calls its own deprecated function.
PYJSTAT = pytest.mark.filterwarnings("ignore:Shouldn't use this function:DeprecationWarning")

FILTERS = {
    "area": ["ISL", "DEU,TUR", "USA,NATO_TOTAL,MKD", "WORLD"],
    "area_kind": ["member", "aggregate"],
    "indicator": ["share_gdp_pct", "gdp_usd_m_current,equipment_share_pct"],
    "year_gte": ["2014", "2024", "2026"],
    "year_lte": ["2026", "2100"],
    "stage": ["actual", "estimate"],
    "missing_reason": ["not_applicable", "not_reported,not_held"],
    "value_gte": ["2", "1000000"],
    "source": ["nato", "sipri"],
}


def cube(client: FlaskClient, query: dict[str, str]) -> Any:
    return json.loads(download(client, PATH, ".jsonstat", query))


def rows_of(found: Any) -> list[Row]:
    """Return the rows of a cube by the arithmetic of json-stat.org, of which no part is ours."""
    dimensions = [found["dimension"][name]["category"] for name in found["id"]]
    assert found["size"] == [len(category["index"]) for category in dimensions]
    extension, area = found["extension"], found["dimension"]["area"]
    units = found["dimension"]["indicator"]["category"].get("unit", {})
    rows = []
    codes = itertools.product(*(category["index"] for category in dimensions))
    for place, (release, indicator, code, year) in enumerate(codes):
        key = str(place)
        if key not in found["value"]:
            assert key not in found["status"]
            continue
        value, status = found["value"][key], found["status"][key]
        rows.append(
            {
                "area": code,
                "area_kind": area["extension"]["kind"][code],
                "indicator": indicator,
                "year": int(year),
                "value": value,
                "unit": units[indicator]["base"],
                "stage": extension["stage"][key] if value is None else status,
                "missing_reason": status if value is None else None,
                "source": extension["source"],
                "release": release,
                "source_cell": extension["source_cell"].get(key),
                "notes": [
                    {"id": note, "text": extension["note"][note]}
                    for note in extension["notes"].get(key, ())
                ],
            }
        )
    assert len(rows) == len(found["value"]) == len(found["status"])
    return rows


def by_key(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["indicator"], row["area"], row["year"]))


def same(client: FlaskClient, query: dict[str, str]) -> list[Row]:
    rows = whole(client, PATH, {"limit": "10000", **query})
    assert by_key(rows_of(cube(client, query))) == by_key(rows)
    return rows


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"release": "nato-2024-06-17"},
        {"as_of": "2025-09-01", "area": "DEU,NATO_TOTAL"},
        {"source": "sipri"},
        {"area": "DEU", "latest": "each"},
    ],
)
def test_a_cube_has_the_rows_of_the_json(client: FlaskClient, query: dict[str, str]) -> None:
    assert same(client, query)


@UNUSUAL
@given(query=queries(ObservationListQuery, Observation, FILTERS))
def test_under_any_query(app: Flask, client: FlaskClient, query: dict[str, str]) -> None:
    same(client, {"area": "ISL,TUR,NATO_TOTAL,WORLD", **query})


def test_it_is_the_same_cube_in_any_order(client: FlaskClient) -> None:
    query = {"area": "DEU,TUR,ISL", "year": "2024"}
    one, other = cube(client, query), cube(client, {**query, "sort": "-value,year"})
    assert {**one, "href": ""} == {**other, "href": ""}


@PYJSTAT
def test_pyjstat_reads_it(client: FlaskClient) -> None:
    query = {"area": "ISL,TUR,USA", "indicator": "share_gdp_pct", "year_gte": "2022"}
    rows = {(row["area"], row["year"]): row for row in whole(client, PATH, query)}
    text = download(client, PATH, ".jsonstat", query).decode()
    frame = pyjstat.Dataset.read(text).write("dataframe", naming="id")
    assert list(frame.columns) == ["release", "indicator", "area", "year", "value"]
    assert len(frame) == len(rows) > 6
    for record in frame.to_dict("records"):
        row = rows[record["area"], int(record["year"])]
        assert (record["release"], record["indicator"]) == (row["release"], row["indicator"])
        if row["value"] is None:
            assert record["value"] != record["value"]  # not a number, as pandas has it
        else:
            assert record["value"] == row["value"]
    labelled = pyjstat.Dataset.read(text).write("dataframe")
    assert set(labelled["Area"]) == {"Iceland", "Türkiye", "United States"}
    assert set(labelled["Indicator"]) == {"Defence expenditure as a share of GDP"}


def test_nulls_reasons_and_accents_come_through(client: FlaskClient) -> None:
    found = cube(client, {"area": "ISL,TUR", "indicator": "share_gdp_pct", "year": "2024"})
    area = found["dimension"]["area"]
    assert area["category"]["index"] == ["ISL", "TUR"]
    assert area["category"]["label"] == {"ISL": "Iceland", "TUR": "Türkiye"}
    assert found["value"]["0"] is None
    assert found["value"]["1"] > 0
    assert found["status"] == {"0": "not_applicable", "1": "actual"}
    assert found["extension"]["stage"] == {"0": "actual"}
    meanings = found["extension"]["status"]["label"]
    assert meanings == CODELISTS["stages"][1] | CODELISTS["missing-reasons"][1]


def test_it_says_what_it_is_and_where_it_is_from(client: FlaskClient) -> None:
    query = "area=POL&indicator=share_gdp_pct&release=nato-2024-06-17&year=2023"
    answer = client.get(f"{PATH}.jsonstat?{query}")
    assert answer.content_type == "application/json-stat+json"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="observations_nato-2024-06-17.jsonstat"'
    )
    found, meta = json.loads(answer.data), client.get(f"{PATH}?{query}").json["meta"]
    assert (found["version"], found["class"]) == ("2.0", "dataset")
    assert found["label"] == "Defence Expenditure of NATO Countries (2014-2024)"
    assert found["updated"] == "2024-06-17"
    assert found["href"] == (
        "http://localhost/v1/observations.jsonstat"
        "?area=POL&indicator=share_gdp_pct&release=nato-2024-06-17&year=2023"
    )
    assert found["source"] == meta["citation"]
    assert found["role"] == {"time": ["year"], "geo": ["area"], "metric": ["indicator"]}
    del meta["count"], meta["total"]
    assert {name: found["extension"][name] for name in meta} == meta
    assert found["dimension"]["indicator"]["category"]["unit"] == {
        "share_gdp_pct": {"base": "pct_gdp", "label": CODELISTS["units"][1]["pct_gdp"]}
    }


def test_accept_chooses_it_and_json_stays_json(client: FlaskClient) -> None:
    query = f"{PATH}?area=POL&year=2024&indicator=share_gdp_pct"
    chosen = client.get(query, headers={"Accept": "application/json-stat+json"})
    assert chosen.mimetype == "application/json-stat+json"
    assert client.get(query, headers={"Accept": "application/json"}).json["data"]
    assert client.get(query, headers={"Accept": "application/*"}).mimetype == "application/json"


def test_only_the_observations_are_a_cube(client: FlaskClient) -> None:
    assert client.get("/v1/members.jsonstat").status_code == 404
    accept = {"Accept": "application/json-stat+json"}
    assert client.get("/v1/members", headers=accept).status_code == 406


def test_an_empty_list_is_a_cube_without_cells(client: FlaskClient) -> None:
    found = cube(client, {"area": "POL", "year": "1950"})
    assert rows_of(found) == []
    assert found["size"] == [0, 0, 0, 0]
    assert (found["value"], found["status"]) == ({}, {})
    assert found["extension"]["release"] == "nato-2026-07-10"


def table(rows: Any) -> Table:
    release = {"name": "A release", "definition": None, "published_on": date(2026, 1, 1)}
    meta = {"release": "a-2026-01-01", "citation": "A."}
    return Table({}, rows, meta, {"release": {"a-2026-01-01": release}})


def row(area: str, year: int = 2024) -> Row:
    return {
        "area": area, "area_kind": "member", "indicator": "share_gdp_pct", "year": year,
        "value": 2.5, "unit": "pct_gdp", "stage": "actual", "missing_reason": None,
        "source": "a", "release": "a-2026-01-01", "source_cell": None, "notes": [],
    }  # fmt: skip


def test_an_error_in_any_row_is_a_problem(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small(database_url) as app:
        client, row = app.test_client(), fields_owner(app, PATH)
        fail = failing_at(4000, compiled(row))
        monkeypatch.setattr(files, "compiled", lambda _: fail)
        answer = client.get(f"{PATH}.jsonstat")
        assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
        assert idle(app)


def test_a_cube_keeps_no_connection_while_it_is_sent(database_url: str) -> None:
    with small(database_url) as app:
        answer = app.test_client().get(f"{PATH}.jsonstat")
        assert idle(app)
        assert json.loads(answer.data)["class"] == "dataset"


def test_of_two_rows_for_one_cell_none_is_lost_in_silence(app: Flask) -> None:
    with app.test_request_context(f"{PATH}.jsonstat"), pytest.raises(TwiceError):
        b"".join(JSON_STAT.write(table([row("POL"), row("DEU"), row("POL")])))


def test_its_rows_are_never_all_in_memory(app: Flask) -> None:
    """5,000 rows, of which each takes four kilobytes."""
    cell = {"source_cell": "A" * 4096}
    many = (row(f"A{area}", year) | cell for area in range(100) for year in range(1950, 2000))
    with app.test_request_context(f"{PATH}.jsonstat"):
        tracemalloc.start()
        written = sum(map(len, JSON_STAT.write(table(many))))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert written > 5_000 * 4096
    assert most < 4 * 2**20

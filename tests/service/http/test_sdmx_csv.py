"""The observations as SDMX-CSV, read by a program that knows SDMX, are the rows of the JSON."""

import csv
import io
from typing import Any

import pytest
import sdmx
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from lxml import etree

from schemas.codelists import CODELISTS
from schemas.observations import Observation, ObservationListQuery
from service.http.sdmx import OF_REASON, OF_STAGE
from tests.service.http.test_files import UNUSUAL, Row, download, queries, whole
from tests.service.http.test_json_stat import FILTERS

PATH, STRUCTURE = "/v1/observations", "/v1/structures/observations.xml"

HEADER = (
    "STRUCTURE[;],STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,RELEASE,TIME_PERIOD,OBS_VALUE,AREA_KIND,"
    "UNIT_MEASURE,SOURCE,OBS_STATUS,STAGE,MISSING_REASON,SOURCE_CELL,NOTES[]"
)
# What SDMX's own codelist of statuses says of each stage and each reason.
STATUSES = {
    ("actual", None): "A",
    ("estimate", None): "E",
    ("actual", "not_reported"): "O",
    ("estimate", "not_reported"): "O",
    ("actual", "not_applicable"): "M",
    ("estimate", "not_applicable"): "M",
    ("actual", "not_published"): "O",
    ("estimate", "not_published"): "O",
    ("actual", "not_held"): "L",
    ("estimate", "not_held"): "L",
}


@pytest.fixture(scope="module")
def message(app: Flask) -> Any:
    return sdmx.read_sdmx(io.BytesIO(app.test_client().get(STRUCTURE).data))


@pytest.fixture(scope="module")
def notes(message: Any) -> dict[str, str]:
    return {code.id: str(code.name) for code in message.codelist["CL_NOTE"]}


def observations(body: bytes, message: Any) -> list[Any]:
    """Return what sdmx1 makes of a file with the dataflow that the structure has."""
    flow = message.dataflow["OBSERVATIONS"]
    read = sdmx.read_sdmx(io.BytesIO(body), format="CSV", structure=flow)
    return [observation for data in read.data for observation in data.obs]


def row_of(observation: Any, notes: dict[str, str]) -> Row:
    """Return the row that an observation was, and assert the rest of what it says."""
    key = {name: value.value for name, value in observation.dimension.values.items()}
    said = {name: value.value for name, value in observation.attached_attribute.items()}
    assert key.pop("FREQ") == "A"
    found = {
        "area": key.pop("REF_AREA"),
        "area_kind": said.pop("AREA_KIND"),
        "indicator": key.pop("INDICATOR"),
        "year": int(key.pop("TIME_PERIOD")),
        "value": None if observation.value == "NaN" else float(observation.value),
        "unit": said.pop("UNIT_MEASURE"),
        "stage": said.pop("STAGE"),
        "missing_reason": said.pop("MISSING_REASON") or None,
        "source": said.pop("SOURCE"),
        "release": key.pop("RELEASE"),
        "source_cell": said.pop("SOURCE_CELL") or None,
        "notes": [{"id": id, "text": notes[id]} for id in said.pop("NOTES").split(";") if id],
    }
    assert said.pop("OBS_STATUS") == STATUSES[found["stage"], found["missing_reason"]]
    assert (key, said) == ({}, {})
    return found


def same(
    client: FlaskClient, message: Any, notes: dict[str, str], query: dict[str, str]
) -> list[Row]:
    rows = whole(client, PATH, {"limit": "10000", **query})
    body = download(client, PATH, ".sdmx.csv", query)
    assert [row_of(one, notes) for one in observations(body, message)] == rows
    return rows


@pytest.mark.parametrize(
    "query",
    [
        {"release": "nato-2024-06-17", "year_gte": "2023"},
        {"as_of": "2025-09-01", "area": "DEU,NATO_TOTAL,TUR,ISL"},
        {"source": "sipri"},
    ],
)
def test_sdmx1_reads_the_rows_of_the_json(
    client: FlaskClient, message: Any, notes: dict[str, str], query: dict[str, str]
) -> None:
    assert same(client, message, notes, query)


@UNUSUAL
@given(query=queries(ObservationListQuery, Observation, FILTERS))
def test_under_any_query(
    client: FlaskClient, message: Any, notes: dict[str, str], query: dict[str, str]
) -> None:
    same(client, message, notes, {"area": "ISL,TUR,NATO_TOTAL,WORLD", **query})


def test_the_statuses_are_those_of_every_stage_and_reason() -> None:
    assert OF_STAGE.keys() == CODELISTS["stages"][1].keys()
    assert OF_REASON.keys() == CODELISTS["missing-reasons"][1].keys()


def test_a_line_is_as_the_standard_has_it(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}.sdmx.csv?area=ISL,POL&indicator=share_gdp_pct&year=2024")
    assert answer.content_type == "application/vnd.sdmx.data+csv; version=2.0.0"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="observations_nato-2026-07-10.sdmx.csv"'
    )
    header, iceland, poland = answer.text.split("\r\n")[:-1]
    assert header == HEADER
    of_both = "dataflow,BURDENSHARE:OBSERVATIONS(1.0),I,A"
    assert iceland.startswith(
        f"{of_both},ISL,share_gdp_pct,nato-2026-07-10,2024,NaN,member,pct_gdp,nato,M,actual,not_applicable,"
    )
    value = whole(client, PATH, {"area": "POL", "indicator": "share_gdp_pct", "year": "2024"})[0]
    assert poland.startswith(
        f"{of_both},POL,share_gdp_pct,nato-2026-07-10,2024,{value['value']},member,pct_gdp,nato,A,actual,,"
    )


def test_an_empty_list_is_the_line_of_names(client: FlaskClient, message: Any) -> None:
    body = download(client, PATH, ".sdmx.csv", {"area": "POL", "year": "1950"})
    assert body.decode() == f"{HEADER}\r\n"
    assert observations(body, message) == []


def test_accept_chooses_it_with_its_version(client: FlaskClient) -> None:
    accept = {"Accept": "application/vnd.sdmx.data+csv; version=2.0.0"}
    answer = client.get(f"{PATH}?area=POL&year=2024", headers=accept)
    assert answer.content_type == "application/vnd.sdmx.data+csv; version=2.0.0"


def test_only_the_observations_are_exchanged_so(client: FlaskClient) -> None:
    assert client.get("/v1/members.sdmx.csv").status_code == 404


# The structure.


def test_the_structure_is_read_whole(client: FlaskClient, message: Any) -> None:
    answer = client.get(STRUCTURE)
    assert answer.content_type == "application/vnd.sdmx.structure+xml; version=3.0.0"
    flow, structure = message.dataflow["OBSERVATIONS"], message.structure["DSD_OBSERVATIONS"]
    assert str(flow.maintainer.id) == "BURDENSHARE"
    assert str(flow.version) == "1.0"
    assert flow.structure is structure
    assert [one.id for one in structure.dimensions] == [
        "FREQ", "REF_AREA", "INDICATOR", "RELEASE", "TIME_PERIOD",
    ]  # fmt: skip
    assert [one.id for one in structure.measures] == ["OBS_VALUE"]
    ids = [one.id for one in (*structure.dimensions, *structure.measures, *structure.attributes)]
    assert ids == [name.removesuffix("[]") for name in HEADER.split(",")[3:]]
    for one in (*structure.dimensions, *structure.attributes):
        assert str(one.concept_identity.name)
        if one.local_representation.enumerated is not None:
            assert len(one.local_representation.enumerated) > 0
    related = {one.id: one.related_to for one in structure.attributes}
    assert [one.id for one in related["UNIT_MEASURE"].dimensions] == ["INDICATOR"]
    assert [one.id for one in related["SOURCE"].dimensions] == ["RELEASE"]


def test_every_code_of_the_data_is_in_its_codelist(client: FlaskClient, message: Any) -> None:
    structure = message.structure["DSD_OBSERVATIONS"]
    enumerated = {
        one.id: set(one.local_representation.enumerated.items)
        for one in (*structure.dimensions, *structure.attributes)
        if one.local_representation.enumerated is not None
    }
    assert len(enumerated) == 11
    for query in ({}, {"source": "sipri"}, {"release": "first"}):
        text = download(client, PATH, ".sdmx.csv", query).decode()
        for row in csv.DictReader(io.StringIO(text, newline="")):
            for name, codes in enumerated.items():
                given = row[f"{name}[]"].split(";") if name == "NOTES" else [row[name]]
                assert {one for one in given if one} <= codes


def test_codes_have_the_names_and_definitions_of_the_lists(
    client: FlaskClient, message: Any
) -> None:
    areas = {code.id: code for code in message.codelist["CL_AREA"]}
    members = client.get("/v1/members").json["data"]
    assert {row["code"] for row in members} <= areas.keys()
    for member in members:
        assert str(areas[member["code"]].name) == member["name"]
    assert "Montenegro" in str(areas["NATO_TOTAL"].description)
    indicators = client.get("/v1/indicators").json["data"]
    listed = {code.id: code for code in message.codelist["CL_INDICATOR"]}
    assert [(row["id"], row["title"], row["definition"]) for row in indicators] == sorted(
        (id, str(code.name), str(code.description)) for id, code in listed.items()
    )
    units = {code.id: str(code.name) for code in message.codelist["CL_UNIT"]}
    assert units == CODELISTS["units"][1]


def test_the_structure_is_prepared_when_the_data_changed(client: FlaskClient) -> None:
    answer = client.get(STRUCTURE)
    prepared = etree.fromstring(answer.data).findtext(".//{*}Prepared")
    assert prepared == client.get("/v1").json["data"]["data_changed_at"]
    fresh = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(STRUCTURE, headers=fresh).status_code == 304


def test_a_withdrawn_release_is_no_code(withdrawn_app: Flask) -> None:
    """Three are withdrawn of the five that are held."""
    body = withdrawn_app.test_client().get(STRUCTURE).data
    codes = {code.id for code in sdmx.read_sdmx(io.BytesIO(body)).codelist["CL_RELEASE"]}
    assert codes == {"nato-2023-07-07", "nato-2025-08-28"}

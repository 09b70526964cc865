"""SIPRI as a second source: asked for by name, never in one answer with NATO."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from importers.__main__ import DATA
from importers.books import sha256_of
from importers.figures import write_figures
from importers.intake import read_checked
from importers.load import load
from importers.packs import local_of
from importers.reference import read_reference
from importers.releases import write_release
from importers.sipri import SipriFile
from importers.whole import whole_release
from tests.conftest import made_database, served
from tests.importers.conftest import read_pack
from tests.importers.sipri_workbooks import write_workbook

NAME = "sipri-2025-04-28"
PATHS = ["/v1/spending-years", "/v1/observations", "/v1/spending-years/POL/2024"]
SHARES = ("share_gdp_pct", "spending_usd_m_current", "spending_usd_m_constant")


def rows(client: FlaskClient, url: str) -> list[dict[str, Any]]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.json
    data = answer.json["data"]
    assert isinstance(data, list)
    return data


@pytest.fixture(scope="module")
def whole_client(
    server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """Return a client of a service that holds a whole workbook, in part made up."""
    root = tmp_path_factory.mktemp("whole")
    data, file = root / "data", root / "milex.xlsx"
    shutil.copytree(DATA, data)
    write_workbook(file, *read_pack(NAME))
    path = data / "releases" / NAME / "release.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"sha256": sha256_of(file)}))
    release = whole_release(file, data)
    write_release(release)
    reference = read_reference(data)
    write_figures(release, read_checked(SipriFile(file, reference), release, reference))
    with made_database(server_url) as url:
        load(url, data, local_of(data))
        with served(url) as app:
            yield app.test_client()


def test_seventeen_allies_spent_two_per_cent_in_2024(client: FlaskClient) -> None:
    url = "/v1/spending-years?year=2024&source=sipri&share_gdp_pct_gte=2"
    assert client.get(url).json["meta"]["total"] == 17
    members = {row["member"] for row in rows(client, url)}
    sweden = client.get("/v1/spending-years/SWE/2024?source=sipri").json["data"]
    assert "SWE" not in members
    assert sweden["share_gdp_pct"] == 1.997717388101682


def test_the_sums_are_those_of_the_workbook(client: FlaskClient) -> None:
    spent = {
        row["member"]: Decimal(str(row["spending_usd_m_current"] or 0))
        for row in rows(client, "/v1/spending-years?year=2024&source=sipri")
    }
    url = "/v1/observations?source=sipri&area=WORLD&indicator=spending_usd_m_current"
    [world] = rows(client, url)
    assert round(sum(spent.values())) == 1_506_080
    assert spent["USA"] == 997_309
    assert (world["area_kind"], world["unit"], world["year"]) == ("aggregate", "usd_m", 2024)
    assert world["source_cell"] == "Regional totals!AM15"
    assert round(100 * sum(spent.values()) / Decimal(str(world["value"])), 1) == Decimal("55.4")


def test_the_world_has_the_totals_that_sipri_publishes(client: FlaskClient) -> None:
    for name in ("WORLD", "world"):
        found = rows(client, f"/v1/observations?source=sipri&area={name}")
        assert {(row["indicator"], row["year"], round(row["value"])) for row in found} == {
            ("spending_usd_m_current", 2024, 2_718_184),
            ("spending_usd_m_constant", 2023, 2_447_444),
            ("spending_usd_m_constant", 2024, 2_676_514),
        }
    assert {row["area"] for row in rows(client, "/v1/observations?source=sipri&area_kind=aggregate")} == {"WORLD"}  # fmt: skip
    assert rows(client, "/v1/observations?area=WORLD") == []


def test_every_aggregate_of_a_source_is_an_area_that_can_be_asked_for(client: FlaskClient) -> None:
    found = {
        row["area"]
        for source in ("nato", "sipri")
        for row in rows(client, f"/v1/observations?source={source}&area_kind=aggregate&limit=10000")
    }
    assert found == {"NATO_TOTAL", "NATO_EUR_CAN", "WORLD"}
    for area in found:
        assert client.get(f"/v1/observations?area={area}").status_code == 200
    refused = client.get("/v1/observations?area=WORLDS").json["errors"][0]
    assert found <= set(refused["allowed"])
    assert refused["did_you_mean"] == "WORLD"
    assert found.isdisjoint(row["code"] for row in rows(client, "/v1/members"))


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_is_of_one_source(client: FlaskClient, path: str) -> None:
    for source, release in (("nato", "nato-2026-07-10"), ("sipri", NAME)):
        answer = client.get(f"{path}?source={source}")
        meta, data = answer.json["meta"], answer.json["data"]
        assert (meta["source"], meta["release"]) == (source, release)
        for row in data if isinstance(data, list) else [data]:
            assert (row["source"], row["release"]) == (source, release)
    assert client.get(path).json["meta"]["source"] == "nato"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "query",
    [
        "source=sipri",
        "source=sipri&release=latest",
        "source=sipri&release=first",
        "source=sipri&as_of=2025-04-28",
        "source=sipri&as_of=2099-01-01",
        f"release={NAME}",
        f"source=sipri&release={NAME}",
    ],
)
def test_the_only_release_answers_though_it_is_partial(
    client: FlaskClient, path: str, query: str
) -> None:
    meta = client.get(f"{path}?{query}").json["meta"]
    assert (meta["source"], meta["release"]) == ("sipri", NAME)
    assert "Stockholm International Peace Research Institute" in meta["citation"]
    assert "non-commercial" in meta["licence"]


@pytest.mark.parametrize("path", PATHS)
def test_before_its_first_release_is_refused_naming_it(client: FlaskClient, path: str) -> None:
    answer = client.get(f"{path}?source=sipri&as_of=2025-04-27")
    assert (answer.status_code, answer.json["code"]) == (400, "before_first_release")
    assert f"{NAME} of 2025-04-28" in answer.json["detail"]


@pytest.mark.parametrize("path", PATHS)
def test_a_release_of_the_other_source_is_refused(client: FlaskClient, path: str) -> None:
    for query in (f"source=nato&release={NAME}", "source=sipri&release=nato-2026-07-10"):
        answer = client.get(f"{path}?{query}")
        assert (answer.status_code, answer.json["code"]) == (400, "conflicting_parameters")


def test_the_source_says_what_it_counts_and_its_terms(client: FlaskClient) -> None:
    source = client.get("/v1/sources/sipri").json["data"]
    assert source["title"] == "SIPRI Military Expenditure Database"
    assert "paramilitary" in source["definition"]
    assert "non-commercial" in source["licence"]
    assert [row["id"] for row in rows(client, "/v1/sources")] == ["nato", "sipri"]


def test_the_release_says_that_only_a_part_is_held(client: FlaskClient) -> None:
    release = client.get(f"/v1/releases/{NAME}").json["data"]
    notes = {note["id"] for note in release.pop("notes")}
    assert {key: release[key] for key in ("published_on", "year_first", "year_last", "coverage", "obtained", "constant_base_year", "figure_count")} == {
        "published_on": "2025-04-28",
        "year_first": 2023,
        "year_last": 2024,
        "coverage": "partial",
        "obtained": "workbook",
        "constant_base_year": 2023,
        "figure_count": 189,
    }  # fmt: skip
    assert release["indicators"] == list(SHARES)
    assert release["sha256"] == "8a31c2794c8070230b3b9ef26a3249663f6317a8bc86ba3ec3099c791cdb692f"
    assert f"{NAME}-part" in notes


def test_a_row_says_what_sipri_does_not_publish_and_what_is_not_held(client: FlaskClient) -> None:
    for row in rows(client, "/v1/spending-years?source=sipri"):
        reasons = {missing["field"]: missing["reason"] for missing in row["missing"]}
        if row["member"] == "ISL":
            continue
        assert reasons.pop("spending_lcu_m_current") == "not_held"
        assert set(reasons.values()) == {"not_published"}
        assert len(reasons) == 11
        assert all(row[name] is not None for name in SHARES)


def test_there_are_both_years_of_every_ally(client: FlaskClient) -> None:
    found = rows(client, "/v1/spending-years?source=sipri")
    members = {row["code"] for row in rows(client, "/v1/members")}
    assert {(row["member"], row["year"]) for row in found} == {
        (member, year) for member in members for year in (2023, 2024)
    }
    assert rows(client, "/v1/spending-years?source=sipri&year=2022") == []
    assert len(rows(client, "/v1/spending-years?source=sipri&latest=each")) == 31
    assert {row["year"] for row in rows(client, "/v1/spending-years?source=sipri&latest=common")} == {2024}  # fmt: skip


def test_iceland_is_not_zero_but_has_nothing_to_measure(client: FlaskClient) -> None:
    iceland = client.get("/v1/spending-years/ISL/2024?source=sipri").json["data"]
    reasons = {missing["field"]: missing["reason"] for missing in iceland["missing"]}
    assert [iceland[name] for name in SHARES] == [None, None, None]
    assert {reasons[name] for name in SHARES} == {"not_applicable"}
    assert [note["id"] for note in iceland["notes"]] == [f"{NAME}-iceland"]
    found = rows(client, "/v1/observations?source=sipri&area=ISL&indicator=spending_usd_m_current")
    assert [(row["value"], row["missing_reason"]) for row in found] == [(None, "not_applicable")] * 2  # fmt: skip
    assert "prints 0" in found[0]["notes"][0]["text"]


def test_a_figure_carries_the_marks_of_its_country(client: FlaskClient) -> None:
    usa = client.get("/v1/spending-years/USA/2024?source=sipri").json["data"]
    assert "1 October" in usa["notes"][0]["text"]
    albania = client.get("/v1/spending-years/ALB/2024?source=sipri").json["data"]
    assert [note["id"].removeprefix(f"{NAME}-") for note in albania["notes"]] == [
        "albania", "budget", "paramilitary",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "stage", "notes"),
    [
        ("area=DEU&indicator=spending_usd_m_constant&year=2020", "estimate", []),
        ("area=FRA&indicator=spending_usd_m_constant&year=2021", "estimate", ["france", "red"]),
        ("area=DEU&indicator=share_gdp_pct&year=2020", "actual", []),
    ],
)
def test_colours_are_stages_and_notes(
    whole_client: FlaskClient, cell: str, stage: str, notes: list[str]
) -> None:
    [row] = rows(whole_client, f"/v1/observations?source=sipri&{cell}")
    assert row["stage"] == stage
    assert [note["id"].removeprefix(f"{NAME}-") for note in row["notes"]] == notes


def test_a_row_with_an_estimate_is_one(whole_client: FlaskClient) -> None:
    found = rows(whole_client, "/v1/spending-years?source=sipri&stage=estimate")
    assert [(row["member"], row["year"]) for row in found] == [("DEU", 2020), ("FRA", 2021)]
    assert {row["year"] for row in rows(whole_client, "/v1/observations?source=sipri&stage=estimate")} == {2020, 2021}  # fmt: skip


def test_a_whole_release_is_full_and_nato_stays_the_default(whole_client: FlaskClient) -> None:
    release = whole_client.get(f"/v1/releases/{NAME}").json["data"]
    assert (release["coverage"], release["year_first"]) == ("full", 1949)
    assert whole_client.get("/v1/spending-years").json["meta"]["release"] == "nato-2026-07-10"
    assert whole_client.get("/v1").json["data"]["data_release"] == "nato-2026-07-10"
    answer = whole_client.get("/v1/spending-years?source=sipri&limit=10000")
    assert answer.json["meta"]["total"] == 32 * 76
    url = "/v1/spending-years?year=2024&source=sipri&share_gdp_pct_gte=2"
    assert whole_client.get(url).json["meta"]["total"] == 17
    poland = whole_client.get("/v1/spending-years/POL/1949?source=sipri").json["data"]
    assert {missing["reason"] for missing in poland["missing"] if missing["field"] in SHARES} == {"not_reported"}  # fmt: skip

"""The releases as harvesters read them: schema.org for search engines, DCAT for portals."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib import DCAT, DCTERMS, RDF, SDO, Graph, URIRef

from schemas.exports import ExportItem
from service import create_app
from service.config import Config
from service.http.download import Chosen
from service.http.downloads import TABLES, downloads
from service.http.formats import Archive
from service.http.routing import download
from tests.contract import contract

# rdflib warns of itself: its own reader of JSON-LD uses the class.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")

SCHEMA_ORG, CATALOG = "/v1/datasets.jsonld", "/v1/datasets.dcat.jsonld"
BOTH = pytest.mark.parametrize("path", [SCHEMA_ORG, CATALOG])
HOST = "http://localhost"
SHAPES = Graph().parse(Path(__file__).parents[2] / "dcat.ttl")
RELEASES = ["nato-2026-07-10", "nato-2025-08-28", "nato-2024-06-17", "nato-2023-07-07", "sipri-2025-04-28"]  # fmt: skip


def document(client: FlaskClient, url: str, **asked: Any) -> Any:
    answer = client.get(url, **asked)
    assert (answer.status_code, answer.mimetype) == (200, "application/ld+json"), answer.text
    return json.loads(answer.text)


def graph(client: FlaskClient, url: str) -> Graph:
    """Return the triples of a document, whose context stands in it: nothing else is read."""
    found = document(client, url)
    assert isinstance(found["@context"], dict)
    return Graph().parse(data=json.dumps(found), format="json-ld")


def at(name: str) -> URIRef:
    return URIRef(f"{HOST}/v1/releases/{name}")


def faults(found: Graph) -> str:
    conforms, _, text = validate(found, shacl_graph=SHAPES)
    return "" if conforms else text


def declared(release: str) -> dict[str, str]:
    """Return what the contract has a release as: address and media type."""
    found = {}
    for path, item in contract()["paths"].items():
        [media_type] = item["get"]["responses"]["200"]["content"]
        if path.partition(".")[0] in TABLES:
            found[f"{HOST}{path}?release={release}"] = media_type
        elif re.findall(r"\{(\w+)\}", path) == ["release"] and media_type != "application/json":
            found[HOST + path.replace("{release}", release)] = media_type
    return found


def test_every_release_is_a_dataset_the_newest_of_a_source_first(client: FlaskClient) -> None:
    for path, part, name in (
        (SCHEMA_ORG, "dataset", "identifier"),
        (CATALOG, "dcat:dataset", "dct:identifier"),
    ):
        assert [dataset[name] for dataset in document(client, path)[part]] == RELEASES


def test_a_dataset_of_schema_org(client: FlaskClient) -> None:
    catalog = document(client, f"{SCHEMA_ORG}?source=nato")
    assert catalog["@type"] == "DataCatalog"
    dataset = catalog["dataset"][2]
    places, variables, files = (
        dataset.pop(name) for name in ("spatialCoverage", "variableMeasured", "distribution")
    )
    release = client.get("/v1/releases/nato-2024-06-17").json["data"]
    source = client.get("/v1/sources/nato").json["data"]
    nato = {"@type": "Organization", "name": "NATO", "url": source["url"]}
    assert dataset == {
        "@type": "Dataset",
        "@id": f"{HOST}/v1/releases/nato-2024-06-17",
        "name": "Defence Expenditure of NATO Countries (2014-2024), as published on 2024-06-17",
        "description": "16 indicators of 32 members of NATO from 2014 to 2024, as NATO published "
        f"them on 2024-06-17. {source['definition']}",
        "url": f"{HOST}/v1/releases/nato-2024-06-17",
        "identifier": "nato-2024-06-17",
        "version": "nato-2024-06-17",
        "license": {
            "@type": "CreativeWork",
            "name": "Terms of NATO",
            "text": release["licence"],
            "url": f"{HOST}/v1/sources/nato",
        },
        "creator": nato,
        "publisher": nato,
        "provider": {"@type": "Organization", "name": "Burdenshare", "url": f"{HOST}/"},
        "citation": release["citation"],
        "isBasedOn": release["source_url"],
        "isAccessibleForFree": True,
        "inLanguage": "en",
        "keywords": ["defence spending", "military expenditure", "NATO", "burden sharing"],
        "datePublished": "2024-06-17",
        "dateModified": release["updated_at"],
        "temporalCoverage": "2014/2024",
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": f"{HOST}{SCHEMA_ORG}",
            "name": "Burdenshare",
        },
    }
    members = client.get("/v1/members?sort=code").json["data"]
    assert places == [
        {"@type": "Country", "name": member["name"], "identifier": member["code"]}
        for member in members
    ]
    assert {variable["propertyID"] for variable in variables} == set(release["indicators"])
    assert variables[-1] == {
        "@type": "PropertyValue",
        "propertyID": "spending_usd_m_current",
        "name": "Defence expenditure, US dollars, current prices",
        "description": "Defence expenditure of the year in million US dollars at that year's "
        "prices and exchange rates.",
        "unitCode": "usd_m",
        "unitText": "Million United States dollars.",
    }
    assert {
        "@type": "DataDownload",
        "name": "Spending years: CSV (RFC 4180, UTF-8)",
        "contentUrl": f"{HOST}/v1/spending-years.csv?release=nato-2024-06-17",
        "encodingFormat": "text/csv",
    } in files


def test_a_search_engine_of_data_finds_what_it_asks_for(client: FlaskClient) -> None:
    """Name and description are required, the latter of 50 to 5000 characters; the rest is advised."""
    found = graph(client, SCHEMA_ORG)
    datasets = list(found.subjects(RDF.type, SDO.Dataset))
    assert set(datasets) == {at(release) for release in RELEASES}
    for dataset in datasets:
        for name in ("name", "description", "license", "creator", "url", "identifier", "citation", "version",
                     "temporalCoverage", "spatialCoverage", "variableMeasured", "distribution",
                     "includedInDataCatalog", "datePublished", "isBasedOn"):  # fmt: skip
            assert list(found.objects(dataset, SDO[name])), (dataset, name)
        assert 50 <= len(str(found.value(dataset, SDO.description))) <= 5000
        for variable in found.objects(dataset, SDO.variableMeasured):
            assert str(found.value(variable, SDO.unitText)).endswith(".")
    names = [str(name) for dataset in datasets for name in found.objects(dataset, SDO.name)]
    assert len(set(names)) == len(names) == len(RELEASES)


def test_a_portal_finds_what_the_profile_makes_mandatory(client: FlaskClient) -> None:
    found = graph(client, CATALOG)
    assert faults(found) == ""
    [catalog] = found.subjects(RDF.type, DCAT.Catalog)
    assert catalog == URIRef(f"{HOST}{CATALOG}")
    assert set(found.objects(catalog, DCAT.dataset)) == {at(release) for release in RELEASES}
    dataset = at("nato-2026-07-10")
    [licence] = {
        found.value(distribution, DCTERMS.license)
        for distribution in found.objects(dataset, DCAT.distribution)
    }
    assert licence == URIRef(f"{HOST}/v1/sources/nato")
    assert str(found.value(dataset, DCTERMS.issued)) == "2026-07-10"


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        (DCAT.Catalog, DCTERMS.publisher),
        (DCAT.Catalog, DCTERMS.description),
        (DCAT.Dataset, DCTERMS.title),
        (DCAT.Distribution, DCAT.accessURL),
        (DCAT.DataService, DCAT.endpointURL),
    ],
)
def test_the_shapes_miss_what_is_not_there(
    client: FlaskClient, subject: URIRef, name: URIRef
) -> None:
    found = graph(client, f"{CATALOG}?source=sipri")
    found.remove((next(found.subjects(RDF.type, subject)), name, None))
    assert str(name) in faults(found) or name.fragment in faults(found)


@pytest.mark.parametrize("release", RELEASES)
def test_a_release_is_had_as_everything_that_the_contract_declares(
    client: FlaskClient, release: str
) -> None:
    expected = declared(release)
    assert f"{HOST}/v1/observations.csv?release={release}" in expected
    by_schema_org, by_dcat = graph(client, SCHEMA_ORG), graph(client, CATALOG)
    assert {
        str(by_schema_org.value(file, SDO.contentUrl)): str(
            by_schema_org.value(file, SDO.encodingFormat)
        )
        for file in by_schema_org.objects(at(release), SDO.distribution)
    } == expected
    assert {
        str(by_dcat.value(file, DCAT.accessURL)): str(
            by_dcat.value(file, DCAT.mediaType)
        ).partition("media-types/")[2]
        for file in by_dcat.objects(at(release), DCAT.distribution)
    } == expected
    whole = {
        str(url)
        for file in by_dcat.objects(at(release), DCAT.distribution)
        for url in by_dcat.objects(file, DCAT.downloadURL)
    }
    assert whole == {url for url, kind in expected.items() if kind != "application/json"}
    for url, media_type in expected.items():
        answer = client.head(url.removeprefix(HOST))
        assert (answer.status_code, answer.mimetype) == (200, media_type)


def test_a_route_of_a_release_that_is_no_json_is_named_once_it_is_there() -> None:
    app = create_app(Config())
    with app.app_context():
        before = list(downloads("x"))

    blueprint = Blueprint("tapes", __name__)

    @download(
        blueprint,
        "/v1/tapes/<release>.tar",
        form=Archive("application/x-tar"),
        returns=ExportItem,
        write=lambda *_: None,
    )
    def get_tape(*_: object, **__: object) -> Chosen:
        raise NotImplementedError

    app.register_blueprint(blueprint)
    with app.app_context():
        added = [download for download in downloads("x") if download not in before]
    assert added == [("/v1/tapes/x.tar", "application/x-tar", "Tapes: TAR", True)]


@BOTH
def test_addresses_are_those_of_the_service_that_was_asked(client: FlaskClient, path: str) -> None:
    text = json.dumps(document(client, path, base_url="https://a.example:8443"))
    assert "https://a.example:8443/v1/releases/nato-2026-07-10" in text
    assert "localhost" not in text


def test_what_was_withdrawn_is_left_out(withdrawn_app: Flask) -> None:
    client = withdrawn_app.test_client()
    catalog = document(client, SCHEMA_ORG)
    assert [dataset["identifier"] for dataset in catalog["dataset"]] == [
        "nato-2025-08-28",
        "nato-2023-07-07",
    ]
    assert document(client, f"{SCHEMA_ORG}?source=sipri")["dataset"] == []
    assert faults(graph(client, f"{CATALOG}?source=sipri")) == ""


@BOTH
def test_an_unknown_source_is_named(client: FlaskClient, path: str) -> None:
    answer = client.get(f"{path}?source=nata")
    [error] = answer.json["errors"]
    assert (answer.status_code, error["name"], error["did_you_mean"]) == (400, "source", "nato")


@BOTH
def test_who_has_it_already_is_told_so(client: FlaskClient, path: str) -> None:
    seen = client.get(path)
    again = client.get(path, headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_reference_leads_to_it(client: FlaskClient) -> None:
    page = client.get("/docs").text
    [link] = re.findall('<link rel="describedby" type="application/ld.json" href="([^"]+)">', page)
    assert urlsplit(link).path == SCHEMA_ORG
    assert client.get(link).mimetype == "application/ld+json"

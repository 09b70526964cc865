"""DCAT 3: the releases as a `dcat:Catalog`, by the profile DCAT-AP 3 that portals harvest."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from service.about import SUMMARY, TITLE

from .downloads import JSON_LD, Download, description_of, downloads, name_of
from .formats import Format, as_json
from .question import Question

SUFFIX = ".dcat.jsonld"

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
# The European Union's code lists, from which DCAT-AP takes languages, places and themes.
AUTHORITY = "http://publications.europa.eu/resource/authority/"

Node = dict[str, Any]


def as_catalog(body: Mapping[str, Any], question: Question) -> bytes:
    """Write the datasets in their catalogue, with absolute URLs."""
    root = question.base_url
    datasets = [of_dataset(root, dataset) for dataset in body["data"]]
    service = {
        **node("dcat:DataService", urljoin(root, "/v1")),
        "dct:title": english(f"{TITLE}, the API"),
        "dcat:endpointURL": {"@id": urljoin(root, "/v1")},
        "dcat:endpointDescription": {"@id": urljoin(root, "/openapi.yaml")},
        "dcat:servesDataset": [{"@id": dataset["@id"]} for dataset in datasets],
    }
    catalog = {
        **node("dcat:Catalog", urljoin(root, question.path)),
        "dct:title": english(TITLE),
        "dct:description": english(SUMMARY),
        "dct:publisher": agent(TITLE, root),
        "dct:language": node("dct:LinguisticSystem", f"{AUTHORITY}language/ENG"),
        "foaf:homepage": node("foaf:Document", urljoin(root, "/docs")),
        "dcat:dataset": datasets,
        "dcat:service": service,
    }
    return as_json({"@context": CONTEXT, **catalog})


def of_dataset(root: str, dataset: Mapping[str, Any]) -> Node:
    return {
        **node("dcat:Dataset", urljoin(root, f"/v1/releases/{dataset['id']}")),
        "dct:identifier": dataset["id"],
        "dct:title": english(name_of(dataset)),
        "dct:description": english(description_of(dataset)),
        "dct:publisher": agent(dataset["publisher"], dataset["publisher_url"]),
        "dct:issued": typed("xsd:date", dataset["published_on"]),
        "dct:modified": typed("xsd:dateTime", dataset["updated_at"]),
        "dct:source": {"@id": dataset["source_url"]},
        "dct:bibliographicCitation": dataset["citation"],
        "dct:accessRights": node("dct:RightsStatement", f"{AUTHORITY}access-right/PUBLIC"),
        "dct:language": node("dct:LinguisticSystem", f"{AUTHORITY}language/ENG"),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": typed("xsd:gYear", str(dataset["year_first"])),
            "dcat:endDate": typed("xsd:gYear", str(dataset["year_last"])),
        },
        "dct:spatial": [
            node("dct:Location", f"{AUTHORITY}country/{member['code']}")
            for member in dataset["members"]
        ],
        "dcat:theme": [
            node("skos:Concept", f"{AUTHORITY}data-theme/{theme}") for theme in ("GOVE", "ECON")
        ],
        "dcat:keyword": [english(word) for word in ("defence spending", "NATO", "burden sharing")],
        "dcat:version": dataset["id"],
        "dcat:distribution": [
            of_download(root, dataset, download) for download in downloads(dataset["id"])
        ],
    }


def of_download(root: str, dataset: Mapping[str, Any], download: Download) -> Node:
    """Return a distribution. A list in pages is reached by its URL, and not downloaded by it."""
    url = urljoin(root, download.path)
    return {
        **node("dcat:Distribution", f"{url}#distribution"),
        "dct:title": english(download.title),
        "dcat:accessURL": {"@id": url},
        **({"dcat:downloadURL": {"@id": url}} if download.is_whole else {}),
        "dcat:mediaType": node("dct:MediaType", MEDIA_TYPES + download.media_type),
        "dct:license": {
            **node("dct:LicenseDocument", urljoin(root, f"/v1/sources/{dataset['source']}")),
            "rdfs:label": english(dataset["licence"]),
        },
        "dcat:accessService": {"@id": urljoin(root, "/v1")},
    }


def node(kind: str, address: str) -> Node:
    return {"@id": address, "@type": kind}


def agent(name: str, homepage: str) -> Node:
    return {
        "@type": "foaf:Agent",
        "foaf:name": name,
        "foaf:homepage": node("foaf:Document", homepage),
    }


def english(text: str) -> Node:
    return {"@value": text, "@language": "en"}


def typed(kind: str, value: str) -> Node:
    return {"@value": value, "@type": kind}


DCAT = Format(JSON_LD, SUFFIX, as_catalog)

"""schema.org: the releases as a `DataCatalog` of `Dataset`s, as search engines of data read it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from schemas.codelists import CODELISTS
from service.about import SUMMARY, TITLE

from .downloads import JSON_LD, description_of, downloads, name_of
from .formats import Format, as_json
from .question import Question

SUFFIX = ".jsonld"

# Written out, since a context that stands elsewhere would have to be fetched.
CONTEXT = {"@vocab": "https://schema.org/"}


def as_catalog(body: Mapping[str, Any], question: Question) -> bytes:
    """Write the datasets in their catalogue, with absolute URLs."""
    root = question.base_url
    catalog = {
        "@type": "DataCatalog",
        "@id": urljoin(root, question.path),
        "name": TITLE,
        "description": SUMMARY,
        "url": urljoin(root, "/docs"),
    }
    datasets = [of_dataset(root, dataset, catalog["@id"]) for dataset in body["data"]]
    return as_json({"@context": CONTEXT, **catalog, "dataset": datasets})


def of_dataset(root: str, dataset: Mapping[str, Any], catalog: str) -> dict[str, Any]:
    publisher = organization(dataset["publisher"], dataset["publisher_url"])
    here = urljoin(root, f"/v1/releases/{dataset['id']}")
    return {
        "@type": "Dataset",
        "@id": here,
        "name": name_of(dataset),
        "description": description_of(dataset),
        "url": here,
        "identifier": dataset["id"],
        "version": dataset["id"],
        "license": {
            "@type": "CreativeWork",
            "name": f"Terms of {dataset['publisher']}",
            "text": dataset["licence"],
            "url": urljoin(root, f"/v1/sources/{dataset['source']}"),
        },
        "creator": publisher,
        "publisher": publisher,
        "provider": organization(TITLE, root),
        "citation": dataset["citation"],
        "isBasedOn": dataset["source_url"],
        "isAccessibleForFree": True,
        "inLanguage": "en",
        "keywords": ["defence spending", "military expenditure", "NATO", "burden sharing"],
        "datePublished": dataset["published_on"],
        "dateModified": dataset["updated_at"],
        "temporalCoverage": f"{dataset['year_first']}/{dataset['year_last']}",
        "spatialCoverage": [place(member) for member in dataset["members"]],
        "variableMeasured": [variable(indicator) for indicator in dataset["indicators"]],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": download.title,
                "contentUrl": urljoin(root, download.path),
                "encodingFormat": download.media_type,
            }
            for download in downloads(dataset["id"])
        ],
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": catalog, "name": TITLE},
    }


def organization(name: str, url: str) -> dict[str, str]:
    return {"@type": "Organization", "name": name, "url": url}


def place(member: Mapping[str, Any]) -> dict[str, str]:
    return {"@type": "Country", "name": member["name"], "identifier": member["code"]}


def variable(indicator: Mapping[str, Any]) -> dict[str, str]:
    return {
        "@type": "PropertyValue",
        "propertyID": indicator["id"],
        "name": indicator["title"],
        "description": indicator["definition"],
        "unitCode": indicator["unit"],
        "unitText": CODELISTS["units"][1][indicator["unit"]],
    }


SCHEMA_ORG = Format(JSON_LD, SUFFIX, as_catalog)

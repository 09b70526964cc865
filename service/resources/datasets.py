"""/v1/datasets: the releases described for harvesters, by schema.org and by DCAT."""

from typing import Any

from flask import Blueprint

from schemas.datasets import DatasetPage, DatasetQuery
from service.http import answers
from service.http.caching import of_dataset
from service.http.dcat import DCAT
from service.http.routing import endpoint
from service.http.schema_org import SCHEMA_ORG
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

blueprint = Blueprint("datasets", __name__)


@endpoint(
    blueprint,
    "/v1/datasets.jsonld",
    accepts=DatasetQuery,
    returns=DatasetPage,
    validated_by=of_dataset,
    formats=(SCHEMA_ORG,),
    example="source=sipri",
)
def get_datasets_jsonld(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """Get the releases as datasets of schema.org, in JSON-LD.

    For search engines of data: a `DataCatalog` with a `Dataset` for each release, which names its
    publisher, terms, years, places, variables with units, and every file it is had as.
    """
    return datasets(snapshot, query)


@endpoint(
    blueprint,
    "/v1/datasets.dcat.jsonld",
    accepts=DatasetQuery,
    returns=DatasetPage,
    validated_by=of_dataset,
    formats=(DCAT,),
    example="source=sipri",
)
def get_datasets_dcat(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """Get the releases as a catalogue of DCAT 3, in JSON-LD.

    For portals of open data, which harvest it: a `dcat:Catalog` with a `dcat:Dataset` for each
    release and a `dcat:Distribution` for every file it is had as, by the profile DCAT-AP 3.
    """
    return datasets(snapshot, query)


def datasets(snapshot: Snapshot, query: dict[str, Any]) -> Row:
    return answers.whole_list(snapshot.fetch_all("datasets/list", query))

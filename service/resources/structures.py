"""/v1/structures: how SDMX describes the lists that are exchanged by it."""

from typing import Any

from flask import Blueprint

from schemas.base import NoParameters
from schemas.structures import StructureItem
from service.http import answers, caching
from service.http.routing import endpoint
from service.http.sdmx import STRUCTURE_XML
from service.rules.lookups import meanings_of_codes
from service.storage.snapshot import Snapshot

blueprint = Blueprint("structures", __name__)


@endpoint(
    blueprint,
    "/v1/structures/observations.xml",
    accepts=NoParameters,
    returns=StructureItem,
    validated_by=caching.of_dataset,
    formats=(STRUCTURE_XML,),
)
def get_observation_structure(snapshot: Snapshot, query: dict[str, Any]) -> Any:
    """Get the structure of the observations (SDMX-ML 3.0).

    The dataflow, its dimensions and attributes, and what every code means: what a program needs
    to read `/v1/observations.sdmx.csv`.
    """
    codelists = [
        {"id": codelist, "codes": list(codes.values())}
        for codelist, codes in meanings_of_codes(snapshot).items()
    ]
    body = answers.item({"codelists": codelists})
    body["meta"]["updated_at"] = snapshot.dataset["changed_at"]
    return body

"""The contract as it is committed: openapi.yaml, and the same as JSON."""

import json
from functools import cache
from pathlib import Path

from flask import Blueprint

from .formats import Text
from .routing import route
from .text import TextEndpoint

FILE = Path(__file__).parents[2] / "openapi.yaml"

blueprint = Blueprint("openapi", __name__)


@cache
def get_yaml() -> bytes:
    """Return the contract as YAML."""
    return FILE.read_bytes()


@cache
def get_json() -> bytes:
    """Return the contract as JSON."""
    import yaml  # which few workers are ever asked for

    contract = yaml.load(get_yaml(), yaml.CSafeLoader)
    return (json.dumps(contract, ensure_ascii=False) + "\n").encode()


FORMS = {Text("application/yaml", ".yaml"): get_yaml, Text("application/json", ".json"): get_json}

for form, view in FORMS.items():
    endpoint = TextEndpoint(
        path=f"/openapi{form.suffix}",
        name=f"get{form.suffix.replace('.', '_')}",
        doc=view.__doc__ or "",
        forms=(form,),
        view=view,
    )
    route(blueprint, endpoint)

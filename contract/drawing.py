"""Draws openapi.yaml from the endpoints and their schemas: `python -m contract.drawing`."""

import inspect
import re
from functools import cache
from typing import Any

import yaml
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask

from schemas.problems import Problem
from service import create_app
from service.about import API_VERSION, TITLE
from service.http.endpoint import Endpoint

from . import example_file, text
from .components import (
    add_field_examples,
    deprecated,
    describe,
    number,
    open_to_growth,
    share_parameters,
)
from .endpoints import endpoints
from .names import camel
from .parameters import path_parameters, query_parameters
from .responses import responses, shared_responses

# Reading order; apispec would put the paths first.
SECTIONS = ("openapi", "info", "servers", "security", "tags", "paths", "components")


class Plain(yaml.CSafeDumper):
    """Writes what occurs twice out twice: anchors are hard to read, and to some readers unknown."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_block(dumper: Plain, text: str) -> yaml.ScalarNode:
    """Write a text of several lines as it reads."""
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


Plain.add_representer(str, as_block)


def render(app: Flask) -> str:
    """Return the text of openapi.yaml."""
    return str(yaml.dump(draw(app), None, Plain, sort_keys=False, allow_unicode=True, width=100))


@cache
def draw(app: Flask) -> dict[str, Any]:
    """Return the contract of an application as a dictionary."""
    plugin = MarshmallowPlugin()
    spec = APISpec(
        TITLE,
        API_VERSION,
        "3.0.3",
        plugins=[plugin],
        info=text.INFO,
        servers=text.SERVERS,
        security=[],  # no key, no login
    )
    assert isinstance(plugin.converter, OpenAPIConverter)
    for described in (number, deprecated):
        plugin.converter.add_attribute_function(described)  # type: ignore[no-untyped-call]
    for name, header in text.HEADERS.items():
        spec.components.header(name, header)
    spec.components.schema("Problem", schema=Problem)
    for name, response in shared_responses(app):
        spec.components.response(name, response)
    for endpoint in endpoints(app):
        tag(spec, endpoint)
        path = re.sub("<(.+?)>", r"{\1}", endpoint.path)
        spec.path(path, operations={"get": operation(endpoint)})
    drawn = spec.to_dict()
    open_to_growth(drawn["components"]["schemas"])
    describe(drawn["components"]["schemas"], plugin.converter)
    add_field_examples(drawn["components"]["schemas"])
    share_parameters(drawn)
    return {section: drawn[section] for section in SECTIONS}


def tag(spec: APISpec, endpoint: Endpoint) -> None:
    name = tag_of(endpoint)
    if name not in {tag["name"] for tag in spec._tags}:
        first = (inspect.getdoc(inspect.getmodule(endpoint.view)) or "").split("\n")[0]
        words = first.partition(": ")[2]
        spec.tag({"name": name, "description": words[:1].upper() + words[1:]})


def tag_of(endpoint: Endpoint) -> str:
    """Return the name of the module that an endpoint's view is in."""
    return endpoint.view.__module__.rpartition(".")[2].replace("_", "-")


def operation(endpoint: Endpoint) -> dict[str, Any]:
    """Describe one GET; its docstring's first line is the summary, the rest when to use it."""
    summary, _, description = inspect.cleandoc(endpoint.doc).partition("\n\n")
    described = [" ".join(description.split()) or summary]
    example = f"Example: `{example_file.request_of(endpoint)}`"
    if endpoint.deprecated is not None:
        described.append(endpoint.deprecated.words)
    return {
        "operationId": camel(endpoint.name),
        "tags": [tag_of(endpoint)],
        "summary": summary.rstrip("."),
        "description": "\n\n".join([*described, example]),
        "parameters": [*path_parameters(endpoint), *query_parameters(endpoint)],
        "responses": responses(endpoint),
    } | ({} if endpoint.deprecated is None else {"deprecated": True})


if __name__ == "__main__":
    print(render(create_app()), end="")

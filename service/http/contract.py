"""The contract: openapi.yaml drawn from the routes and their schemas, served as it is drawn."""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask, Response, current_app, json
from marshmallow import fields

from schemas.base import ListQuery, NoParameters
from schemas.parameters import Code
from schemas.problems import Problem
from schemas.vintage import Vintage

from . import caching, contract_text, parsing
from .catalogue import CATALOGUE
from .formats import JSON
from .parameter import query_parameter
from .probes import PROBES

YAML = "application/yaml"

# Reading order; apispec would put the paths first.
SECTIONS = ("openapi", "info", "servers", "tags", "paths", "components")

EVERYWHERE = (400, 406, 413, 414, 500)


def init_app(app: Flask) -> None:
    app.get("/openapi.yaml")(get_yaml)
    app.get("/openapi.json")(get_json)


def get_yaml() -> Response:
    """Answer with the contract as YAML."""
    return serve(render(), YAML)


def get_json() -> Response:
    """Answer with the contract as JSON."""
    return serve(json.dumps(draw()) + "\n", JSON.media_type)


def serve(text: str, media_type: str) -> Response:
    """Answer with a text that the path itself names the format of, whatever Accept says."""
    parsing.parse(NoParameters, None)
    response = Response(text, content_type=media_type)
    return caching.conditional(response, caching.of_content(response))


def render() -> str:
    """Return the text of openapi.yaml."""
    return yaml.safe_dump(draw(), sort_keys=False, allow_unicode=True, width=100)


def draw() -> dict[str, Any]:
    """Return the contract of the current application as a dictionary."""
    return draw_for(current_app._get_current_object())  # type: ignore[attr-defined]


@cache
def draw_for(app: Flask) -> dict[str, Any]:
    plugin = MarshmallowPlugin()
    spec = APISpec(
        contract_text.TITLE,
        app.config["API_VERSION"],
        "3.0.3",
        plugins=[plugin],
        info=contract_text.INFO,
        servers=contract_text.SERVERS,
    )
    assert isinstance(plugin.converter, OpenAPIConverter)
    plugin.converter.add_attribute_function(number_format)  # type: ignore[no-untyped-call]
    add_shared(spec)
    for rule, view in routes(app):
        tag(spec, rule.endpoint, inspect.getmodule(view))
        path = re.sub("<(.+?)>", r"{\1}", rule.rule)
        spec.path(path, operations={"get": operation(rule, view)})
    drawn = spec.to_dict()
    open_to_growth(drawn["components"]["schemas"])
    return {section: drawn[section] for section in SECTIONS}


def routes(app: Flask) -> Iterator[tuple[Any, Any]]:
    """Return the routes that carry schemas, in the order of their registration."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "returns"):
            yield rule, view


def number_format(_: Any, field: fields.Field[Any], **kwargs: Any) -> dict[str, str]:
    """Every number has a format: without one a client generator guesses."""
    if isinstance(field, fields.Integer):
        return {"format": "int32"}
    return {"format": "double"} if isinstance(field, fields.Float) else {}


def open_to_growth(schemas: dict[str, Any]) -> None:
    """Leave answers open to new fields by saying nothing, which every generator understands."""
    for schema in schemas.values():
        schema.pop("additionalProperties", None)


def add_shared(spec: APISpec) -> None:
    for name, header in contract_text.HEADERS.items():
        spec.components.header(name, header)
    spec.components.schema("Problem", schema=Problem)
    for status in sorted({kind.status for kind in CATALOGUE.values()}):
        spec.components.response(response_name(status), problem_response(status))


def response_name(status: int) -> str:
    title = next(kind.title for kind in CATALOGUE.values() if kind.status == status)
    return title.title().replace(" ", "")


def problem_response(status: int) -> dict[str, Any]:
    codes = ", ".join(f"`{kind.code}`" for kind in CATALOGUE.values() if kind.status == status)
    headers = contract_text.PROBLEM_HEADERS + (["Retry-After"] if status in (429, 503) else [])
    return {
        "description": f"A problem with the code {codes}.",
        "headers": {name: header_reference(name) for name in headers},
        "content": {"application/problem+json": {"schema": "Problem"}},
    }


def header_reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def tag(spec: APISpec, endpoint: str, module: Any) -> None:
    name = endpoint.partition(".")[0].replace("_", "-")
    if name not in {tag["name"] for tag in spec._tags}:
        first = (inspect.getdoc(module) or "").split("\n")[0]
        spec.tag({"name": name, "description": first.partition(": ")[2].capitalize()})


def operation(rule: Any, view: Any) -> dict[str, Any]:
    """Describe one GET; its docstring's first line is the summary."""
    summary, _, description = (inspect.getdoc(view) or "").partition("\n\n")
    return {
        "operationId": camel(view.__name__),
        "tags": [rule.endpoint.partition(".")[0].replace("_", "-")],
        "summary": summary.rstrip("."),
        "description": " ".join(description.split()) or summary,
        "parameters": [*path_parameters(rule), *query_parameters(view)],
        "responses": responses(rule, view),
    }


def path_parameters(rule: Any) -> Iterator[dict[str, Any]]:
    for name in re.findall("<(.+?)>", rule.rule):
        description, example = contract_text.PATH_PARAMETERS[name]
        yield {
            "in": "path",
            "name": name,
            "required": True,
            "description": description,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            "example": example,
        }


def query_parameters(view: Any) -> list[dict[str, Any]]:
    schema = view.accepts()
    found = [query_parameter(name, field, schema) for name, field in schema.fields.items()]
    return sorted(found, key=lambda parameter: rank(parameter["name"]))


def rank(name: str) -> int:
    """Filters come first, then their bounds, then the choice of a release, then paging."""
    if name in ListQuery().fields:
        return 3
    if name in Vintage().fields:
        return 2
    return 1 if name.endswith(("_gte", "_lte")) else 0


def responses(rule: Any, view: Any) -> dict[str, Any]:
    problems = {
        *EVERYWHERE,
        *({404} if rule.arguments else ()),
        *({410} if names_release(rule, view) else ()),
        *({503} if view.reads_database else ()),
        *({429} if rule.rule not in PROBES else ()),
    }
    found = {
        "200": {
            "description": (inspect.getdoc(view.returns) or "OK").split("\n")[0],
            "headers": {name: header_reference(name) for name in headers_of(rule, view)},
            "content": {view.format.media_type: {"schema": body_of(view)}},
        }
    }
    if rule.rule not in PROBES:
        found["304"] = {
            "description": "Nothing changed since the answer that the client has.",
            "headers": {name: header_reference(name) for name in contract_text.HEADERS_OF_304},
        }
    return found | {str(status): response_name(status) for status in sorted(problems)}


def body_of(view: Any) -> Any:
    """Return the schema of a body; what is not JSON is bytes to every client."""
    if view.format is JSON:
        return view.returns
    return {"type": "string", "format": "binary"}


def names_release(rule: Any, view: Any) -> bool:
    """Tell whether a path or one of its parameters takes a release's id."""
    return "release" in rule.arguments or any(
        isinstance(one, Code) and one.codelist == "release"
        for field in view.accepts().fields.values()
        for one in (field.inner if isinstance(field, fields.List) else field,)
    )


def headers_of(rule: Any, view: Any) -> list[str]:
    """Return the headers that the answer always has."""
    is_kept = rule.rule not in PROBES
    has_figures = "release" in view.returns().fields["meta"].schema.fields
    return [
        *contract_text.HEADERS_OF_EVERY_200,
        *(["ETag"] if is_kept else ()),
        *(["Last-Modified"] if is_kept and view.reads_database else ()),
        *(["X-Data-Release"] if has_figures else ()),
    ]


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)

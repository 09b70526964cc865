"""Draws openapi.yaml from the endpoints and their schemas: `python -m contract.drawing`."""

import inspect
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask, current_app
from marshmallow import fields

from schemas import deprecation
from schemas.base import ListQuery
from schemas.parameters import Code
from schemas.problems import Problem
from schemas.vintage import Vintage
from service import API_VERSION, create_app
from service.about import TITLE
from service.http.catalogue import CATALOGUE
from service.http.endpoint import Endpoint, endpoints_of
from service.http.formats import JSON, Archive, File
from service.http.probes import PROBES

from . import example_file, text
from .parameters import query_parameter

# Reading order; apispec would put the paths first.
SECTIONS = ("openapi", "info", "servers", "security", "tags", "paths", "components")

EVERYWHERE = (400, 413, 414, 500)

NOT_MODIFIED = "NotModified"
FIGURES_NOT_MODIFIED = "FiguresNotModified"
PARTIAL_CONTENT = "PartialContent"

YEAR = re.compile("(^|_)years?(_|$)")

BOUNDS = {"minimum", "maximum"}

# What stands in a path.
A_YEAR = {"type": "integer", "format": "int32", "minimum": 1900, "maximum": 2100}
AN_ID = {"type": "string", "minLength": 1, "maxLength": 200}


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


def render() -> str:
    """Return the text of openapi.yaml."""
    return render_for(current_app._get_current_object())  # type: ignore[attr-defined]


@cache
def render_for(app: Flask) -> str:
    return str(
        yaml.dump(draw_for(app), None, Plain, sort_keys=False, allow_unicode=True, width=100)
    )


def draw() -> dict[str, Any]:
    """Return the contract of the current application as a dictionary."""
    return draw_for(current_app._get_current_object())  # type: ignore[attr-defined]


@cache
def draw_for(app: Flask) -> dict[str, Any]:
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
    add_shared(spec, app)
    for rule, view in routes(app):
        tag(spec, rule.endpoint, inspect.getmodule(view.view))
        path = re.sub("<(.+?)>", r"{\1}", rule.rule)
        spec.path(path, operations={"get": operation(rule, view)})
    drawn = spec.to_dict()
    open_to_growth(drawn["components"]["schemas"])
    describe(drawn["components"]["schemas"], plugin.converter)
    add_field_examples(drawn["components"]["schemas"])
    share_parameters(drawn)
    return {section: drawn[section] for section in SECTIONS}


def routes(app: Flask) -> Iterator[tuple[Any, Endpoint]]:
    """Return the routes that carry schemas, in the order of their registration."""
    endpoints = endpoints_of(app)
    for rule in app.url_map.iter_rules():
        endpoint = endpoints.get(rule.endpoint)
        if endpoint is not None and endpoint.returns is not None:
            yield rule, endpoint


def number(_: Any, field: fields.Field[Any], **kwargs: Any) -> dict[str, Any]:
    """Every number has a format: without one a client generator guesses.

    Counts and years have a range too. Figures have none: what a publisher may print is not ours to
    say, and a client that holds answers against a range would break on a figure that is printed.
    """
    if isinstance(field, fields.Integer):
        # What a list holds has the name of the list.
        name = field.name or getattr(field.parent, "name", None) or ""
        bounds = {"minimum": 1900, "maximum": 2100} if YEAR.search(name) else {"minimum": 0}
        bounds |= {name: field.metadata[name] for name in BOUNDS & field.metadata.keys()}
        return {"format": "int32"} | bounds
    return {"format": "double"} if isinstance(field, fields.Float) else {}


def deprecated(_: Any, field: fields.Field[Any], **kwargs: Any) -> dict[str, Any]:
    found = deprecation.of_field(field)
    if found is None:
        return {}
    return {"deprecated": True, "description": f"{field.metadata['description']} {found.words}"}


def open_to_growth(schemas: dict[str, Any]) -> None:
    """Leave answers open to new fields by saying nothing, which every generator understands."""
    for schema in schemas.values():
        schema.pop("additionalProperties", None)


def describe(schemas: dict[str, Any], converter: OpenAPIConverter) -> None:
    """Say what each object is: a field that refers to it may say nothing beside its `$ref`."""
    for (schema, *_), name in converter.refs.items():
        first = (inspect.getdoc(schema) or "").split("\n")[0]
        schemas[name] = {"description": first, **schemas[name]}


def add_field_examples(schemas: dict[str, Any]) -> None:
    """Give each field a value that the service answered; a nested row has its own fields'."""
    for name, schema in schemas.items():
        for field, described in schema["properties"].items():
            drawn = example_file.of_field(name, field)
            if drawn is not None:
                described["example"] = drawn
            elif described.get("example") is None:
                described.pop("example", None)


def share_parameters(drawn: dict[str, Any]) -> None:
    """Write what several operations take once, under a name, and refer to it."""
    operations = [item["get"] for item in drawn["paths"].values()]
    uses = Counter(as_text(taken) for operation in operations for taken in operation["parameters"])
    named: dict[str, Any] = {}
    for operation in operations:
        for at, taken in enumerate(operation["parameters"]):
            if uses[as_text(taken)] > 1:
                name = parameter_name(taken, operation["operationId"], named)
                named[name] = taken
                operation["parameters"][at] = {"$ref": f"#/components/parameters/{name}"}
    drawn["components"]["parameters"] = named


def as_text(part: Any) -> str:
    return json.dumps(part, sort_keys=True)


def parameter_name(taken: dict[str, Any], operation_id: str, named: dict[str, Any]) -> str:
    """Return `YearParameter`, in a path `YearPathParameter`.

    Where that is another one already it is named after the first operation that takes it, too.
    """
    plain = f"{pascal(taken['name'])}{'Path' if taken['in'] == 'path' else ''}Parameter"
    if named.setdefault(plain, taken) == taken:
        return plain
    same = (name for name, other in named.items() if other == taken)
    return next(same, f"{pascal(operation_id)}{plain}")


def add_shared(spec: APISpec, app: Flask) -> None:
    for name, header in text.HEADERS.items():
        spec.components.header(name, header)
    spec.components.schema("Problem", schema=Problem)
    for name, more in ((NOT_MODIFIED, []), (FIGURES_NOT_MODIFIED, ["X-Data-Release"])):
        spec.components.response(
            name,
            {
                "description": "Nothing changed since the answer that the client has.",
                "headers": header_references([*text.HEADERS_OF_304, *more]),
            },
        )
    for rule, view in routes(app):
        if isinstance(view.format, Archive):  # every one is as the others are
            spec.components.response(PARTIAL_CONTENT, partial_content(rule, view))
            break
    for status in sorted({at for routed in routes(app) for at in problems_of(*routed)}):
        spec.components.response(response_name(status), problem_response(status))


def partial_content(rule: Any, view: Any) -> dict[str, Any]:
    return {
        "description": "The part of the file that `Range` asks for.",
        "headers": header_references([*headers_of(rule, view), "Content-Range"]),
        "content": {view.format.media_type: {"schema": body_of(view)}},
    }


def response_name(status: int) -> str:
    title = next(kind.title for kind in CATALOGUE.values() if kind.status == status)
    return title.title().replace(" ", "")


def problem_response(status: int) -> dict[str, Any]:
    codes = [kind.code for kind in CATALOGUE.values() if kind.status == status]
    drawn = {code: found for code in codes if (found := example_file.read()["problems"].get(code))}
    return {
        "description": f"A problem with the code {', '.join(f'`{code}`' for code in codes)}.",
        "headers": header_references(
            [
                *text.PROBLEM_HEADERS,
                *(["Retry-After"] if status in (429, 503) else []),
                *(["Content-Range"] if status == 416 else []),
            ]
        ),
        "content": {
            "application/problem+json": {"schema": "Problem", "examples": example_file.named(drawn)}
        },
    }


def header_references(names: list[str]) -> dict[str, dict[str, str]]:
    return {
        text.SENT_AS.get(name, name): {"$ref": f"#/components/headers/{name}"} for name in names
    }


def tag(spec: APISpec, endpoint: str, module: Any) -> None:
    name = endpoint.partition(".")[0].replace("_", "-")
    if name not in {tag["name"] for tag in spec._tags}:
        first = (inspect.getdoc(module) or "").split("\n")[0]
        words = first.partition(": ")[2]
        spec.tag({"name": name, "description": words[:1].upper() + words[1:]})


def operation(rule: Any, view: Any) -> dict[str, Any]:
    """Describe one GET; its docstring's first line is the summary, the rest when to use it."""
    summary, _, description = (inspect.cleandoc(view.doc)).partition("\n\n")
    described = [" ".join(description.split()) or summary]
    example = f"Example: `{example_file.request_of(rule, view)}`"
    if view.deprecated is not None:
        described.append(view.deprecated.words)
    return {
        "operationId": camel(view.name),
        "tags": [rule.endpoint.partition(".")[0].replace("_", "-")],
        "summary": summary.rstrip("."),
        "description": "\n\n".join([*described, example]),
        "parameters": [*path_parameters(rule), *query_parameters(view)],
        "responses": responses(rule, view),
    } | ({} if view.deprecated is None else {"deprecated": True})


def path_parameters(rule: Any) -> Iterator[dict[str, Any]]:
    for name in re.findall("<(.+?)>", rule.rule):
        description, example = text.PATH_PARAMETERS[name]
        yield {
            "in": "path",
            "name": name,
            "required": True,
            "description": description,
            "schema": A_YEAR if isinstance(example, int) else AN_ID,
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
    content = {"schema": body_of(view)}
    if drawn := example_file.read()["answers"].get(camel(view.name)):
        content["examples"] = example_file.named({"answer": drawn})
    found: dict[str, Any] = {
        "200": {
            "description": (inspect.getdoc(view.returns) or "OK").split("\n")[0],
            "headers": header_references(headers_of(rule, view)),
            "content": {view.format.media_type: content},
        }
    }
    if isinstance(view.format, Archive):
        found["206"] = PARTIAL_CONTENT
    if rule.rule not in PROBES:
        found["304"] = FIGURES_NOT_MODIFIED if has_figures(view) else NOT_MODIFIED
    return found | {str(status): response_name(status) for status in problems_of(rule, view)}


def problems_of(rule: Any, view: Any) -> list[int]:
    """Return the statuses of the problems that an operation may answer with."""
    found = {
        *EVERYWHERE,
        *(() if view.format.suffix else {406}),
        *({404} if rule.arguments else ()),
        *({410} if names_release(rule, view) else ()),
        *({416} if isinstance(view.format, Archive) else ()),
        *({503} if view.reads_database else ()),
        *({429} if rule.rule not in PROBES else ()),
    }
    return sorted(found)


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
    is_kept = rule.rule not in PROBES
    return [
        *text.HEADERS_OF_EVERY_200,
        *(["ETag"] if is_kept else ()),
        *(["Last-Modified"] if is_kept and view.reads_database else ()),
        *(["Content-Disposition"] if isinstance(view.format, File | Archive) else ()),
        *(["Accept-Ranges"] if isinstance(view.format, Archive) else ()),
        *(["X-Data-Release"] if has_figures(view) else ()),
        *text.OPTIONAL_HEADERS,
    ]


def has_figures(view: Any) -> bool:
    """Tell whether an answer is of one release, and says so."""
    return "release" in view.returns().fields["meta"].schema.fields


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def pascal(name: str) -> str:
    return name[:1].upper() + camel(name)[1:]


if __name__ == "__main__":
    with create_app().app_context():
        print(render(), end="")

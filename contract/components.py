"""The components: schemas with a format, a description and examples; shared parameters."""

import inspect
import json
import re
from collections import Counter
from typing import Any

from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import fields

from schemas import deprecation

from . import example_file
from .names import pascal

YEAR = re.compile("(^|_)years?(_|$)")

BOUNDS = {"minimum", "maximum"}


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

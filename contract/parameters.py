"""The parameters of an operation, in its path and in its query."""

from collections.abc import Iterator
from typing import Any

from marshmallow import fields

from schemas import deprecation
from schemas.base import ListQuery, Order, Query, sortable
from schemas.parameters import MAX_AMOUNT, Choice, Items, Rate, Text, Whole
from schemas.vintage import Vintage
from service.http.endpoint import Endpoint

from . import example_file
from .text import PATH_PARAMETERS

# The schemas of path parameters.
A_YEAR = {"type": "integer", "format": "int32", "minimum": 1900, "maximum": 2100}
AN_ID = {"type": "string", "minLength": 1, "maxLength": 200}


def path_parameters(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for name in endpoint.arguments:
        description, example = PATH_PARAMETERS[name]
        yield {
            "in": "path",
            "name": name,
            "required": True,
            "description": description,
            "schema": A_YEAR if isinstance(example, int) else AN_ID,
            "example": example,
        }


def query_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    schema = endpoint.accepts()
    found = [query_parameter(name, field, schema) for name, field in schema.fields.items()]
    return sorted(found, key=lambda parameter: rank(parameter["name"]))


def rank(name: str) -> int:
    """Filters come first, then their bounds, then the choice of a release, then paging."""
    if name in ListQuery().fields:
        return 3
    if name in Vintage().fields:
        return 2
    return 1 if name.endswith(("_gte", "_lte")) else 0


def query_parameter(name: str, field: fields.Field[Any], schema: Query) -> dict[str, Any]:
    """Return a parameter object. Lists are written with commas; the server takes both spellings."""
    described = {
        "in": "query",
        "name": name,
        "required": field.required,
        "description": description(field, schema),
        "schema": schema_of(field),
    }
    if isinstance(field, Items):
        described |= {"style": "form", "explode": False}
    if deprecation.of_field(field) is not None:
        described["deprecated"] = True
    if (example := example_file.of_parameter(name, field, schema)) is not None:
        described["example"] = example
    return described


def description(field: fields.Field[Any], schema: Query) -> str:
    text = str(field.metadata["description"])
    if isinstance(getattr(field, "inner", None), Order):
        assert isinstance(schema, ListQuery)
        default = ", ".join(f"`{'-' * descending}{name}`" for name, descending in schema.order)
        text += f" Default: {default}." if default else ""
        text += f" Fields: {', '.join(f'`{name}`' for name in sortable(schema.row))}."
    found = deprecation.of_field(field)
    return text if found is None else f"{text} {found.words}"


def schema_of(field: fields.Field[Any]) -> dict[str, Any]:
    if isinstance(field, Items):
        default = {"default": field.load_default} if isinstance(field.load_default, list) else {}
        items = {"type": "array", "items": schema_of(field.inner), "maxItems": 200}
        return items | default
    if isinstance(field, Whole):
        bounds = {"minimum": field.minimum, "maximum": field.maximum}
        has_default = isinstance(field.load_default, int)
        default = {"default": field.load_default} if has_default else {}
        return {"type": "integer", "format": "int32"} | bounds | default
    if isinstance(field, Rate):
        limits = {"minimum": float(field.minimum), "maximum": float(field.maximum)}
        return {"type": "number", "format": "double"} | limits
    if isinstance(field, fields.Float):
        bounds = {"minimum": -MAX_AMOUNT, "maximum": MAX_AMOUNT}
        return {"type": "number", "format": "double"} | bounds
    if isinstance(field, fields.Date):
        return {"type": "string", "format": "date"}
    if isinstance(field, fields.AwareDateTime):
        return {"type": "string", "format": "date-time"}
    if isinstance(field, fields.Boolean):
        return {"type": "boolean"}
    if isinstance(field, Choice):
        return {"type": "string", "enum": list(field.allowed)}
    if isinstance(field, Text):
        return {"type": "string", "minLength": 1, "maxLength": field.longest}
    return {"type": "string", "maxLength": field.metadata.get("maxLength", 100)}

"""A query parameter as the contract describes it."""

from typing import Any

from marshmallow import fields

from schemas.base import ListQuery, Order, Query, sortable
from schemas.parameters import Choice, Items, Rate, Text, Whole


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
    if "example" in field.metadata:
        described["example"] = field.metadata["example"]
    return described


def description(field: fields.Field[Any], schema: Query) -> str:
    text = str(field.metadata["description"])
    if isinstance(getattr(field, "inner", None), Order):
        assert isinstance(schema, ListQuery)
        default = ", ".join(f"`{'-' * descending}{name}`" for name, descending in schema.order)
        default = f" Default: {default}." if default else ""
        return f"{text}{default} Fields: {', '.join(f'`{name}`' for name in sortable(schema.row))}."
    return text


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
        return {"type": "number", "format": "double"}
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

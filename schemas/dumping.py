"""Schemas compiled to functions: they return what `dump` does, in a fraction of its time.

marshmallow asks of each value of each row what its schema says of all rows. Here that is asked
once and written down as a Python function, which a row then only runs through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import marshmallow as ma
from marshmallow import fields

Dump = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Written:
    """Rows that are dumped already, and written as JSON with commas between them."""

    json: bytes
    length: int

    def __len__(self) -> int:
        return self.length


# What such a field leaves as it is, as it does null. All else goes through the field.
LEFT = {fields.String: "str", fields.Integer: "int", fields.Float: "float", fields.Boolean: "bool"}


@cache
def dumper(schema: type[ma.Schema]) -> Dump:
    """Return the function that dumps one object as a schema does."""
    return compiled(schema())


def compiled(schema: ma.Schema) -> Dump:
    lines, parts, names = [], [], dict[str, Any]()
    for at, (name, field) in enumerate(schema.dump_fields.items()):
        attribute = field.attribute or name
        names[f"dump_{at}"] = of_field(field, attribute)
        lines += [
            f"    value_{at} = row[{attribute!r}]",
            f"    if value_{at} is not None and value_{at}.__class__ is not {left(field)}:",
            f"        value_{at} = dump_{at}(value_{at})",
        ]
        parts.append(f"{field.data_key or name!r}: value_{at}")
    text = "\n".join(["def dump(row):", *lines, f"    return {{{', '.join(parts)}}}"])
    exec(text, names)
    dump: Dump = names["dump"]
    return dump


def left(field: fields.Field[Any]) -> str:
    return LEFT.get(type(field), "None")


def of_field(field: fields.Field[Any], attribute: str) -> Dump:
    """Return the function that dumps a value of a field that is not null."""
    if type(field) is fields.Nested and not field.many:
        return compiled(field.schema)
    if type(field) is fields.List and type(field.inner) is fields.Nested:
        return of_objects(of_field(field.inner, attribute))
    if type(field) is fields.Date and field.format == "iso":
        return date.isoformat  # as marshmallow comes to in the end
    return lambda value: field._serialize(value, attribute, None)


def of_objects(inner: Dump) -> Dump:
    def dump(values: Any) -> Any:
        if isinstance(values, Written):
            return values
        return [None if value is None else inner(value) for value in values]

    return dump

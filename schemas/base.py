"""What every query string and every answer have in common."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple

import marshmallow as ma
from marshmallow import fields

from .faults import nearest, refusal, shown
from .parameters import Amount, Codes, Day, Instant, Items, Whole

# How a field's values are ordered by PostgreSQL; text in byte order, whatever the server's locale.
SQL_TYPES: Mapping[type[fields.Field[Any]], str] = {
    fields.Float: "numeric",
    fields.Integer: "bigint",
    fields.Boolean: "boolean",
    fields.Date: "date",
    fields.AwareDateTime: "timestamptz",
    fields.String: "text",
}


# The types of ranges of such values.
RANGES: Mapping[type[fields.Field[Any]], str] = {
    fields.Float: "numrange",
    fields.Integer: "int4range",
    fields.Date: "daterange",
}


class Range(NamedTuple):
    """A PostgreSQL range as a literal, such as `[2014,]`, with its type."""

    sql_type: str
    text: str


# Of characters.
LONGEST_CURSOR = 3000


class Output(ma.Schema):
    """Base of every answer.

    Every key is always present: hence required. Keys may be added within v1: hence unknown keys
    are allowed, lest openapi.yaml promise the opposite.
    """

    # Whether each of its rows stands in the database as JSON too, in the column `json`.
    is_written: ClassVar[bool] = False

    class Meta:
        unknown = ma.INCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = True


class Query(ma.Schema):
    """Base of every query string. What is left out loads as None, which filters nothing."""

    class Meta:
        unknown = ma.RAISE

    def __init__(self, codes: Codes | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.codes = codes

    @ma.post_load
    def fill_absent(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        return dict.fromkeys(self.fields) | data


class NoParameters(Query):
    """The query string of a path that takes no parameter."""


class Order(fields.String):
    """A field to sort by, with `-` in front to turn the order round: (name, is descending)."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        allowed = sortable(self.root.row)  # type: ignore[union-attr]
        name = value.removeprefix("-")
        if name not in allowed:
            raise refusal(
                "unknown_value",
                f"{shown(name)} is not a field to sort by.",
                allowed,
                nearest(name, allowed),
            )
        return name, value.startswith("-")


class ListQuery(Query):
    """Base of a list's query string: order, paging, and the bounds of its row's fields."""

    row: ClassVar[type[Output]]
    key: ClassVar[tuple[str, ...]]  # the primary key, which ends every order
    order: ClassVar[tuple[tuple[str, bool], ...]] = ()  # what `sort` loads as if left out

    sort = Items(
        Order(),
        metadata={
            "description": "Fields to sort by, `-` in front for descending. Nulls come last "
            "either way and the primary key is always appended."
        },
    )
    limit = Whole(
        1,
        10000,
        load_default=1000,
        metadata={
            "description": "How many rows to return at most; the default holds a table.",
            "example": 100,
        },
    )
    # It holds the last row's values of the fields sorted by: a source's definition is long.
    cursor = fields.String(
        metadata={
            "description": "Where the next page starts: the cursor in `links.next`, with the "
            "same query.",
            "maxLength": LONGEST_CURSOR,
        },
    )

    @ma.post_load
    def join_bounds(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Turn `x`, `x_gte` and `x_lte` into one range under `x`."""
        for name, kind in bounded(self.row).items():
            lower, upper = data.pop(f"{name}_gte", None), data.pop(f"{name}_lte", None)
            exact = data.setdefault(name, None)
            if exact is not None:
                lower = exact if lower is None else max(lower, exact)
                upper = exact if upper is None else min(upper, exact)
            elif lower is None and upper is None:
                continue
            if lower is not None and upper is not None and lower > upper:
                raise empty_range(name, exact is not None)
            first, last = "" if lower is None else lower, "" if upper is None else upper
            data[name] = Range(RANGES[kind], f"[{first},{last}]")
        return data


@cache
def of_file(query: type[Query]) -> type[Query]:
    """Return the query string of a list in a file: the same but for `limit` and `cursor`."""
    if not issubclass(query, ListQuery):
        return query
    excluded = (*getattr(query.Meta, "exclude", ()), "limit", "cursor")
    options = type("Meta", (query.Meta,), {"exclude": excluded})
    return type(f"{query.__name__}OfFile", (query,), {"Meta": options})


@cache
def sortable(row: type[Output]) -> dict[str, str]:
    """Return the fields of a row that it can be sorted by, each with its SQL type."""
    return {
        name: SQL_TYPES[kind]
        for name, field in row().fields.items()
        if (kind := scalar(field)) is not None
    }


def scalar(field: fields.Field[Any]) -> type[fields.Field[Any]] | None:
    return next((kind for kind in SQL_TYPES if isinstance(field, kind)), None)


@cache
def bounded(row: type[Output]) -> dict[str, type[fields.Field[Any]]]:
    """Return the fields of a row that take `_gte` and `_lte`, its numbers and days, by kind."""
    kinds = {name: scalar(field) for name, field in row().fields.items()}
    return {name: kind for name, kind in kinds.items() if kind is not None and kind in RANGES}


def bounds_of(row: type[Output]) -> type[ma.Schema]:
    """Return a schema with `<field>_gte` and `<field>_lte` for every number and day of a row."""
    found: dict[str, fields.Field[Any]] = {}
    for name in bounded(row):
        field = row().fields[name]
        for suffix, words in (("gte", "at least"), ("lte", "at most")):
            found[f"{name}_{suffix}"] = bound(field, f"Only rows whose `{name}` is {words} this.")
    return ma.Schema.from_dict(found, name=f"{row.__name__}Bounds")


def bound(field: fields.Field[Any], description: str) -> fields.Field[Any]:
    words = (description, unit_of(field), "A null matches no bound.")
    metadata = {"description": " ".join(filter(None, words))}
    if scalar(field) is fields.Date:
        return Day(metadata=metadata)
    if scalar(field) is fields.Integer:
        return Whole(metadata=metadata)
    return Amount(metadata=metadata)


def empty_range(name: str, has_exact: bool) -> ma.ValidationError:
    parts = [f"{name}_gte", f"{name}_lte", *([name] if has_exact else [])]
    fault = refusal("empty_range", f"No value can satisfy {' and '.join(parts)} together.")
    return ma.ValidationError(dict.fromkeys(parts, fault.messages))


def unit_of(field: fields.Field[Any]) -> str:
    """Return the sentence on its unit that a field's description has, in any of two wordings."""
    said = str(field.metadata.get("description", ""))
    if found := re.search(r"Unit: [^.]+\.", said):
        return found[0]
    return "Unit: the row's `unit`." if re.search(r"\bin (the \w+'s )?`unit`", said) else ""


class UpdatedSince(ma.Schema):
    """The filter of lists whose rows say by `updated_at` when they changed here."""

    updated_since = Instant(
        metadata={
            "description": "Only rows whose `updated_at` is this instant or a later one: RFC 3339 "
            "with its zone, or a day, which begins at midnight UTC.",
            "example": "2026-07-01T00:00:00Z",
        }
    )

    @ma.post_load
    def bound_updates(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Turn `updated_since` into a range of `updated_at`."""
        since = data.pop("updated_since", None)
        if since is not None:
            data["updated_at"] = Range("tstzrange", f"[{since.isoformat()},)")
        return data


class Note(Output):
    """A remark of the publisher or of ours."""

    id = fields.String(metadata={"description": "The note's id.", "example": "gbr-fiscal-year"})
    text = fields.String(metadata={"description": "What it says, in plain words."})


class Source(Output):
    """Where a statement can be read."""

    title = fields.String(metadata={"description": "The title of the text or report."})
    publisher = fields.String(allow_none=True, metadata={"description": "Who published it."})
    url = fields.String(allow_none=True, metadata={"description": "Where it stands, if online."})
    # A string and no date: it is kept in a JSON column, which gives it back as text.
    published_on = fields.String(
        allow_none=True, metadata={"description": "The day it came out.", "format": "date"}
    )
    kind = fields.String(
        metadata={"description": "`official`, `press` or `secondary`.", "example": "official"}
    )

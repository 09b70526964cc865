"""From a query string to typed values, refusing whatever the schema does not name."""

from collections.abc import Iterator, Mapping
from copy import copy
from functools import lru_cache, partial
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

import marshmallow as ma
from marshmallow import fields

from schemas.base import ListQuery, Query
from schemas.faults import Fault, nearest, shown
from schemas.parameters import Codes
from service.problems import ProblemError, unknown_in_path, wrong_parameters

# Added by browsers, mailers and advertisers on the way; they ask nothing of us.
TRACKING = ("_", "fbclid", "gclid")

REPEATED = Fault("repeated_parameter", "It takes one value and was given several times.")

# How many query strings are kept as they were read.
QUERIES = 1000


@lru_cache(QUERIES)
def asked_for(query_string: bytes) -> Mapping[str, list[str]]:
    """Return the parameters with all their values, without those that only track."""
    # As Werkzeug reads them, which keeps bytes that are no UTF-8 as they are.
    pairs = parse_qsl(query_string.decode(), keep_blank_values=True, errors="werkzeug.url_quote")
    asked: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in TRACKING and not name.startswith("utm_"):
            asked.setdefault(name, []).append(value)
    return asked


@lru_cache(QUERIES)
def canonical(query_string: bytes, without: tuple[str, ...] = ()) -> str:
    """Return a query string in one spelling: sorted by name, lists joined, tracking left out."""
    pairs = []
    for name, values in sorted(asked_for(query_string).items()):
        if name not in without:
            pairs.append((name, ",".join(values)))
    return urlencode(pairs, safe=",")


def faults(found: Any, name: str, schema: ma.Schema) -> Iterator[Fault]:
    """Turn marshmallow's messages, of whatever shape, into faults."""
    if isinstance(found, dict):  # of a list: by position
        for messages in found.values():
            yield from faults(messages, name, schema)
    elif isinstance(found, Fault):
        yield found
    elif isinstance(found, list):
        for message in found:
            yield from faults(message, name, schema)
    elif found == schema.error_messages["unknown"]:
        yield unknown_parameter(name, schema)
    else:
        yield Fault("invalid_value", str(found))


# What other services call it, where no spelling would lead to our word.
SYNONYMS = {
    "member": "area",
    "country": "member",
    "countries": "member",
    "iso3": "member",
    "from": "year_gte",
    "to": "year_lte",
    "start_year": "year_gte",
    "end_year": "year_lte",
    "date": "as_of",
    "vintage": "release",
    "order": "sort",
    "order_by": "sort",
    "page": "cursor",
    "offset": "cursor",
    "per_page": "limit",
    "page_size": "limit",
}


def unknown_parameter(name: str, schema: ma.Schema) -> Fault:
    allowed = tuple(schema.fields)
    if isinstance(schema, ListQuery) and name in ("limit", "cursor"):  # else it would be known
        words = f"A list in a file is whole, and takes no {name}: leave it out, or ask for JSON."
        return Fault("unknown_parameter", words, allowed)
    synonym = SYNONYMS.get(name.casefold())
    return Fault(
        "unknown_parameter",
        f"This path takes no parameter {shown(name)}.",
        allowed,
        synonym if synonym in allowed else nearest(name, allowed),
    )


# A refusal is not kept.
@lru_cache(QUERIES)
def parse(accepts: type[Query], codes: Codes | None, query_string: bytes) -> Mapping[str, Any]:
    """Return the typed values of a query string.

    Raises a 400 ProblemError that names every parameter that is wrong.
    """
    asked = asked_for(query_string)
    schema = narrowed(schema_of(accepts, codes), frozenset(asked))
    given, repeated = dict[str, Any](), dict[str, list[Fault]]()
    for name, values in asked.items():
        field = schema.fields.get(name)
        given[name] = values if isinstance(field, fields.List) else values[-1]
        if len(values) > 1 and field is not None and given[name] is not values:
            repeated[name] = [REPEATED]
    if repeated:
        raise refused(repeated, schema)
    try:
        return cast(Mapping[str, Any], schema.load(given))
    except ma.ValidationError as error:
        raise refused(error.messages_dict, schema) from None


def refused(messages: Mapping[str, Any], schema: ma.Schema) -> ProblemError:
    """Return the 400 for what marshmallow found wrong, by parameter."""
    return wrong_parameters(
        ("query", name, fault)
        for name, found in sorted(messages.items())
        for fault in faults(found, name, schema)
    )


# A schema takes longer to make than to use; there is one for each set of codes in use.
@lru_cache(maxsize=200)
def schema_of(accepts: type[Query], codes: Codes | None) -> Query:
    return accepts(codes=codes)


@lru_cache(maxsize=200)
def narrowed(schema: Query, given: frozenset[str]) -> Query:
    """Return a schema that loads as it does what gives these names, without the fields that would
    load nothing: marshmallow goes through all that there are, up to 44.
    """
    narrow = copy(schema)
    narrow.load_fields = {
        name: remembering(field)
        for name, field in schema.load_fields.items()
        if (field.data_key or name) in given
        or field.required
        or field.load_default is not ma.missing
    }
    return narrow


def remembering(field: fields.Field[Any]) -> fields.Field[Any]:
    """Return a field that loads alike, what it has loaded before from memory."""
    remembers = copy(field)
    remembers.__dict__["deserialize"] = partial(load, field)
    return remembers


def load(field: fields.Field[Any], value: Any, *_: Any, **__: Any) -> Any:
    return loaded(field, tuple(value) if isinstance(value, list) else value)


# Most questions repeat the values of others in another combination. A refusal is not kept.
@lru_cache(QUERIES)
def loaded(field: fields.Field[Any], value: Any) -> Any:
    return field.deserialize(list(value) if isinstance(value, tuple) else value)


def check_path(parameters: Mapping[str, str], path: str) -> None:
    """Refuse in a path, declared so, what PostgreSQL cannot take as text."""
    for name, given in parameters.items():
        if "\0" in given or len(given) > 200:
            raise unknown_in_path(name, given, None, path.partition("/<")[0])

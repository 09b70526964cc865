"""The examples of the contract: what each operation is asked, and what the service answered.

contract/examples.json is drawn from the running service by `make examples`, never typed:
`answers` by operationId and `problems` by code, each with `request` and `answer`; `fields` by
`Schema.field`. What it does not hold yet, such as the answer of an endpoint made a minute ago, the
contract goes without.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from marshmallow import fields

from schemas.base import ListQuery, Order, Query, bounded, sortable
from schemas.parameters import Choice, Items
from service.http.endpoint import Endpoint

from .text import PATH_PARAMETERS

FILE = Path(__file__).with_name("examples.json")

# Enough to see that there are several.
ROWS = 2


@cache
def read() -> dict[str, Any]:
    """Return the content of contract/examples.json."""
    found = json.loads(FILE.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def request_of(endpoint: Endpoint) -> str:
    """Return the path and query that show what an endpoint is for, lists cut to two rows."""
    path = re.sub("<(.+?)>", lambda name: str(PATH_PARAMETERS[name[1]][1]), endpoint.path)
    cut = f"limit={ROWS}" if "limit" in endpoint.accepts().fields else ""
    query = "&".join(part for part in (endpoint.example, cut) if part)
    return f"{path}?{query}" if query else path


def named(drawn: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a media type's `examples`, each with its request in place of a title."""
    return {
        name: {"summary": example["request"], "value": example["answer"]}
        for name, example in drawn.items()
    }


def of_field(schema: str, name: str) -> Any:
    return read()["fields"].get(f"{schema}.{name}")


def of_parameter(name: str, field: fields.Field[Any], query: Query) -> Any:
    """Return a value that the parameter takes: its own, a code it allows, or one from a row."""
    if "example" in field.metadata:
        return field.metadata["example"]
    if isinstance(field, Items):
        found = of_parameter(name, field.inner, query)
        return None if found is None else [found]
    if isinstance(field, Choice):
        return field.allowed[0]
    if isinstance(field, fields.Boolean):
        return True
    if name == "cursor":
        return cursor()
    if not isinstance(query, ListQuery):
        return None
    if isinstance(field, Order):
        return f"-{next(iter(bounded(query.row)), next(iter(sortable(query.row))))}"
    field_name = re.sub("_[gl]te$", "", name)
    shown = query.row().fields.get(field_name, field).metadata.get("example")
    return of_field(query.row.__name__, field_name) or shown


def cursor() -> str | None:
    """Return the cursor of a page that was answered; it is of no use to another query."""
    following = of_field("ListLinks", "next")
    return parse_qs(urlsplit(following).query)["cursor"][0] if following else None

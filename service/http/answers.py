"""From rows to the envelope: data, meta, links."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import current_app

from schemas.base import ListQuery, sortable
from schemas.faults import Fault
from service.storage.database import InvalidCursorError, Row, Snapshot
from service.storage.paging import By, Paging

from .parsing import canonical_query
from .problems import ProblemError, unknown_in_path, wrong_parameters
from .target import target

Query = Mapping[str, Any]

RULE = "Bounds compare the published value as it stands, with >= and <=; a null matches none."


def item(row: Row, release: Query | None = None) -> Row:
    """Return one row in its envelope, with its provenance where it holds figures."""
    return {"data": row, "meta": meta() | provenance(release), "links": {"self": self_link()}}


def named_item(
    snapshot: Snapshot, codelist: str, folder: str, given: str, query: Query | None = None
) -> Row:
    """Return the row that a path names by its id, in its envelope. Raises a 404 ProblemError."""
    return item(named_row(snapshot, codelist, folder, given, query))


def named_row(
    snapshot: Snapshot, codelist: str, folder: str, given: str, query: Query | None = None
) -> Row:
    """Return the row that a path names by its id. Raises a 404 ProblemError."""
    code = snapshot.codes.find(codelist, given)
    asked = {**(query or {}), "id": code}
    row = None if code is None else snapshot.fetch_one(f"{folder}/list", asked)
    if row is None:
        near = snapshot.codes.nearest(codelist, given)
        raise unknown_in_path(codelist, given, near, f"/v1/{folder}")
    return row


def whole_list(rows: list[Row]) -> Row:
    """Return a list that is too short to page."""
    return {
        "data": rows,
        "meta": meta() | {"count": len(rows), "total": len(rows)},
        "links": {"self": self_link(), "next": None},
    }


def page(
    snapshot: Snapshot,
    name: str,
    schema: type[ListQuery],
    query: Query,
    release: Query | None = None,
    counts: str | None = None,
    is_long: bool = False,
) -> Row:
    """Run a list's query and return the page that `sort`, `limit` and `cursor` ask for.

    `counts` names the query of what stands in `meta` besides the total; a list that has rows of
    every release at once is long. A query without `limit` is of a list in a file: its rows are all
    there are, and fetched as they are read.
    """
    order = order_of(schema, query)
    asked = {**query, "release": release["id"] if release else query.get("release")}
    if "limit" not in query:
        return {
            "data": snapshot.fetch_each(name, asked, order),
            "meta": meta() | provenance(release),
            "links": {"self": self_link()},
        }
    cursor = read_cursor(query)
    paging = Paging(order, query["limit"], checked_key(cursor, order))
    try:
        if schema.row.is_written:
            found = snapshot.fetch_written_page(name, asked, paging)
        else:
            found = snapshot.fetch_page(name, asked, paging, counts, is_long)
    except InvalidCursorError as error:
        raise invalid_cursor() from error
    return {
        "data": found.rows,
        "meta": meta() | {"count": len(found.rows)} | found.counts | provenance(release),
        "links": {"self": self_link(), "next": next_link(found.last_key, release)},
    }


def meta() -> Row:
    return {"api_version": current_app.config["API_VERSION"]}


def provenance(release: Query | None) -> Row:
    if release is None:
        return {}
    return {
        "release": release["id"],
        "source": release["source"],
        "as_of": release["as_of"],
        "citation": release["citation"],
        "licence": release["licence"],
        "rule": RULE,
    }


def order_of(schema: type[ListQuery], query: Query) -> tuple[By, ...]:
    """Return the order asked for, ended by the primary key so that no two rows are equal."""
    return order_by(schema, tuple(query["sort"] or schema.order))


@lru_cache(1000)
def order_by(schema: type[ListQuery], sort: tuple[tuple[str, bool], ...]) -> tuple[By, ...]:
    types, columns = sortable(schema.row), schema.row().fields
    asked = dict(sort)
    rest = {name: False for name in schema.key if name not in asked}
    return tuple(
        By(name, types[name], descending, columns[name].allow_none)
        for name, descending in (asked | rest).items()
    )


def self_link() -> str:
    return link(canonical_query())


def next_link(key: Any, release: Query | None) -> str | None:
    if key is None:
        return None
    cursor = {"query": fingerprint(), "release": release["id"] if release else None, "key": key}
    rest = canonical_query("cursor")
    return link(f"{rest}&cursor={encoded(cursor)}" if rest else f"cursor={encoded(cursor)}")


def link(query: str) -> str:
    return quoted_path(target().path) + (f"?{query}" if query else "")


# There are few.
quoted_path = lru_cache(1000)(quote)


def encoded(cursor: Row) -> str:
    text = json.dumps(cursor, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def fingerprint() -> str:
    """Return what a cursor is bound to: the path and every parameter but the page's size."""
    asked = f"{target().path}?{canonical_query('cursor', 'limit')}"
    return hashlib.sha256(asked.encode()).hexdigest()[:16]


def read_cursor(query: Query) -> Row | None:
    """Return the cursor's content. Raises a 400 ProblemError unless this query gave it out."""
    if query["cursor"] is None:
        return None
    try:
        text = base64.urlsafe_b64decode(query["cursor"] + "==")
        cursor = json.loads(text)
        if cursor["query"] == fingerprint():
            return dict(cursor)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise invalid_cursor()


def pinned_release(query: Query) -> str | None:
    """Return the release that the first page was read from, on the pages after it."""
    cursor = read_cursor(query) if query.get("cursor") else None
    release = cursor.get("release") if cursor else None
    return release if isinstance(release, str) else None


def checked_key(cursor: Row | None, order: tuple[By, ...]) -> list[str | None] | None:
    if cursor is None:
        return None
    key = cursor.get("key")
    if not isinstance(key, list) or len(key) != len(order):
        raise invalid_cursor()
    if not all(part is None or isinstance(part, str) for part in key):
        raise invalid_cursor()
    return key


def invalid_cursor() -> ProblemError:
    fault = Fault(
        "invalid_cursor",
        "The cursor does not belong to this query. Follow links.next as it stands, or leave the "
        "cursor out to start again.",
    )
    return wrong_parameters([("query", "cursor", fault)])

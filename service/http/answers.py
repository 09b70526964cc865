"""From rows to the envelope: data, meta, and where the next page starts."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from schemas.base import ListQuery, sortable
from schemas.vintage import Latest
from service.about import API_VERSION
from service.problems import invalid_cursor
from service.rules import listing
from service.rules.lookups import known_code
from service.storage.errors import InvalidCursorError
from service.storage.paging import By, Page, Paging
from service.storage.revision import Row
from service.storage.snapshot import Snapshot
from service.storage.statements import Newest, ask

from . import cursor

Query = Mapping[str, Any]

RULE = "Bounds compare the published value as it stands, with >= and <=; a null matches none."


def item(row: Row, release: Query | None = None) -> Row:
    """Return one row in its envelope, with its provenance where it holds figures."""
    return {"data": row, "meta": META | provenance(release)}


def named_item(
    snapshot: Snapshot, codelist: str, folder: str, given: str, query: Query | None = None
) -> Row:
    """Return the row that a path names by its id, in its envelope. Raises a 404 ProblemError."""
    return item(named_row(snapshot, codelist, folder, given, query))


def named_row(
    snapshot: Snapshot, codelist: str, folder: str, given: str, query: Query | None = None
) -> Row:
    """Return the row that a path names by its id. Raises a 404 ProblemError."""
    code = known_code(snapshot, codelist, given, f"/v1/{folder}")
    row = snapshot.fetch_one(f"{folder}/list", {**(query or {}), "id": code})
    assert row is not None, f"{folder}/list has no row for {code}, which it names"
    return row


def whole_list(rows: list[Row]) -> Row:
    """Return a list that is too short to page."""
    return {
        "data": rows,
        "meta": META | {"count": len(rows), "total": len(rows)},
        "next": (None, None),
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

    Its `next` is the release and the key of the last row, None without a further page.
    `counts` names the query of what stands in `meta` besides the total; a list that has rows of
    every release at once is long. A query without `limit` is of a list in a file: its rows are all
    there are, and fetched as they are read.
    """
    order = order_by(schema, tuple(query["sort"] or schema.order))
    of_release = None if release is None else release["id"]
    latest = query.get("latest")
    newest = None
    if latest is not None and issubclass(schema, Latest):
        newest = Newest(latest, schema.newest_of, schema.newest_by)
    chosen = {} if of_release is None else {"release": of_release, "source": None}
    asked = ask(name, {**query, **NO_FILTERS, **chosen}, newest)
    if "limit" not in query:
        return {
            "data": snapshot.fetch_each(name, asked, order),
            "meta": META | provenance(release),
        }
    paging = paging_of(query, order, of_release)
    try:
        if schema.row.is_written:
            found = snapshot.fetch_written_page(name, asked, paging)
        else:
            found = snapshot.fetch_page(name, asked, paging, counts, is_long)
    except InvalidCursorError as error:
        raise invalid_cursor() from error
    return paged(found, release)


def page_of(
    rows: Iterable[Row], schema: type[ListQuery], query: Query, release: Query | None = None
) -> Row:
    """Return the page that a query asks for of rows that are computed here."""
    order = order_by(schema, tuple(query["sort"] or schema.order))
    # `release` and `source` chose the figures.
    names = sortable(schema.row).keys() - {"release", "source"}
    filters = {name: query[name] for name in names if query.get(name) is not None}
    found = listing.ordered(listing.matching(rows, filters), order)
    if "limit" not in query:
        return {"data": found, "meta": META | provenance(release)}
    paging = paging_of(query, order, None if release is None else release["id"])
    return paged(listing.page_of(found, paging), release)


def paging_of(query: Query, order: tuple[By, ...], release: str | None) -> Paging:
    given = query["cursor"]
    after = None if given is None else cursor.key_of(given, order, release)
    return Paging(order, query["limit"], after)


def paged(found: Page, release: Query | None) -> Row:
    return {
        "data": found.rows,
        "meta": META | {"count": len(found.rows)} | found.counts | provenance(release),
        "next": (None if release is None else release["id"], found.last_key),
    }


# What a list takes besides conditions on its rows, as asking nothing.
NO_FILTERS = dict.fromkeys(("as_of", "cursor", "latest", "limit", "sort"))

META = {"api_version": API_VERSION}


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


@lru_cache(1000)
def order_by(schema: type[ListQuery], sort: tuple[tuple[str, bool], ...]) -> tuple[By, ...]:
    """Return the order asked for, ended by the primary key so that no two rows are equal."""
    types, columns = sortable(schema.row), schema.row().fields
    asked = dict(sort)
    rest = {name: False for name in schema.key if name not in asked}
    return tuple(
        By(name, types[name], descending, columns[name].allow_none)
        for name, descending in (asked | rest).items()
    )

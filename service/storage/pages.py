"""Statements of lists: a query in an order, from a key on, counted; or all of it for a file."""

from functools import lru_cache

from psycopg.sql import SQL, Identifier, Literal

from .csv_copy import Kinds, texts, values
from .paging import By, Paging, keyset, order, within
from .statements import (
    STATEMENTS,
    Condition,
    Newest,
    Statement,
    composed,
    page_form,
    read_query,
    statement_of,
)

# Above it a long list is read in the order of an index: see sql/pages/long.sql.
FEW = 10_000

TOTAL = SQL("SELECT count(*) AS total FROM matching")


@lru_cache(STATEMENTS)
def paged(
    form: str,
    name: str,
    counts: str | None,
    fields: tuple[By, ...],
    nulls: tuple[bool, ...] | None,
    conditions: tuple[Condition, ...],
    newest: Newest | None,
    given: frozenset[str],
) -> Statement:
    """Return the statement of a page in a form of sql/pages.

    `nulls` says of each field whether its value in the cursor is null, None on the first page.
    """
    after = None if nulls is None else [None if is_null else "" for is_null in nulls]
    statement = page_form(form).format(
        query=composed(name, conditions, newest),
        counts=read_query(counts) if counts else TOTAL,
        after=keyset(Paging(fields, 0, after)),
        is_first=SQL("true" if nulls is None else "false"),
        within=within(fields, conditions),
        few=Literal(FEW),
        columns=SQL(", ").join(Identifier("every", by.field) for by in fields),
        order=order(fields),
        key=SQL(", ").join(SQL("numbered.{}::text").format(Identifier(by.field)) for by in fields),
    )
    return statement_of(statement, given)


@lru_cache(STATEMENTS)
def in_order(
    name: str,
    fields: tuple[By, ...],
    conditions: tuple[Condition, ...],
    newest: Newest | None,
    given: frozenset[str],
) -> Statement:
    """Return the statement of all rows in an order."""
    query = composed(name, conditions, newest)
    return statement_of(page_form("in_order").format(query=query, order=order(fields)), given)


@lru_cache(STATEMENTS)
def as_csv(
    name: str,
    fields: tuple[By, ...],
    kinds: Kinds,
    conditions: tuple[Condition, ...],
    newest: Newest | None,
) -> str:
    """Return the text that copies all rows in an order as CSV, its parameters by name."""
    statement = page_form("csv").format(
        texts=texts(kinds),
        values=values(kinds),
        query=composed(name, conditions, newest),
        order=order(fields),
    )
    return statement.as_string()

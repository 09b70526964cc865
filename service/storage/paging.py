"""Keyset paging: which order, from where, how many."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from psycopg import sql

from schemas.dumping import Written

from .statements import Condition


class By(NamedTuple):
    """One field of an order, with the SQL type of its values."""

    field: str
    sql_type: str
    is_descending: bool = False
    is_nullable: bool = True


class Paging(NamedTuple):
    """What page is asked for: after the row with this key (as text), or the first one."""

    order: tuple[By, ...]  # ends in the primary key, hence no two rows are equal in it
    limit: int
    after: Sequence[str | None] | None = None


class Page(NamedTuple):
    """A page's rows, the counts over all pages, and the key to go on from, if any."""

    rows: list[dict[str, Any]] | Written
    counts: dict[str, int]  # `total` and what else the list counts
    last_key: Sequence[str | None] | None


def order(fields: Sequence[By]) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL("{} {}{}").format(
            column(by),
            sql.SQL("DESC" if by.is_descending else "ASC"),
            # An index backwards has them first, though there are none.
            sql.SQL(" NULLS LAST" if by.is_nullable else ""),
        )
        for by in fields
    )


def column(by: By) -> sql.Composable:
    """Return the field as it is compared: text by its bytes, whatever the database's locale."""
    if by.sql_type == "text":
        return sql.SQL('{} COLLATE "C"').format(sql.Identifier(by.field))
    return sql.Identifier(by.field)


def keyset(paging: Paging) -> sql.Composable:
    """Return the condition that a row comes after the key: one alternative for each field.

    Where all go one way and none is null, it is one comparison of rows, where an index can start.
    """
    if paging.after is None:
        return sql.SQL("true")
    if not any(by.is_nullable for by in paging.order) and is_one_way(paging.order):
        return sql.SQL("({}) {} ({})").format(
            sql.SQL(", ").join(map(column, paging.order)),
            sql.SQL("<" if paging.order[0].is_descending else ">"),
            sql.SQL(", ").join(value(at, paging) for at in range(len(paging.order))),
        )
    alternatives = [
        sql.SQL(" AND ").join([*(equal(at, paging) for at in range(last)), beyond(last, paging)])
        for last in range(len(paging.order))
    ]
    return sql.SQL("({})").format(sql.SQL(") OR (").join(alternatives))


def within(fields: Sequence[By], conditions: Sequence[Condition]) -> sql.Composable:
    """Return the conditions on texts that a list is sorted by, in the words that an index has."""
    compared = {"text": "{} = {}::text", "text[]": "{} = any({}::text[])"}
    types = {one.column: one.sql_type for one in conditions if one.sql_type in compared}
    return sql.SQL(" AND ").join(
        [
            sql.SQL("true"),
            *(
                sql.SQL(compared[types[by.field]]).format(column(by), sql.SQL(f"%({by.field})s"))
                for by in fields
                if by.sql_type == "text" and by.field in types
            ),
        ]
    )


def is_one_way(fields: Sequence[By]) -> bool:
    return len({by.is_descending for by in fields}) == 1


def equal(at: int, paging: Paging) -> sql.Composed:
    return sql.SQL("{} IS NOT DISTINCT FROM {}").format(column(paging.order[at]), value(at, paging))


def beyond(at: int, paging: Paging) -> sql.Composable:
    """Nulls come last both ways: after a value come the values beyond it and the nulls."""
    assert paging.after is not None
    if paging.after[at] is None:
        return sql.SQL("false")
    by = paging.order[at]
    return sql.SQL("({0} {1} {2} OR {0} IS NULL)").format(
        column(by), sql.SQL("<" if by.is_descending else ">"), value(at, paging)
    )


def value(at: int, paging: Paging) -> sql.Composed:
    return sql.SQL("%({})s::{}").format(
        sql.SQL(f"after_{at}"),
        sql.SQL(paging.order[at].sql_type),
    )

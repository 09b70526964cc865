"""Rows as CSV by PostgreSQL itself: for each kind of value, the SQL of what Python writes of it."""

from collections.abc import Mapping
from typing import NamedTuple

from psycopg import sql

# The fields of a row to copy, in order, each with a kind of CELLS.
Kinds = tuple[tuple[str, str], ...]


class Cell(NamedTuple):
    """The SQL of a value as it is read, once a row, and of the text made of that: {0} in each."""

    value: str
    text: str = "{0}"


def joined(of_item: str) -> str:
    """Return the SQL of a JSON array's items in one text, each as `of_item` has it."""
    return f"""
        CASE
            WHEN {{0}} <> '[]' THEN NULLIF((
                SELECT string_agg({of_item}, '; ' ORDER BY item.place)
                FROM jsonb_array_elements({{0}}) WITH ORDINALITY AS item (value, place)
            ), '')
        END
    """


# COPY writes an empty text as "", to tell it from null; csv.writer writes nothing.
CELLS: Mapping[str, Cell] = {
    "text": Cell("{0}::text", "NULLIF({0}, '')"),
    "integer": Cell("{0}::bigint"),
    "number": Cell("{0}::float8", "digits_of({0})"),
    "missing": Cell(
        "to_jsonb({0})",
        joined("(item.value ->> 'field') || '=' || (item.value ->> 'reason')"),
    ),
    "notes": Cell("to_jsonb({0})", joined("item.value ->> 'id'")),
}


def values(kinds: Kinds) -> sql.Composed:
    """Return the columns of a query's rows as they are read, under names of no column of theirs."""
    return sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(
            sql.SQL(CELLS[kind].value).format(sql.Identifier("matching", name)), named(at)
        )
        for at, (name, kind) in enumerate(kinds)
    )


def texts(kinds: Kinds) -> sql.Composed:
    """Return the cells made of these values."""
    return sql.SQL(", ").join(
        sql.SQL(CELLS[kind].text).format(named(at)) for at, (_, kind) in enumerate(kinds)
    )


def named(at: int) -> sql.Identifier:
    return sql.Identifier(f"cell_{at}")

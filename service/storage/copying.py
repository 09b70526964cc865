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


# The shortest digits that are read as the same double, as Python has them. PostgreSQL has the same
# but for its notation (no .0, and exponents from 1e+15 on), and for a digit too many where the
# shortest lies just between two doubles, as 1e+23 does. Such have up to 54 bits and 17 digits, and
# 5^23 is the last power of five within 54 bits: there are none beyond 1e+40.
SHORTEST = r"""
CASE
    WHEN abs({0}) < 1e15 AND {0} <> trunc({0}) THEN {0}::text
    WHEN abs({0}) < 1e15 THEN {0}::text || '.0'
    WHEN abs({0}) < 1e16 AND {0} <> trunc({0}) THEN {0}::text::numeric::text
    WHEN abs({0}) < 1e16 THEN {0}::text::numeric::text || '.0'
    WHEN abs({0}) < 1e40 THEN coalesce((
        SELECT shorter.digits
        FROM (
            SELECT regexp_replace(trim(to_char({0}, form)), '\.?0*e', 'e') AS digits
            FROM (VALUES ('9.99999999999999EEEE'), ('9.999999999999999EEEE')) AS known (form)
        ) AS shorter
        WHERE shorter.digits::float8 = {0}
        ORDER BY length(shorter.digits)
        LIMIT 1
    ), {0}::text)
    ELSE {0}::text
END
"""

# COPY writes an empty text as "", to tell it from null; csv.writer writes nothing.
CELLS: Mapping[str, Cell] = {
    "text": Cell("{0}::text", "NULLIF({0}, '')"),
    "integer": Cell("{0}::bigint"),
    "number": Cell("{0}::float8", SHORTEST),
    "boolean": Cell("{0}::boolean::text"),
    "day": Cell("to_char({0}, 'YYYY-MM-DD')"),
    "instant": Cell("""to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""),
    "list": Cell("to_jsonb({0})", joined("coalesce(item.value #>> '{{}}', '')")),
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

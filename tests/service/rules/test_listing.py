"""Keys of rows that Python computes are those that PostgreSQL would give."""

from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from schemas.base import Range
from service.rules.listing import READ, matching, ordered, page_of, written
from service.storage.paging import By, Paging


@pytest.mark.parametrize(
    ("value", "sql_type"),
    [
        (Decimal("0.16666666666666666667"), "numeric"),
        (Decimal("0E-20"), "numeric"),
        (Decimal("1E+3"), "numeric"),
        (Decimal("2.50"), "numeric"),
        (2035, "bigint"),
        (True, "boolean"),
        (False, "boolean"),
        (date(2025, 6, 5), "date"),
        ("ESP", "text"),
    ],
)
def test_a_key_is_written_as_postgresql_casts_it(
    database_url: str, value: Any, sql_type: str
) -> None:
    with psycopg.connect(database_url) as connection:
        found = connection.execute(f"SELECT (%s::{sql_type})::text".encode(), (value,)).fetchone()
    assert found == (written(value),)
    assert READ[sql_type](written(value)) == value


ROWS = [
    {"id": name, "value": value} for name, value in zip("abcde", (2, None, 1, 2, None), strict=True)
]


@pytest.mark.parametrize(
    ("is_descending", "names"), [(False, "cadbe"), (True, "adcbe")], ids=["ascending", "descending"]
)
def test_pages_follow_the_order_and_nulls_come_last(is_descending: bool, names: str) -> None:
    order = (By("value", "bigint", is_descending), By("id", "text", False, False))
    rows, after, read = ordered(ROWS, order), None, []
    while True:
        page = page_of(rows, Paging(order, 2, after))
        assert isinstance(page.rows, list)
        read += [row["id"] for row in page.rows]
        after = page.last_key
        if after is None:
            break
    assert "".join(read) == names


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"value": Range("int4range", "[2,]")}, "ad"),
        ({"value": Range("int4range", "[,1]")}, "c"),
        ({"id": ["a", "b"]}, "ab"),
        ({"id": "e"}, "e"),
        ({"value": Range("numrange", "[1.5,]"), "id": ["c", "d"]}, "d"),
    ],
)
def test_a_filter_leaves_the_rows_that_match_and_no_null(asked: dict[str, Any], names: str) -> None:
    assert "".join(row["id"] for row in matching(ROWS, asked)) == names

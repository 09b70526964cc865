"""Rounding in claims, as PostgreSQL's `round`."""

from decimal import Decimal

import psycopg
import pytest

from service.rules.claims import rounded


@pytest.mark.parametrize(
    ("value", "digits"),
    [("0.25", 1), ("0.35", 1), ("-0.25", 1), ("2.5", 0), ("-0.004", 2), ("12345678901234567.5", 0)],
)
def test_rounding_is_half_up_and_zero_has_no_sign(
    database_url: str, value: str, digits: int
) -> None:
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT round(%s::numeric, %s)::text", (value, digits))
        assert found.fetchone() == (f"{rounded(Decimal(value), digits):f}",)

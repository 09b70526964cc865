"""The two questions that everybody is asked, and the rows that they are asked of.

Both ask for spending years of the newest release: `small` for one member's last twelve years,
`big` for those of all members. A question is a path in which `NNN` stands for the upper bound of
the year. Any bound from 2026 on gives the same rows, so that a question can be asked anew as often
as is wanted: to a cache each is another one.
"""

import json
import urllib.request
from collections.abc import Sequence
from typing import Any, TypeAlias

from . import BenchError

Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = list[Row]

SIZES = ("small", "big")
MEMBER, FIRST_YEAR, LAST_YEAR = "POL", 2015, 2026
BOUND = "NNN"

# What each field is, in the order of the contract.
FIELDS = {
    "member": "text",
    "year": "integer",
    "source": "text",
    "release": "text",
    "stage": "text",
    "share_gdp_pct": "number",
    "spending_usd_m_current": "number",
    "spending_usd_m_constant": "number",
    "spending_lcu_m_current": "number",
    "spending_lcu_m_constant": "number",
    "currency": "text",
    "constant_base_year": "integer",
    "real_change_pct": "number",
    "spending_per_capita_usd_constant": "number",
    "gdp_usd_m_current": "number",
    "gdp_usd_m_constant": "number",
    "gdp_per_capita_usd_k_constant": "number",
    "personnel_thousands": "number",
    "equipment_share_pct": "number",
    "personnel_share_pct": "number",
    "infrastructure_share_pct": "number",
    "other_share_pct": "number",
    "missing": "json",
    "notes": "json",
}


def question(
    path: str,
    size: str,
    only: str = f"member={MEMBER}",
    least: str = "year_gte",
    most: str = "year_lte",
) -> str:
    """Return the path of a question, given how its parameters are written.

    `only` asks for one member, `least` and `most` name the bounds of the year. A path may have
    parameters of its own already.
    """
    bounds = f"{least}={FIRST_YEAR}&{most}={BOUND}"
    given = f"{only}&{bounds}" if size == "small" else bounds
    return f"{path}{'&' if '?' in path else '?'}{given}"


def asked(path: str, bound: int = LAST_YEAR) -> str:
    return path.replace(BOUND, str(bound))


def expected(rows: Rows, size: str) -> Rows:
    """Return the rows that answer a question."""
    return [
        row
        for row in rows
        if row["year"] >= FIRST_YEAR and (size == "big" or row["member"] == MEMBER)
    ]


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bytes(answer.read())


def all_rows(address: str) -> Rows:
    """Ask the service for every spending year of the newest release."""
    rows: Rows = json.loads(fetch(f"{address}/v1/spending-years"))["data"]
    if not rows or list(rows[0]) != list(FIELDS):
        raise BenchError("/v1/spending-years has other fields than bench/questions.py says")
    return rows


def same(one: Sequence[Row], other: Sequence[Row]) -> bool:
    """Compare rows whatever their order; a field left out is a null."""

    def key(row: Row) -> tuple[str, int]:
        return (row["member"], row["year"])

    def whole(row: Row) -> Row:
        return {name: row.get(name) for name in FIELDS}

    return [whole(row) for row in sorted(one, key=key)] == [
        whole(row) for row in sorted(other, key=key)
    ]

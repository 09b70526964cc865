"""The questions that everybody is asked, and the rows that they are asked of.

All ask the newest release for twelve years: `small` for one member's share of GDP, `big` for that
of all members, `wide small` and `wide big` for whole spending years. A question is a path in which
`NNN` stands for the upper bound of the year. Any bound from 2026 on gives the same rows, so that a
question can be asked anew as often as is wanted: to a cache each is another one.
"""

import json
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from . import BenchError

Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = list[Row]

SIZES, WIDE = ("small", "big"), ("wide small", "wide big")
FIRST_YEAR, LAST_YEAR = 2015, 2026
BOUND = "NNN"
# Stands for the id of the newest release, in the questions of those who do not know which it is.
RELEASE = "RELEASE"


class Listed(NamedTuple):
    """A list of the service.

    fields: what each is, in the order of the contract.
    key: what a row is found by, as an index for these questions has it.
    """

    path: str
    table: str
    fields: Mapping[str, str]
    key: tuple[str, ...]


class Question(NamedTuple):
    """Whose rows are asked for, and which besides those of the years."""

    listed: Listed
    filters: dict[str, str]


class Held(NamedTuple):
    """What the service holds: the rows of each list by its table, and the newest release."""

    rows: dict[str, Rows]
    release: str


OBSERVATIONS = Listed(
    "/v1/observations",
    "observations",
    {
        "area": "text",
        "area_kind": "text",
        "indicator": "text",
        "year": "integer",
        "value": "number",
        "unit": "text",
        "stage": "text",
        "missing_reason": "text",
        "source": "text",
        "release": "text",
        "source_cell": "text",
        "notes": "json",
    },
    ("release", "indicator", "area", "year"),
)
SPENDING_YEARS = Listed(
    "/v1/spending-years",
    "spending_years",
    {
        "member": "text",
        "year": "integer",
        "source": "text",
        "release": "text",
        "stage": "text",
        "share_gdp_pct": "double",
        "spending_usd_m_current": "double",
        "spending_usd_m_constant": "double",
        "spending_lcu_m_current": "double",
        "spending_lcu_m_constant": "double",
        "currency": "text",
        "constant_base_year": "integer",
        "real_change_pct": "double",
        "spending_per_capita_usd_constant": "double",
        "gdp_usd_m_current": "double",
        "gdp_usd_m_constant": "double",
        "gdp_per_capita_usd_k_constant": "double",
        "personnel_thousands": "double",
        "equipment_share_pct": "double",
        "personnel_share_pct": "double",
        "infrastructure_share_pct": "double",
        "other_share_pct": "double",
        "missing": "json",
        "notes": "json",
    },
    ("member", "year"),
)

QUESTIONS = {
    "small": Question(OBSERVATIONS, {"indicator": "share_gdp_pct", "area": "POL"}),
    "big": Question(OBSERVATIONS, {"indicator": "share_gdp_pct", "area_kind": "member"}),
    "wide small": Question(SPENDING_YEARS, {"member": "POL"}),
    "wide big": Question(SPENDING_YEARS, {}),
}


def question(
    path: str,
    size: str,
    equal: str = "{}={}",
    least: str = "year_gte",
    most: str = "year_lte",
    **more: str,
) -> str:
    """Return the path of a question, given how its parameters are written.

    `equal` has the place of a field and that of its value, `least` and `most` name the bounds of
    the year, `more` are filters besides. A path may have parameters of its own already.
    """
    filters = more | QUESTIONS[size].filters
    parts = [equal.format(name, value) for name, value in filters.items()]
    bounds = [f"{least}={FIRST_YEAR}", f"{most}={BOUND}"]
    return f"{path}{'&' if '?' in path else '?'}{'&'.join(parts + bounds)}"


def of_service(size: str) -> str:
    return question(QUESTIONS[size].listed.path, size)


def asked(path: str, bound: int = LAST_YEAR) -> str:
    return path.replace(BOUND, str(bound))


def expected(held: Held, size: str) -> Rows:
    """Return the rows that answer a question."""
    listed, filters = QUESTIONS[size]
    given = (filters | {"release": held.release}).items()
    return [
        row
        for row in held.rows[listed.table]
        if row["year"] >= FIRST_YEAR and all(row[name] == value for name, value in given)
    ]


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bytes(answer.read())


def held_by(address: str) -> Held:
    """Ask the service for every observation of every release, and the newest's spending years.

    Raises BenchError where they have other fields than are named here.
    """
    released = json.loads(fetch(f"{address}/v1/releases?withdrawn=false"))["data"]
    rows = {
        OBSERVATIONS.table: [
            json.loads(line)
            for release in released
            for line in fetch(
                f"{address}{OBSERVATIONS.path}.ndjson?release={release['id']}"
            ).splitlines()
        ],
        SPENDING_YEARS.table: json.loads(fetch(f"{address}{SPENDING_YEARS.path}"))["data"],
    }
    for listed in (OBSERVATIONS, SPENDING_YEARS):
        if any(row.keys() != listed.fields.keys() for row in rows[listed.table]):
            raise BenchError(f"{listed.path} has other fields than bench/questions.py says")
    newest = json.loads(fetch(f"{address}/v1"))["data"]["data_release"]
    return Held(rows, newest)


def same(one: Sequence[Row], other: Sequence[Row], listed: Listed) -> bool:
    """Compare rows whatever their order; a field left out is a null."""

    def whole(rows: Sequence[Row]) -> Rows:
        rows = [{name: row.get(name) for name in listed.fields} for row in rows]
        return sorted(rows, key=lambda row: [str(row[name]) for name in listed.key])

    return whole(one) == whole(other)

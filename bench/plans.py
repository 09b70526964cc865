"""How PostgreSQL answers what is asked most: the statements that it takes, and their plans."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from unittest.mock import patch

import psycopg
from flask.testing import FlaskClient
from psycopg.rows import scalar_row
from psycopg.sql import SQL, Literal

from service.storage.prepared import PreparedConnection

# As README and docs ask. What is asked of one release costs as much however many there are.
QUESTIONS = {
    "the members with 2 % in a year": "/v1/spending-years?year=2024&share_gdp_pct_gte=2",
    "a member's series": "/v1/spending-years?member=POL",
    "the newest figures of each member": "/v1/spending-years?latest=each",
    "an indicator in a year": "/v1/observations?indicator=share_gdp_pct&year=2024",
    "a target, member by member": "/v1/targets/wales-2014-spending/assessments?year=2024",
    "a ranking": "/v1/rankings?indicator=share_gdp_pct&year=2024",
    "a group's totals": "/v1/aggregates?group=nato-europe&year=2024",
    "what a release revised of a member": "/v1/revisions?area=POL&to_release=nato-2026-07-10",
    "what a release holds of a member": "/v1/availability?area=POL&release=latest",
    "a search": "/v1/search?q=equipment",
}

# Their answers are longer the more releases there are.
OF_ALL_RELEASES = {
    "the history of a figure": "/v1/revisions/POL/share_gdp_pct/2024",
    "how a member's series was revised": "/v1/revisions?area=POL&indicator=share_gdp_pct",
    "where a member's series is held": "/v1/availability?area=POL&indicator=share_gdp_pct",
}

# After five times PostgreSQL may have one plan of a statement, whatever the values.
TIMES = 6


class Statement(NamedTuple):
    """What was sent to PostgreSQL, with $1, $2, … for the values, and its plan_cache_mode."""

    text: str
    values: list[Any]
    mode: str


class Scan(NamedTuple):
    """What a plan reads of a table: how, and how many rows, those that it leaves out as well."""

    table: str
    kind: str
    rows: int


def statements(client: FlaskClient, path: str) -> list[Statement]:
    """Ask, and return the statements that it takes, without those that a worker asks once."""
    sent: list[Statement] = []
    execute, fetch_texts = psycopg.Connection.execute, PreparedConnection.fetch_texts

    def record(self: Any, query: Any, parameters: Any) -> None:
        mode: Any = execute(self, b"SHOW plan_cache_mode").fetchone()
        text, values = numbered(as_text(self, query), parameters)
        sent.append(Statement(text, values, mode["plan_cache_mode"]))

    def executing(self: Any, query: Any, parameters: Any = None, **kwargs: Any) -> Any:
        if parameters is not None:
            record(self, query, parameters)
        return execute(self, query, parameters, **kwargs)

    def fetching(self: Any, query: bytes, parameters: Any) -> Any:
        record(self, query, parameters)
        return fetch_texts(self, query, parameters)

    client.get(path)
    with (
        patch.object(psycopg.Connection, "execute", executing),
        patch.object(PreparedConnection, "fetch_texts", fetching),
    ):
        assert client.get(path).status_code == 200, path
    return sent


def as_text(connection: psycopg.Connection[Any], query: Any) -> str:
    return query.decode() if isinstance(query, bytes) else query.as_string(connection)


def numbered(text: str, parameters: Any) -> tuple[str, list[Any]]:
    """Return a statement's text and values, its parameters numbered where they have names."""
    if not isinstance(parameters, Mapping):
        return text, list(parameters)
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", text)))
    for at, name in enumerate(names, 1):
        text = text.replace(f"%({name})s", f"${at}")
    return text.replace("%%", "%"), [parameters[name] for name in names]


def explain(connection: psycopg.Connection[Any], statement: Statement, form: str) -> list[Any]:
    """Run a statement as the service does, and return how, the first time and the last.

    `form` is what follows EXPLAIN in parentheses.
    """
    values = SQL(", ").join(map(Literal, statement.values))
    given = SQL("({})").format(values) if statement.values else SQL("")
    query = SQL("EXPLAIN ({}) EXECUTE explained ").format(SQL(form)) + given
    with connection.transaction(), connection.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(SQL("SET LOCAL plan_cache_mode = {}").format(Literal(statement.mode)))
        cursor.execute(f"PREPARE explained AS {statement.text}".encode())
        first, *_, last = [cursor.execute(query).fetchall() for _ in range(TIMES)]
        cursor.execute("DEALLOCATE explained")
    return [first, last]


def scans(connection: psycopg.Connection[Any], statement: Statement) -> Iterator[Scan]:
    """Yield what a statement reads of each table, by its first plan and by its last."""
    for [[plan]] in explain(connection, statement, "ANALYZE, BUFFERS, FORMAT JSON"):
        for node in nodes(plan["Plan"]):
            if "Relation Name" in node:
                rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                rows += node.get("Rows Removed by Index Recheck", 0)
                rows *= node["Actual Loops"]
                yield Scan(node["Relation Name"], node["Node Type"], round(rows))


def nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)

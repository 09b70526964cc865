"""From a query file and what is asked to the statement that PostgreSQL takes.

A file in sql/queries holds which rows there are. A parameter that the file takes is its input; any
other is a condition on the column of its name, and stands in the statement only if it is asked.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from psycopg.sql import SQL, Composable, Identifier

from schemas.base import Range

SQL_FILES = Path(__file__).parents[2] / "sql"
QUERIES, PAGES = SQL_FILES / "queries", SQL_FILES / "pages"

# There are as many statements as ways to ask: few are asked, any could be.
STATEMENTS = 500

# A condition by the SQL type of its value. A list of one value is that value, since a plan expects
# ten of any list.
COMPARISONS = {
    "text": SQL("matching.{column} = {value}::text"),
    "text[]": SQL("matching.{column} = any({value}::text[])"),
    "boolean": SQL("matching.{column} = {value}::boolean"),
}
WITHIN = "matching.{{column}} <@ {{value}}::{}"
# The one condition that is on no column: see sql/pages/in_group.sql.
GROUP = "group"


class Condition(NamedTuple):
    """A column that is compared with the parameter of its name, of an SQL type."""

    column: str
    sql_type: str

    @property
    def sql(self) -> Composable:
        if self.column == GROUP:
            return in_group(Identifier("matching", "member"), Identifier("matching", "year"))
        value = SQL(f"%({self.column})s")
        compared = COMPARISONS.get(self.sql_type) or SQL(WITHIN.format(self.sql_type))
        return compared.format(column=Identifier(self.column), value=value)


class Newest(NamedTuple):
    """Rows of the newest year alone: `kind` is `each` or `common`.

    `who` is the column that names whose figure it is, `by` those that rows of one year share.
    """

    kind: str
    who: str
    by: tuple[str, ...]


class Asked(NamedTuple):
    """What is asked of a query: the values by name, and which of them are conditions."""

    values: Mapping[str, Any]
    conditions: tuple[Condition, ...]
    newest: Newest | None = None


class Statement(NamedTuple):
    """A statement, and the names of the parameters that $1, $2, … stand for."""

    text: bytes
    names: tuple[str, ...]

    def fill(self, values: Mapping[str, Any]) -> list[Any]:
        return list(map(values.get, self.names))


class Numbers(dict[str, str]):
    """Numbers the parameters that are given as they are met; any other is NULL."""

    def __init__(self, given: Iterable[str]) -> None:
        self.given = frozenset(given)

    def __missing__(self, name: str) -> str:
        if name not in self.given:
            return "NULL"
        number = self[name] = f"${len(self) + 1}"
        return number


class Names(dict[str, str]):
    """Notes the parameters that are met."""

    def __missing__(self, name: str) -> str:
        self[name] = ""
        return ""


def ask(name: str, parameters: Mapping[str, Any], newest: Newest | None = None) -> Asked:
    """Return what is asked of a query by parameters, of which None asks nothing."""
    values, conditions, inputs = dict[str, Any](), [], inputs_of(name)
    for column, value in parameters.items():
        if value is None:
            continue
        sql_type = "text"
        if isinstance(value, Range):
            sql_type, value = value
        elif isinstance(value, bool):
            sql_type = "boolean"
        elif isinstance(value, list) and column not in inputs:
            sql_type, value = ("text", value[0]) if len(value) == 1 else ("text[]", value)
        values[column] = value
        if column not in inputs:
            conditions.append(Condition(column, sql_type))
    return Asked(values, tuple(conditions), newest)


@lru_cache(STATEMENTS)
def composed(name: str, conditions: tuple[Condition, ...], newest: Newest | None) -> Composable:
    """Return a query under conditions, of the newest year alone if that is asked."""
    query = filtered(read_query(name), conditions)
    if newest is None:
        return query
    if newest.kind == "each":
        series = listed((*newest.by, newest.who))
        return page_form("newest_each").format(query=query, series=series)
    of_whom = tuple(one for one in conditions if one.column == newest.who)
    has_group = any(one.column == GROUP for one in conditions)
    belongs = in_group(Identifier("asked", "who"), Identifier("shared", "year"))
    return page_form("newest_common").format(
        query=query,
        everybody=filtered(read_query(name), of_whom),
        who=Identifier(newest.who),
        by=listed(newest.by),
        asked_by=listed(newest.by, "asked"),
        shared_by=listed(newest.by, "shared"),
        belongs=belongs if has_group else SQL("true"),
    )


def filtered(query: Composable, conditions: tuple[Condition, ...]) -> Composable:
    if not conditions:
        return query
    found = SQL(" AND ").join(condition.sql for condition in conditions)
    return page_form("filtered").format(query=query, conditions=found)


def in_group(member: Composable, year: Composable) -> Composable:
    return page_form("in_group").format(member=member, year=year)


def listed(columns: Iterable[str], table: str = "") -> Composable:
    names = (Identifier(table, column) if table else Identifier(column) for column in columns)
    return SQL(", ").join(names)


def statement_of(text: Composable, given: Iterable[str]) -> Statement:
    """Return a statement with the parameters given numbered, and NULL for the others."""
    numbers = Numbers(given)
    numbered = text.as_string() % numbers
    return Statement(numbered.encode(), tuple(numbers))


@lru_cache(STATEMENTS)
def whole(name: str, asked: tuple[Condition, ...], given: frozenset[str]) -> Statement:
    """Return the statement of all rows of a query."""
    return statement_of(composed(name, asked, None), given)


@lru_cache(STATEMENTS)
def revised(name: str, asked: tuple[Condition, ...], given: frozenset[str]) -> Statement:
    """Return the statement of all rows of a query, each with the revision that it is of."""
    query = composed(name, asked, None)
    return statement_of(page_form("with_revision").format(query=query), given)


@cache
def inputs_of(name: str) -> frozenset[str]:
    """Return the parameters that a query file takes itself."""
    names = Names()
    _ = read_query(name).as_string() % names
    return frozenset(names)


@cache
def every_query() -> tuple[str, ...]:
    """Return the names of the queries, but for counts, which are of another one's rows."""
    paths = sorted(QUERIES.rglob("*.sql"))
    names = (path.relative_to(QUERIES).with_suffix("").as_posix() for path in paths)
    return tuple(name for name in names if not name.endswith("/counts"))


@cache
def read_query(name: str) -> SQL:
    """Return sql/queries/<name>.sql."""
    return read(QUERIES / f"{name}.sql")


@cache
def page_form(name: str) -> SQL:
    """Return sql/pages/<name>.sql, which has holes."""
    return read(PAGES / f"{name}.sql")


def read(path: Path) -> SQL:
    """Return a file without its lines of comment, whose per cent signs would be parameters."""
    lines = path.read_text("utf-8").splitlines()
    return SQL("\n".join(line for line in lines if not line.lstrip().startswith("--")))

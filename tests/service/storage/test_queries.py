"""Every query file is valid against the migrated schema, used, and says what it returns."""

import re
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL

from schemas.base import ListQuery
from service import create_app
from service.http.answers import NO_FILTERS
from service.http.endpoint import endpoints_of
from service.http.formats import Format
from service.rules.paths import Assumed
from service.storage.statements import QUERIES, inputs_of, read_query, statement_of

ROOT = Path(__file__).parents[3]
NAMES = sorted(str(path.relative_to(QUERIES).with_suffix("")) for path in QUERIES.rglob("*.sql"))
CODE = "\n".join(path.read_text("utf-8") for path in (ROOT / "service").rglob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_query_is_valid(database_url: str, name: str) -> None:
    text = read_query(name).as_string()
    if name.endswith("/counts"):  # of the rows of the list beside it
        rows = read_query(name.replace("/counts", "/list")).as_string()
        text = f"WITH matching AS ({rows}) {text}"
    names = inputs_of(name)
    with psycopg.connect(database_url, cursor_factory=psycopg.RawCursor) as connection:
        # Whatever is asked, a parameter keeps its type.
        for given in (frozenset(), names, *({name} for name in names)):
            statement = statement_of(SQL(f"EXPLAIN {text}"), given)
            connection.execute(statement.text, statement.fill({}))


LISTS = {
    endpoint.path: endpoint.accepts
    for endpoint in endpoints_of(create_app()).values()
    if isinstance(endpoint.format, Format) and issubclass(endpoint.accepts, ListQuery)
}
# Those that choose a release, or are conditions in another form.
ELSEWHERE = NO_FILTERS.keys() | {"group", "release", "source", "updated_since"}
# What rows that Python computes take too.
COMPUTED = {"/v1/paths": frozenset(Assumed._fields)}


@pytest.mark.parametrize("path", LISTS)
def test_every_filter_is_an_input_of_the_query_or_a_field_of_the_row(path: str) -> None:
    accepts = LISTS[path]
    assert issubclass(accepts, ListQuery)
    subject = path.removesuffix(".atom").rpartition("/")[2].replace("-", "_")
    known = inputs_of(f"{subject}/list") | accepts.row().fields.keys() | ELSEWHERE
    known |= COMPUTED.get(path, frozenset())
    fields = {name.removesuffix("_gte").removesuffix("_lte") for name in accepts().fields}
    assert fields <= known


@pytest.mark.parametrize("name", NAMES)
def test_query_is_used(name: str) -> None:
    folder, _, file = name.partition("/")
    assert f'"{name}"' in CODE or (file == "list" and f'"{folder}", ' in CODE)


@pytest.mark.parametrize("name", NAMES)
def test_query_opens_with_what_it_returns(name: str) -> None:
    text = (QUERIES / f"{name}.sql").read_text("utf-8")
    assert re.match(r"-- [A-Z].+\.\n", text)
    assert text.endswith("\n")


@pytest.mark.parametrize("path", sorted((ROOT / "sql" / "always").glob("*.sql")), ids=str)
def test_definition_opens_with_what_it_is_for(path: Path) -> None:
    assert re.match(r"-- [A-Z]", path.read_text("utf-8"))


@pytest.mark.parametrize("path", sorted((ROOT / "sql" / "tables").glob("*.sql")), ids=str)
def test_table_is_numbered_and_opens_with_what_it_holds(path: Path) -> None:
    every = sorted(path.parent.glob("*.sql"))
    assert re.fullmatch(rf"{every.index(path) + 1:04d}_[a-z_]+\.sql", path.name)
    assert path.read_text("utf-8").startswith("-- ")

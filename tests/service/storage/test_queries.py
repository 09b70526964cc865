"""Every query file is valid against the migrated schema, used, and says what it returns."""

import re
from pathlib import Path

import psycopg
import pytest

from service.storage import database

ROOT = Path(__file__).parents[3]
NAMES = sorted(
    str(path.relative_to(database.QUERIES).with_suffix(""))
    for path in database.QUERIES.rglob("*.sql")
)
CODE = "\n".join(path.read_text("utf-8") for path in (ROOT / "service").rglob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_query_is_valid(database_url: str, name: str) -> None:
    text = database.read_query(name)
    if name.endswith("/counts"):  # of the rows of the list beside it
        text = f"WITH matching AS ({database.read_query(name.replace('/counts', '/list'))}) {text}"
    names = frozenset(database.PARAMETER.findall(text))
    with psycopg.connect(database_url, cursor_factory=psycopg.RawCursor) as connection:
        # Whatever is asked, a parameter keeps its type.
        for given in (frozenset(), names, *({name} for name in names)):
            statement = database.statement_of(f"EXPLAIN {text}", frozenset(given))
            connection.execute(statement.text, statement.fill({}))
        # A list of one value is given as that value.
        asked = {name: ["one"] for name in database.ANY.findall(text)}
        statement = database.statement_of(f"EXPLAIN {text}", database.given(asked))
        connection.execute(statement.text, statement.fill(asked))
        assert statement.fill(asked) == ["one"] * len(asked)


@pytest.mark.parametrize("name", NAMES)
def test_query_is_used(name: str) -> None:
    folder, _, file = name.partition("/")
    assert f'"{name}"' in CODE or (file == "list" and f'"{folder}", ' in CODE)


@pytest.mark.parametrize("name", NAMES)
def test_query_opens_with_what_it_returns(name: str) -> None:
    text = (database.QUERIES / f"{name}.sql").read_text("utf-8")
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

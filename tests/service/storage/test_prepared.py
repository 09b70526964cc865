"""Statements run by libpq alone: prepared once, raised as a cursor raises, right after any loss."""

from collections.abc import Iterator

import psycopg
import pytest

from service.config import Config
from service.storage.database import Database
from service.storage.prepared import MOST, PreparedConnection


@pytest.fixture
def connection(database_url: str) -> Iterator[PreparedConnection]:
    database = Database(Config(database_url=database_url, statement_timeout_ms=300))
    database.read(lambda snapshot: snapshot.codes)
    with database.pool.connection() as connection:
        assert isinstance(connection, PreparedConnection)
        yield connection
    database.close()


def named(connection: PreparedConnection) -> int:
    row = connection.execute(
        "SELECT count(*) AS number FROM pg_prepared_statements WHERE name LIKE 'burdenshare%'"
    ).fetchone()
    assert row is not None
    return int(row["number"])


def test_values_come_as_postgresql_writes_them(connection: PreparedConnection) -> None:
    statement = (
        b"SELECT $1::text AS text, $2::text[] AS list, $3::int + 1 AS number, NULL AS nothing"
    )
    given = ["Türkiye'\\\"", ["a,b", '"', "{}", "\\", ""], 41]
    text, items, number, nothing = connection.fetch_texts(statement, given)
    assert (text.decode(), number, nothing) == (given[0], b"42", None)
    assert connection.fetch_texts(b"SELECT to_json($1::text[])", [given[1]]) == [
        b'["a,b","\\"","{}","\\\\",""]'
    ]
    assert items == b'{"a,b","\\"","{}","\\\\",""}'


def test_a_statement_is_prepared_once(connection: PreparedConnection) -> None:
    before = named(connection)
    for number in range(3):
        assert connection.fetch_texts(b"SELECT $1::int", [number]) == [str(number).encode()]
    assert named(connection) == before + 1


def test_no_more_are_kept_than_are_worth_it(connection: PreparedConnection) -> None:
    for number in range(MOST + 20):
        connection.fetch_texts(b"SELECT 1 AS number_%d" % number, [])
    assert named(connection) == len(connection.prepared) == MOST


@pytest.mark.parametrize("lost", ["DEALLOCATE ALL", "DISCARD PLANS"])
def test_what_the_session_has_lost_is_prepared_again(
    connection: PreparedConnection, lost: str
) -> None:
    for _ in range(2):
        assert connection.fetch_texts(b"SELECT 2", []) == [b"2"]
        connection.execute(lost)


def test_what_the_session_has_already_is_taken(connection: PreparedConnection) -> None:
    connection.fetch_texts(b"SELECT 3", [])
    connection.prepared.clear()
    assert connection.fetch_texts(b"SELECT 3", []) == [b"3"]


def test_in_a_transaction_nothing_has_to_be_there(connection: PreparedConnection) -> None:
    connection.fetch_texts(b"SELECT 4", [])
    connection.execute("DEALLOCATE ALL")
    with connection.transaction():
        assert connection.fetch_texts(b"SELECT 4", []) == [b"4"]


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        (b"SELECT pg_sleep(5)", psycopg.errors.QueryCanceled),
        (b"SELECT 'x'::text::int", psycopg.DataError),
        (b"SELECT FROM nothing_there", psycopg.errors.UndefinedTable),
        (b"CREATE TEMPORARY TABLE nonsense ()", psycopg.errors.ReadOnlySqlTransaction),
    ],
)
def test_errors_are_those_of_a_cursor(
    connection: PreparedConnection, statement: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        connection.fetch_texts(statement, [])
    assert connection.fetch_texts(b"SELECT 5", []) == [b"5"]


@pytest.mark.parametrize("state", ["ZZ999", "57P77", "22999", "08777"])
def test_an_unknown_error_is_of_the_class_that_a_cursor_says(
    connection: PreparedConnection, state: str
) -> None:
    statement = f"DO $$ BEGIN RAISE EXCEPTION 'strange' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(psycopg.DatabaseError, match="strange") as expected:
        connection.execute(statement.encode())
    with pytest.raises(psycopg.DatabaseError, match="strange") as found:
        connection.fetch_texts(statement.encode(), [])
    assert type(found.value) is type(expected.value)


def test_a_connection_that_was_lost_says_so(
    database_url: str, connection: PreparedConnection
) -> None:
    connection.fetch_texts(b"SELECT 6", [])
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        connection.fetch_texts(b"SELECT 6", [])
    assert connection.closed

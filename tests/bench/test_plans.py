"""With a hundred times the data no question reads a large table whole."""

from collections.abc import Iterator

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.sql import SQL, Identifier

from bench import growth
from bench.plans import OF_ALL_RELEASES, QUESTIONS, Statement, scans, statements
from tests.conftest import made_database, served

TIMES = 100


@pytest.fixture(scope="module")
def hundredfold(server_url: str) -> Iterator[str]:
    with made_database(server_url) as url:
        growth.grow(url, TIMES)
        yield url


@pytest.fixture(scope="module")
def asked(hundredfold: str) -> Iterator[FlaskClient]:
    with served(hundredfold) as app:
        yield app.test_client()


@pytest.fixture(scope="module")
def connection(hundredfold: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(hundredfold) as connection:
        yield connection


@pytest.fixture(scope="module")
def most(connection: psycopg.Connection[tuple[int]]) -> dict[str, int]:
    """Return how many rows each large table has of the release that has most."""
    query = SQL("SELECT max(held.rows) FROM (SELECT count(*) AS rows FROM {} GROUP BY {}) AS held")
    return {
        table: connection.execute(query.format(*map(Identifier, (table, own)))).fetchall()[0][0]
        for table, (own, *_) in growth.GROWING.items()
    }


@pytest.mark.parametrize("question", QUESTIONS | OF_ALL_RELEASES)
def test_no_question_reads_a_large_table_whole(
    asked: FlaskClient,
    connection: psycopg.Connection[tuple[object, ...]],
    most: dict[str, int],
    question: str,
) -> None:
    path = (QUESTIONS | OF_ALL_RELEASES)[question]
    sent = statements(asked, path)
    assert sent
    read = [scan for statement in sent for scan in scans(connection, statement)]
    for scan in read:
        if scan.table in most:
            assert scan.kind != "Seq Scan"
            assert scan.rows <= most[scan.table], scan


def test_a_table_that_is_read_whole_is_seen(
    connection: psycopg.Connection[tuple[object, ...]], most: dict[str, int]
) -> None:
    whole = Statement("SELECT sum(count) FROM availability", [], "auto")
    for scan in scans(connection, whole):
        assert (scan.table, scan.kind) == ("availability", "Seq Scan")
        assert scan.rows > TIMES / 2 * most["availability"]

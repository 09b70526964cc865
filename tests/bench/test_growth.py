"""A database made larger holds what the importers would have made of as many releases."""

import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from bench import growth
from importers.load import DERIVED
from importers.loaded import WRITTEN
from tests.conftest import DATA, made_database, served

TIMES = 4

SCHEMA = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
    FROM pg_constraint
    UNION ALL
    SELECT tablename::text, indexname, indexdef, true
    FROM pg_indexes
    WHERE schemaname = 'public'
    UNION ALL
    SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled = 'O'
    FROM pg_trigger
    WHERE NOT tgisinternal
"""


@pytest.fixture(scope="module")
def grown(server_url: str) -> Iterator[str]:
    with made_database(server_url) as url:
        growth.grow(url, TIMES)
        yield url


@pytest.mark.parametrize("table", ["release", "observation", "spending_year", "availability"])
def test_a_table_has_as_many_rows_times(database_url: str, grown: str, table: str) -> None:
    query = SQL("SELECT count(*) FROM {}").format(Identifier(table))
    with psycopg.connect(database_url) as small, psycopg.connect(grown) as large:
        [(before,), (after,)] = small.execute(query).fetchall() + large.execute(query).fetchall()
    assert after == TIMES * before > 0


@pytest.mark.parametrize("table", DERIVED)
def test_what_is_derived_is_what_the_importers_derive(grown: str, table: str) -> None:
    view = f"{table}_of_figures"
    query = SQL("SELECT count(*) FROM (SELECT * FROM {} EXCEPT ALL SELECT * FROM {}) AS more")
    with psycopg.connect(grown) as connection:
        for one, other in ((table, view), (view, table)):
            text = query.format(Identifier(one), Identifier(other))
            assert connection.execute(text).fetchone() == (0,)


@pytest.mark.parametrize("table", WRITTEN)
def test_rows_are_written_as_their_triggers_write_them(grown: str, table: str) -> None:
    with psycopg.connect(grown) as connection:
        name = Identifier(table)
        connection.execute(SQL("CREATE TEMPORARY TABLE before AS SELECT * FROM {}").format(name))
        connection.execute(SQL("UPDATE {} SET json = ''").format(name))
        query = SQL("SELECT count(*) FROM (SELECT * FROM {} EXCEPT SELECT * FROM before) AS other")
        assert connection.execute(query.format(name)).fetchone() == (0,)
        connection.rollback()


def test_every_constraint_index_and_trigger_stands(database_url: str, grown: str) -> None:
    with psycopg.connect(database_url) as small, psycopg.connect(grown) as large:
        assert set(large.execute(SCHEMA)) == set(small.execute(SCHEMA))
        assert all(is_valid for *_, is_valid in large.execute(SCHEMA))


def test_nothing_that_names_a_release_is_left_small(grown: str) -> None:
    query = """
        SELECT DISTINCT conrelid::regclass::text
        FROM pg_constraint
        WHERE contype = 'f' AND confrelid = 'release'::regclass
    """
    with psycopg.connect(grown) as connection:
        assert {table for (table,) in connection.execute(query)} == set(growth.GROWING)


def test_the_service_answers_from_it(grown: str) -> None:
    with served(grown) as app:
        client = app.test_client()
        index = client.get("/v1").json["data"]
        assert index["data_release"] == "nato-2026-07-10"
        copy = client.get("/v1/spending-years?release=nato-2022-07-10&member=POL").json["data"]
        original = client.get("/v1/spending-years?member=POL").json["data"]
        assert [row | {"release": "nato-2026-07-10"} for row in copy] == original
        history = client.get("/v1/revisions/POL/share_gdp_pct/2024").json["data"]["vintages"]
        assert len(history) == TIMES * 3


def test_a_database_that_holds_data_is_left_alone(database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.growth", "--times", "2", database_url],
        cwd=DATA.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: the database is not empty: it has tables of this service\n"

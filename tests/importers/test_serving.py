"""Loading and withdrawing while others read: they see the old revision or the new one, no mix."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from importers.__main__ import DATA
from importers.load import load

from .database import Row, everything
from .serving import URLS, ask, command, reading, run, serving, state

NEXT, AFTER_NEXT = "nato-2025-08-28", "nato-2026-07-10"
LOCK = 77


@pytest.fixture
def loaded(scratch_database: str, data: Path) -> str:
    """Return the URL of a database with two releases; more are added to the folder later."""
    load(scratch_database, data)
    return scratch_database


def add(data: Path, *releases: str) -> None:
    for name in releases:
        shutil.copytree(DATA / "releases" / name, data / "releases" / name)


def test_a_load_while_serving(loaded: str, data: Path) -> None:
    add(data, NEXT)
    with serving(loaded) as app:
        before = state(app)
        with reading(app) as readers:
            assert f"{NEXT}: 2,664 figures loaded" in run(loaded, "load", "--data", data)
        readers.assert_saw(before, state(app))


def test_two_loads_at_once_while_serving(loaded: str, data: Path) -> None:
    add(data, NEXT)
    with serving(loaded) as app:
        before = state(app)
        with reading(app) as readers:
            loads = [command(loaded, "load", NEXT, "--data", data) for _ in range(2)]
            lines = sorted(load.communicate(timeout=60)[0] for load in loads)
        assert lines == [f"{NEXT}: 2,664 figures loaded\n", f"{NEXT}: already loaded\n"]
        readers.assert_saw(before, state(app))


@contextmanager
def held_up(
    connection: psycopg.Connection[Row], table: str, condition: str
) -> Iterator[Callable[[], None]]:
    """Let an INSERT of such a row wait until the end; yield what waits until one does."""
    connection.execute(
        f"""
        CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock({LOCK}); RETURN NEW; END $$;
        CREATE TRIGGER hold_up BEFORE INSERT ON {table} FOR EACH ROW
        WHEN ({condition}) EXECUTE FUNCTION hold_up();
        """.encode()
    )
    connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])

    def until(query: str, is_there: bool) -> None:
        deadline = time.monotonic() + 30
        while bool(connection.execute(query.encode()).fetchall()) != is_there:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    locks = """
        SELECT FROM pg_locks INNER JOIN pg_database ON pg_locks.database = pg_database.oid
        WHERE pg_database.datname = current_database() AND pg_locks.locktype = 'advisory'
    """
    yield lambda: until(f"{locks} AND NOT pg_locks.granted", True)
    connection.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    # The server goes on with what it has received, until it finds that the client is gone.
    until(locks, False)
    connection.execute(f"DROP TRIGGER hold_up ON {table}; DROP FUNCTION hold_up".encode())


@pytest.mark.parametrize(
    ("table", "condition"),
    [
        ("release", f"NEW.id = '{NEXT}'"),
        ("observation", f"NEW.release = '{NEXT}' AND NEW.area = 'POL' AND NEW.year = 2020"),
        ("spending_year", f"NEW.release = '{NEXT}' AND NEW.member = 'POL' AND NEW.year = 2020"),
    ],
)
def test_a_load_killed_half_way_is_seen_by_nobody(
    loaded: str, data: Path, connection: psycopg.Connection[Row], table: str, condition: str
) -> None:
    add(data, NEXT)
    rows = everything(connection)
    with serving(loaded) as app:
        before = state(app)
        with reading(app) as readers:
            with held_up(connection, table, condition) as wait:
                process = command(loaded, "load", "--data", data)
                wait()
                process.kill()
                process.communicate()
                readers.wait_for_rounds(1)
            assert everything(connection) == rows
            assert state(app) == before
            assert f"{NEXT}: 2,664 figures loaded" in run(loaded, "load", "--data", data)
        readers.assert_saw(before, state(app))
    assert "differences: 0" in run(loaded, "verify", NEXT, "--data", data)


def test_a_load_killed_between_two_releases_leaves_the_first_whole(
    loaded: str, data: Path, connection: psycopg.Connection[Row]
) -> None:
    add(data, NEXT, AFTER_NEXT)
    with serving(loaded) as app:
        before = state(app)
        with reading(app) as readers:
            with held_up(connection, "release", f"NEW.id = '{AFTER_NEXT}'") as wait:
                process = command(loaded, "load", "--data", data)
                wait()
                process.kill()
                process.communicate()
                readers.wait_for_rounds(1)
            between = state(app)
            assert between["/v1"].body["data"]["data_release"] == NEXT
            readers.wait_for_rounds(1)
            lines = run(loaded, "load", "--data", data).splitlines()
            assert lines[2:] == [f"{NEXT}: already loaded", f"{AFTER_NEXT}: 5,870 figures loaded"]
        readers.assert_saw(before, between, state(app))
    assert run(loaded, "verify", "--data", data).count("differences: 0") == 4


def test_a_withdrawal_while_serving(loaded: str, data: Path) -> None:
    add(data, NEXT)
    load(loaded, data)
    with serving(loaded) as app:
        first_page = ask(app, "/v1/observations?limit=10")
        urls = (
            *URLS,
            f"/v1/releases/{NEXT}",
            f"/v1/spending-years?release={NEXT}&year=2023",
            first_page.body["links"]["next"],
        )
        before = state(app, urls)
        with reading(app, urls) as readers:
            run(loaded, "withdraw", NEXT, "--reason", "Wrong.", "--data", data)
        after = state(app, urls)
        readers.assert_saw(before, after)
    assert {answer.status for answer in before.values()} == {200}
    assert [after[url].status for url in urls[-3:]] == [410, 410, 410]
    assert [error["name"] for error in after[urls[-1]].body["errors"]] == ["cursor"]
    assert after["/v1/spending-years?year=2023"].release == "nato-2024-06-17"

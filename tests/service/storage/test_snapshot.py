"""A request is answered from one moment, though its statements run without a transaction."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from schemas.base import Range
from service.config import Config
from service.storage.database import Database
from service.storage.paging import By
from service.storage.snapshot import Snapshot
from service.storage.statements import ask, whole


@pytest.fixture
def owner(database_url: str) -> Iterator[Callable[[], None]]:
    """Return what gives the data another revision, as a load does; at the end the first is back."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute("SELECT revision, changed_at FROM dataset").fetchone()
        yield lambda: connection.execute("UPDATE dataset SET revision = gen_random_uuid()") and None
        connection.execute("UPDATE dataset SET revision = %s, changed_at = %s", row)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Return a database that knows its revision, as one does after its first request."""
    found = Database(Config(database_url=database_url))
    found.read(lambda snapshot: snapshot.codes)
    yield found
    found.close()


def revision(snapshot: Snapshot) -> Any:
    return snapshot.dataset["revision"]


def members(snapshot: Snapshot) -> int:
    return len(snapshot.fetch_all("members/list", {}))


def test_what_is_known_costs_no_transaction(database: Database) -> None:
    def work(snapshot: Snapshot) -> bool:
        assert members(snapshot) == 32
        return snapshot.connection.info.transaction_status.name == "IDLE"

    assert database.read(work)


def test_single_statements_are_read_only_too(database: Database) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        database.read(
            lambda snapshot: snapshot.connection.execute("CREATE TEMPORARY TABLE nonsense ()")
        )


def test_a_load_between_two_statements_does_the_work_anew(
    database: Database, owner: Callable[[], None]
) -> None:
    seen = []

    def work(snapshot: Snapshot) -> None:
        seen.append(revision(snapshot))
        members(snapshot)
        if len(seen) == 1:
            owner()
        members(snapshot)

    database.read(work)
    assert len(seen) == 2
    assert seen[0] != seen[1]


@pytest.mark.parametrize(
    "parameters", [{"member": ["POL"]}, {"member": ["nobody"]}], ids=["a row", "no row"]
)
def test_a_load_before_the_first_statement_does_too(
    database: Database, owner: Callable[[], None], parameters: dict[str, Any]
) -> None:
    before = database.read(revision)
    owner()
    seen = []

    def work(snapshot: Snapshot) -> None:
        seen.append(revision(snapshot))
        snapshot.fetch_all("members/list", parameters)

    database.read(work)
    assert seen[0] == before
    assert len(seen) == 2


def test_what_reads_nothing_more_is_confirmed(
    database: Database, owner: Callable[[], None]
) -> None:
    before = database.read(revision)
    owner()
    assert database.read(revision) != before


def test_a_refusal_by_what_was_known_is_tried_anew(
    database: Database, owner: Callable[[], None]
) -> None:
    before = database.read(revision)
    owner()

    def work(snapshot: Snapshot) -> str:
        if revision(snapshot) == before:
            raise LookupError("no such member, as far as was known")
        return "found"

    assert database.read(work) == "found"


def test_a_load_during_a_transaction_is_not_seen(
    database: Database, owner: Callable[[], None]
) -> None:
    with database.snapshot() as snapshot:
        before = revision(snapshot)
        owner()
        assert snapshot.fetch_all("dataset/get", {})[0]["revision"] == before


def test_connections_that_were_cut_are_replaced(database: Database, database_url: str) -> None:
    def pid(snapshot: Snapshot) -> int:
        return snapshot.connection.info.backend_pid

    cut = database.read(pid)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [cut])
    assert database.read(pid) != cut


def test_a_filter_that_is_not_asked_for_is_not_planned(database: Database) -> None:
    year = Range("int4range", "[2014,]")
    asked = ask("spending_years/list", {"release": "x", "year": year, "member": None})
    statement = whole("spending_years/list", asked.conditions, frozenset(asked.values))
    assert statement.names == ("release", "year")
    assert asked.values == {"release": "x", "year": "[2014,]"}
    assert b'WHERE matching."year" <@ $2::int4range' in statement.text
    assert b'matching."member"' not in statement.text


def test_rows_that_nobody_read_to_the_end_leave_the_next_request_alone(database_url: str) -> None:
    database = Database(Config(database_url=database_url, pool_size=1))
    begun = []

    def fail() -> None:
        with database.snapshot() as snapshot:
            begun.append(
                iter(
                    snapshot.fetch_each(
                        "members/list", ask("members/list", {}), (By("code", "text"),)
                    )
                )
            )
            next(begun[0])
            raise OSError("the disk is full")

    try:
        with pytest.raises(OSError, match="full"):
            fail()
        with database.snapshot() as snapshot:
            asked = ask("observations/list", {"release": "nato-2026-07-10"})
            rows = iter(snapshot.fetch_each("observations/list", asked, (By("area", "text"),)))
            next(rows)
            begun[0].close()  # as the collector of garbage does, at any time
            assert sum(1 for _ in rows) > 1000
    finally:
        database.close()

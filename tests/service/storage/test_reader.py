"""The role that the web process connects as can read, and nothing else."""

from collections.abc import Iterator

import psycopg
import pytest

from service.config import Config
from service.storage.connection import configure, reader_conninfo
from service.storage.migrations import migrate

FORBIDDEN = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)


@pytest.fixture
def reader(database_url: str) -> Iterator[psycopg.Connection]:
    """Return a connection as the service makes it, but for the read-only transactions.

    Those are a second lock: what is tested here is that the role alone forbids it.
    """
    with psycopg.connect(reader_conninfo(Config(database_url=database_url))) as connection:
        connection.autocommit = True
        yield connection


def every_table(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    return [name for (name,) in rows]


def test_it_is_the_reader(reader: psycopg.Connection) -> None:
    row = reader.execute("SELECT current_user, current_setting('statement_timeout')").fetchone()
    assert row == ("burdenshare_reader", "5s")
    assert len(every_table(reader)) == 19


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO {} DEFAULT VALUES",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "DROP TABLE {}",
        "ALTER TABLE {} ADD COLUMN nonsense integer",
        "LOCK TABLE {} IN EXCLUSIVE MODE",
        "CREATE TRIGGER nonsense AFTER INSERT ON {} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    ],
)  # fmt: skip
def test_it_cannot_write_any_table(reader: psycopg.Connection, statement: str) -> None:
    for table in every_table(reader):
        with pytest.raises(FORBIDDEN), reader.transaction():
            reader.execute(statement.format(table))  # type: ignore[arg-type]


def test_it_cannot_update_any_column(reader: psycopg.Connection) -> None:
    columns = reader.execute(
        "SELECT attrelid::regclass::text, attname FROM pg_attribute "
        "INNER JOIN pg_tables ON attrelid = format('public.%I', tablename)::regclass "
        "WHERE schemaname = 'public' AND attnum > 0"
    ).fetchall()
    assert len(columns) > 100
    for table, column in columns:
        with pytest.raises(FORBIDDEN):
            reader.execute(f'UPDATE {table} SET "{column}" = NULL')  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE nonsense (id integer)",
        "CREATE FUNCTION nonsense() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE nonsense",
        "SELECT renew_search()",
        "ALTER ROLE burdenshare_reader SUPERUSER",
        "COPY member TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/hostname')",
    ],
)
def test_it_cannot_make_anything(reader: psycopg.Connection, statement: str) -> None:
    with pytest.raises(FORBIDDEN):
        reader.execute(statement)  # type: ignore[arg-type]


# What a role may do in any database unless it is revoked. Each is undone with its transaction.
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TEMPORARY TABLE nonsense (id integer)",
        "SELECT 1 AS id INTO TEMPORARY nonsense",
        "CREATE TEMPORARY VIEW nonsense AS SELECT 1",
        "CREATE TEMPORARY SEQUENCE nonsense",
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT pg_logical_emit_message(false, 'x', 'x')",
        "SELECT pg_advisory_lock(19490404)",  # migrating
        "SELECT pg_advisory_xact_lock(19490824)",  # loading
        "SELECT pg_try_advisory_lock(1)",
        "SELECT pg_try_advisory_xact_lock_shared(1, 2)",
        "SELECT pg_terminate_backend(1)",
        "SELECT pg_cancel_backend(1)",
        "CREATE SCHEMA nonsense",
        "COMMENT ON TABLE dataset IS 'nonsense'",
        "ALTER DATABASE {database} SET work_mem = '1GB'",
        "CREATE PUBLICATION nonsense",
        "CREATE EVENT TRIGGER nonsense ON ddl_command_start EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "SET session_replication_role = replica",
        "SET log_statement = 'none'",
        "CHECKPOINT",
    ],
)
def test_it_cannot_do_what_everybody_may(reader: psycopg.Connection, statement: str) -> None:
    reader.autocommit = False
    text = statement.format(database=reader.info.dbname)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute(text.encode())


def test_it_sees_no_query_of_another_user(reader: psycopg.Connection) -> None:
    row = reader.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE query NOT IN ('', '<insufficient privilege>')"
        " AND usename <> current_user"
    ).fetchone()
    assert row == (0,)


def test_nobody_but_the_owner_may_create_a_table(scratch_database: str) -> None:
    """As in a database that PostgreSQL 14 made, which let everybody."""
    with psycopg.connect(scratch_database, autocommit=True) as owner:
        owner.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        migrate(scratch_database)
        query = "SELECT has_schema_privilege('burdenshare_reader', 'public', 'CREATE')"
        assert owner.execute(query).fetchone() == (False,)


def test_resetting_the_role_does_not_help(reader: psycopg.Connection) -> None:
    reader.execute("RESET ROLE")
    assert reader.execute("SELECT current_user").fetchone() == ("burdenshare_reader",)


def test_its_transactions_are_read_only_besides(database_url: str) -> None:
    with psycopg.connect(reader_conninfo(Config(database_url=database_url))) as connection:
        configure(connection)  # type: ignore[arg-type]
        row = connection.execute(
            "SELECT current_setting('transaction_read_only'), "
            "current_setting('transaction_isolation')"
        ).fetchone()
    assert row == ("on", "repeatable read")


def test_a_reader_url_is_used_as_it_is() -> None:
    config = Config(
        database_url="postgresql://owner@db/x",
        database_reader_url="postgresql://burdenshare_reader@replica/x?options=-c%20search_path%3Dp",
        statement_timeout_ms=700,
    )
    assert "role=" not in reader_conninfo(config)
    assert "host=replica" in reader_conninfo(config)
    assert "-c search_path=p -c statement_timeout=700" in reader_conninfo(config)

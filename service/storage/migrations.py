"""Bring the database up to date: sql/tables once each, by name, then all of sql/always."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import psycopg

from service.errors import OneLineError

from . import rights, waiting

SQL = Path(__file__).parents[2] / "sql"
TABLES = SQL / "tables"

# Functions, views and triggers, each by CREATE OR REPLACE. All files run again when one of them
# changes, or a file of `tables` is new: that may have dropped some. Not each time, since replacing
# a view waits for its readers.
ALWAYS = SQL / "always"

# The name in the ledger of the checksum of all these files.
DEFINITIONS = "always"

# Any number will do, so long as nothing else in this database locks it.
LOCK = 1949_04_04

# What importers.load locks while it loads: both change what the other relies on.
LOAD_LOCK = 1949_08_24

# By name, the checksum under which a file was applied before it was rewritten, and why that file
# did the same.
REWRITTEN = {
    # It made the reader role, which `rights` does now: the privilege to make a role was checked
    # before its name, so that it failed where an administrator had made the role.
    "0001_reader": "9d5ef46908d0f5765f7e5122e9e1c703e85c4076bb9396d2f2e2dd135fb3670d",
    # They made functions, views and triggers too, which are in `always` now, and filled what these
    # derive, which `always/stored_copies.sql` does.
    "0015_group_member": "2d4c7002e30378228f6882d7b154f6d09058d60909987573ca8f9ba4b5fbb35e",
    "0016_comparison": "1f3672370760fe2be1f93a91ea531302892c5799e89e4785fb65d4bf2a65430e",
    "0017_availability": "3acdbe82f316d0ed56ebf8e1666fa41e128879a89d9599aa5f7102130e683df6",
    "0020_search": "645798eb4270daee4e777b15fbc17587c923cc34c9e0c7816a0225cbabd9245a",
    "0023_json": "84bc296fef32b8f6574f2d306e8bf819585e77570f1b290dd23ef1ef2a7ccdc9",
    "0024_stored_json": "03ab71cdf06118ff9e31837a6c7c6a16b83d0e8c9b0ff671093572ad7662d9b2",
}

# This table cannot itself be a migration.
LEDGER = """
    CREATE TABLE IF NOT EXISTS migration (
        name text PRIMARY KEY,
        sha256 text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
    )
"""

# PostgreSQL 15 is the oldest that closes the public schema to everybody but its owner.
OLDEST = 150000


class MigrationError(OneLineError):
    """The database cannot be brought up to date; the message is one line."""


def migrate(url: str, reader_url: str | None = None) -> list[str]:
    """Apply new tables and changed definitions; return the names of what was new, in order.

    All or nothing: one transaction, so a failed deploy leaves the old schema. The lock makes a
    second process wait, and then find nothing to do. Without `reader_url` the web process connects
    with `url` and takes on the reader role, so the user must be able to.

    Raises MigrationError when rights lack, a file fails or was edited after it was applied, or a
    table stays locked; psycopg.OperationalError when the server cannot be reached.
    """
    with psycopg.connect(url, connect_timeout=5, client_encoding="UTF8") as connection:
        if connection.info.server_version < OLDEST:
            raise MigrationError(
                f"PostgreSQL 15 or newer is needed, the server runs "
                f"{connection.info.parameter_status('server_version')}"
            )
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if statements := rights.acquire(connection, serves=reader_url is None):
            raise MigrationError(rights.told(connection, statements))
        connection.execute(LEDGER)
        known: dict[str, str] = dict(
            connection.execute("SELECT name, sha256 FROM migration").fetchall()
        )
        refuse_unknown(known)
        missing = {name: text for name, text in read() if not is_applied(name, text, known)}
        new = {name: sha256_of(text) for name, text in missing.items()}
        always = definitions()
        if known.get(DEFINITIONS) != (sha256 := sha256_of("".join(always.values()))):
            new[DEFINITIONS] = sha256
        if new:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
        waiting.limit(connection)
        for name, text in (missing | always if new else {}).items():
            run(connection, f"{name}.sql", text)
        record(connection, new)
        run(connection, "always/rights.sql", rights.GRANTED.read_text("utf-8"))
        return list(new)


def read() -> Iterator[tuple[str, str]]:
    for path in sorted(TABLES.glob("*.sql")):
        yield path.stem, path.read_text("utf-8")


def definitions() -> dict[str, str]:
    """Return the files of `always` by name, but for the rights, which each migrate grants."""
    paths = sorted(path for path in ALWAYS.glob("*.sql") if path.name != rights.GRANTED.name)
    return {f"always/{path.stem}": path.read_text("utf-8") for path in paths}


def record(connection: psycopg.Connection, new: dict[str, str]) -> None:
    connection.cursor().executemany(
        """
        INSERT INTO migration (name, sha256) VALUES (%s, %s)
        ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, applied_at = now()
        """,
        new.items(),
    )


def refuse_unknown(known: dict[str, str]) -> None:
    """Refuse a database that newer code has migrated: older code would misread it."""
    unknown = sorted(known.keys() - {DEFINITIONS} - {name for name, _ in read()})
    if unknown:
        raise MigrationError(f"the database is ahead of this code: it has {unknown[-1]}")


def is_applied(name: str, text: str, known: dict[str, str]) -> bool:
    if name not in known:
        return False
    if known[name] not in (sha256_of(text), REWRITTEN.get(name)):
        raise MigrationError(f"{name}.sql changed after it was applied: write a new one")
    return True


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def run(connection: psycopg.Connection, name: str, text: str) -> None:
    """Run a file; a MigrationError names it, and leaves the connection's transaction undone."""
    try:
        connection.execute(text.encode())
    except psycopg.errors.LockNotAvailable as error:
        connection.rollback()
        raise MigrationError(f"{name}: {waiting.told(connection)}") from error
    except psycopg.Error as error:
        hint = f" ({error.diag.message_hint})" if error.diag.message_hint else ""
        raise MigrationError(f"{name}: {error.diag.message_primary or error}{hint}") from error

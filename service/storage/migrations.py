"""Bring the database up to sql/migrations, in the order of the file names."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import psycopg

from service.errors import OneLineError

MIGRATIONS = Path(__file__).parents[2] / "sql" / "migrations"

# Any number will do, so long as nothing else in this database locks it.
LOCK = 1949_04_04

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


def migrate(url: str) -> list[str]:
    """Apply what is missing and return the names applied, in order.

    All or nothing: one transaction, so a failed deploy leaves the old schema. The lock makes a
    second process wait, and then find nothing to do. Raises MigrationError when a file fails or
    was edited after it was applied, psycopg.OperationalError when the server cannot be reached.
    """
    with psycopg.connect(url, connect_timeout=5) as connection:
        if connection.info.server_version < OLDEST:
            raise MigrationError(
                f"PostgreSQL 15 or newer is needed, the server runs "
                f"{connection.info.parameter_status('server_version')}"
            )
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        connection.execute(LEDGER)
        known: dict[str, str] = dict(
            connection.execute("SELECT name, sha256 FROM migration").fetchall()
        )
        refuse_unknown(known)
        return [name for name, text in read() if apply(connection, name, text, known.get(name))]


def read() -> Iterator[tuple[str, str]]:
    for path in sorted(MIGRATIONS.glob("*.sql")):
        yield path.stem, path.read_text("utf-8")


def refuse_unknown(known: dict[str, str]) -> None:
    """Refuse a database that newer code has migrated: older code would misread it."""
    unknown = sorted(known.keys() - {name for name, _ in read()})
    if unknown:
        raise MigrationError(f"the database is ahead of this code: it has {unknown[-1]}")


def apply(connection: psycopg.Connection, name: str, text: str, applied_sha256: str | None) -> bool:
    """Apply one migration unless it was applied before; say whether it was."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    if applied_sha256 == sha256:
        return False
    if applied_sha256 is not None:
        raise MigrationError(f"{name}.sql changed after it was applied: write a new one")
    try:
        connection.execute(text.encode())
    except psycopg.Error as error:
        hint = f" ({error.diag.message_hint})" if error.diag.message_hint else ""
        raise MigrationError(f"{name}.sql: {error.diag.message_primary or error}{hint}") from error
    connection.execute("INSERT INTO migration (name, sha256) VALUES (%s, %s)", [name, sha256])
    return True

"""A PostgreSQL that somebody else runs, as DATABASE_URL names it."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict

from service.errors import OneLineError


class ExternalServerError(OneLineError):
    """The server cannot be used; the message is one line, and never holds the password."""


def check(url: str) -> None:
    """Raise ExternalServerError unless the server takes the connection within 5 seconds."""
    # libpq quotes what it cannot parse, and with an unescaped @ part of the password is the host.
    try:
        host = conninfo_to_dict(url).get("host") or ""
    except psycopg.ProgrammingError:
        host = "@"
    if "@" in str(host):
        raise ExternalServerError(
            "DATABASE_URL is not of the form postgresql://user:password@host/name "
            "(special characters in the password are percent-encoded)"
        )
    with explained():
        refuse_pooler(url)


def refuse_pooler(conninfo: str) -> None:
    """Raise ExternalServerError where a pooler is in front of PostgreSQL.

    It may give each statement to another session of PostgreSQL. The service keeps locks, settings
    and prepared statements in its sessions, and whether they are its own cannot be told from here.
    Raises psycopg.OperationalError where there is no server.
    """
    try:
        with psycopg.connect(conninfo, autocommit=True, connect_timeout=5) as connection:
            process = connection.execute("SELECT pg_backend_pid()").fetchone()
            # A pooler makes up a process for its client.
            is_pooled = process != (connection.info.backend_pid,)
    except psycopg.OperationalError as error:
        if "startup parameter" not in str(error):  # as pgbouncer refuses settings
            raise
        is_pooled = True
    if is_pooled:
        raise ExternalServerError(
            "there is a pooler in front of the database: connect to PostgreSQL itself"
        )


@contextmanager
def explained() -> Iterator[None]:
    """Turn what psycopg raises into one line."""
    try:
        yield
    except psycopg.Error as error:
        lines = str(error).splitlines()
        reason = error.diag.message_primary or (lines[0] if lines else type(error).__name__)
        raise ExternalServerError(f"the database cannot be used: {reason}") from error

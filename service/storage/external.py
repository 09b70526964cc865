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


def refuse_pooler(conninfo: str, statement_timeout_ms: int | None = None) -> None:
    """Raise ExternalServerError for a pooler that shares PostgreSQL's sessions between clients.

    The service keeps locks, settings and prepared statements in its sessions. With a time-out, a
    pooler is refused too that does not pass on the settings that `conninfo` has. Raises
    psycopg.OperationalError where there is no server.
    """
    try:
        with psycopg.connect(conninfo, autocommit=True, connect_timeout=5) as connection:
            process, timeout_ms = connection.execute(
                "SELECT pg_backend_pid(), setting::integer "
                "FROM pg_settings WHERE name = 'statement_timeout'"
            ).fetchone() or (None, None)
            if process == connection.info.backend_pid:
                return  # PostgreSQL itself: a pooler makes up a process for its client
            if statement_timeout_ms not in (None, timeout_ms):
                raise ExternalServerError(
                    f"{POOLER} drops the settings of a connection: {DIRECTLY}"
                )
            with psycopg.connect(conninfo, connect_timeout=5) as other:
                if other.execute("SELECT pg_backend_pid()").fetchone() == (process,):
                    raise ExternalServerError(
                        f"{POOLER} shares sessions between clients: {DIRECTLY}"
                    )
    except psycopg.OperationalError as error:
        if "startup parameter" in str(error):  # as pgbouncer says it
            raise ExternalServerError(
                f"{POOLER} refuses the settings of a connection: {DIRECTLY}"
            ) from error
        raise


POOLER = "the pooler in front of the database"
DIRECTLY = "connect to PostgreSQL itself"


@contextmanager
def explained() -> Iterator[None]:
    """Turn what psycopg raises into one line."""
    try:
        yield
    except psycopg.Error as error:
        lines = str(error).splitlines()
        reason = error.diag.message_primary or (lines[0] if lines else type(error).__name__)
        raise ExternalServerError(f"the database cannot be used: {reason}") from error

"""What the migrating user needs, and what the reader role is granted and denied."""

from pathlib import Path

import psycopg
from psycopg import errors

SQL = Path(__file__).parents[2] / "sql"
NEEDED = SQL / "needed_rights.sql"
GRANTED = SQL / "always" / "rights.sql"

# An administrator has to run the statement, or has meanwhile: migrating another database of the
# server makes the same role.
NOT_OURS = (
    errors.InsufficientPrivilege,
    errors.UndefinedObject,  # the role that an earlier statement could not make
    errors.DuplicateObject,
    errors.UniqueViolation,
)


def acquire(connection: psycopg.Connection, serves: bool) -> list[str]:
    """Run what gives the user the rights it lacks; return the statements it may not run."""
    for statement in lacking(connection, serves):
        try:
            with connection.transaction():
                connection.execute(statement.encode())
        except NOT_OURS:
            continue
    return lacking(connection, serves)


def lacking(connection: psycopg.Connection, serves: bool) -> list[str]:
    rows = connection.execute(NEEDED.read_bytes(), {"serves": serves})
    return [statement for (statement,) in rows]


def told(connection: psycopg.Connection, statements: list[str]) -> str:
    """Return an error of one line that ends in SQL to copy."""
    return (
        f"the user {connection.info.user} lacks rights. An administrator runs this in the "
        f"database {connection.info.dbname}, then migrate again: {'; '.join(statements)};"
    )

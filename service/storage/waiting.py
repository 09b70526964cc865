"""How long a migration waits for a table, and who holds it."""

import psycopg

# A migration that waits for a table holds up everybody who wants it later. Shorter than the default
# of STATEMENT_TIMEOUT_MS, so that these are answered all the same.
PATIENCE_S = 4

# Other transactions that held a table of ours all the while, the longest first. Of other users'
# sessions PostgreSQL shows only some users more than who they are.
HOLDERS = """
    SELECT DISTINCT
        pg_stat_activity.pid,
        pg_stat_activity.usename,
        pg_stat_activity.xact_start,
        pg_stat_activity.state,
        pg_stat_activity.query
    FROM pg_locks
    INNER JOIN pg_database
        ON pg_locks.database = pg_database.oid AND pg_database.datname = current_database()
    INNER JOIN pg_class ON pg_locks.relation = pg_class.oid
    INNER JOIN pg_stat_activity ON pg_locks.pid = pg_stat_activity.pid
    WHERE
        pg_locks.granted
        AND pg_class.relnamespace = 'public'::regnamespace
        AND pg_locks.pid <> pg_backend_pid()
        AND coalesce(
            pg_stat_activity.xact_start < clock_timestamp() - make_interval(secs => %s), true
        )
    ORDER BY pg_stat_activity.xact_start, pg_stat_activity.pid
"""

LONGEST_QUERY = 100


def limit(connection: psycopg.Connection) -> None:
    """Give up on each lock from here on, to the end of the transaction, after PATIENCE_S."""
    connection.execute(f"SET LOCAL lock_timeout = '{PATIENCE_S}s'".encode())


def told(connection: psycopg.Connection) -> str:
    """Return why a table could not be had, and what to do, in one line."""
    rows = connection.execute(HOLDERS, [PATIENCE_S]).fetchall()
    held = "; ".join(holder(*row) for row in rows) or "transactions that have ended meanwhile"
    return (
        f"a table has been in use for more than {PATIENCE_S} s, by {held}. Nothing was changed. "
        "Wait for them to end, or end them by SELECT pg_terminate_backend(pid), then migrate again"
    )


def holder(pid: int, user: str, since: object, state: str | None, query: str | None) -> str:
    text = " ".join((query or "").split())
    if state is None or since is None:
        return f"pid {pid} of {user}"
    short = text if len(text) <= LONGEST_QUERY else f"{text[: LONGEST_QUERY - 1]}…"
    return f"pid {pid} of {user}, {state} since {since:%Y-%m-%d %H:%M:%S%z}: {short}"

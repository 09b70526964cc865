"""The pool, the snapshot a request reads, and the named queries."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg.types.numeric import FloatLoader
from psycopg_pool import ConnectionPool, PoolTimeout

from service.config import Config

from .breaker import Breaker
from .codes import Codes
from .paging import By, Page, Paging, keyset, order

QUERIES = Path(__file__).parents[2] / "sql" / "queries"
READER = "burdenshare_reader"

Row = dict[str, Any]

# The database is there, and does not answer this request: too slow, in the way of what a replica
# has to replay, or on tables that are not there.
NOT_THIS_ONE = (
    psycopg.errors.QueryCanceled,
    psycopg.errors.SerializationFailure,
    psycopg.errors.UndefinedTable,
)
AWAY = (PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError)


class DatabaseUnavailableError(Exception):
    """PostgreSQL did not answer: away, out of connections, or slower than the time-out."""


class InvalidCursorError(Exception):
    """The key in a cursor is not one that the query's order could have given."""


class Database:
    """A pool of read-only connections, which starts with the first request of a worker."""

    def __init__(self, config: Config):
        self.pool = ConnectionPool(
            reader_conninfo(config),
            min_size=1,
            max_size=config.pool_size,
            timeout=config.pool_timeout_s,
            open=False,
            # Requests bring it back: trying for long at growing intervals would find it late.
            reconnect_timeout=1,
            configure=configure,
            check=ConnectionPool.check_connection,
            kwargs={"row_factory": dict_row, "connect_timeout": 5},
            name="burdenshare",
        )

        self.breaker = Breaker()
        # Lists in files are read at the client's pace: one connection is left to all else.
        self.files = BoundedSemaphore(max(1, config.pool_size - 1))

    def close(self) -> None:
        self.pool.close()

    @contextmanager
    def file(self) -> Iterator[None]:
        """Lend a place for a list in a file. Raises DatabaseUnavailableError: all are taken."""
        if not self.files.acquire(timeout=self.pool.timeout):
            raise DatabaseUnavailableError("as many lists in files as may be are being sent")
        try:
            yield
        finally:
            self.files.release()

    @contextmanager
    def snapshot(self) -> Iterator["Snapshot"]:
        """Lend a connection inside one REPEATABLE READ transaction.

        Raises DatabaseUnavailableError, also for a database that is not migrated yet. A load that
        commits meanwhile is not seen.
        """
        if not self.breaker.admits():
            raise DatabaseUnavailableError("it was away a moment ago")
        try:
            if self.pool.closed:
                self.pool.open(wait=False)
            with self.pool.connection() as connection:
                self.breaker.succeeded()
                yield Snapshot(connection)
        except NOT_THIS_ONE as error:
            raise DatabaseUnavailableError(str(error)) from error
        except AWAY as error:
            self.breaker.failed()
            raise DatabaseUnavailableError(str(error)) from error


def reader_conninfo(config: Config) -> str:
    """Return what to connect with: as the reader, read-only, with a limit on every statement."""
    url = config.database_reader_url or config.database_url or ""
    settings = [
        f"statement_timeout={config.statement_timeout_ms}",
        # Should the worker hang over a file that it sends, and not break it off itself.
        f"idle_in_transaction_session_timeout={2 * config.file_timeout_ms}",
    ]
    if not config.database_reader_url:
        settings.append(f"role={READER}")
    given = conninfo_to_dict(url).get("options") or ""
    options = " ".join([str(given), *(f"-c {setting}" for setting in settings)]).strip()
    return make_conninfo(url, options=options)


def configure(connection: psycopg.Connection[DictRow]) -> None:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    # Stored exact, compared exact in SQL, and turned into the nearest double only on the way out.
    connection.adapters.register_loader("numeric", FloatLoader)


@dataclass(frozen=True)
class Snapshot:
    """What one request sees: every query of it answers from the same moment."""

    connection: psycopg.Connection[DictRow]

    @cached_property
    def dataset(self) -> Row:
        """The revision and the instant of the last change: {"revision", "changed_at"}."""
        found = self.fetch_one("dataset/get", {})
        if found is None:
            raise DatabaseUnavailableError("no data are loaded yet")
        return found

    @cached_property
    def codes(self) -> Codes:
        return Codes.at(str(self.dataset["revision"]), lambda name: self.fetch_all(name, {}))

    def fetch_all(self, name: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Run sql/queries/<name>.sql; a parameter left out is NULL."""
        query = read_query(name)
        return self.connection.execute(query.text.encode(), query.fill(parameters)).fetchall()

    def fetch_one(self, name: str, parameters: Mapping[str, Any]) -> Row | None:
        rows = self.fetch_all(name, parameters)
        assert len(rows) <= 1, f"{name} found {len(rows)} rows where one was asked for"
        return rows[0] if rows else None

    def fetch_page(
        self, name: str, parameters: Mapping[str, Any], paging: Paging, counts: str | None = None
    ) -> Page:
        """Run a query, and return the page of its rows that the paging asks for.

        `counts` names a query that counts the rows of all pages, `total` among others. Raises
        InvalidCursorError when the cursor's key does not fit the order.
        """
        query = read_query(name)
        statement = PAGE.format(
            query=sql.SQL(query.text),
            counts=sql.SQL(read_query(counts).text if counts else TOTAL),
            after=keyset(paging),
            order=order(paging.order),
            key=sql.SQL(", ").join(
                sql.SQL("{}::text").format(sql.Identifier(by.field)) for by in paging.order
            ),
        )
        values = {f"after_{at}": value for at, value in enumerate(paging.after or ())}
        try:
            rows = self.connection.execute(
                statement, query.fill(parameters) | values | {"page_limit": paging.limit + 1}
            ).fetchall()
        except psycopg.DataError as error:
            if paging.after is None:
                raise
            raise InvalidCursorError from error
        return as_page(rows, paging.limit)

    def fetch_each(
        self, name: str, parameters: Mapping[str, Any], fields: Sequence[By]
    ) -> Iterator[Row]:
        """Run a query when the first row is asked for, and yield its rows in order.

        A cursor on the server holds them, so that no more than BATCH are in memory. The statement
        time-out is that of each batch.
        """
        query = read_query(name)
        statement = EACH.format(query=sql.SQL(query.text), order=order(fields))
        with self.connection.cursor("each") as cursor:
            cursor.itersize = BATCH
            cursor.execute(statement, query.fill(parameters))
            yield from cursor


BATCH = 200

EACH = sql.SQL("SELECT matching.* FROM ({query}) AS matching ORDER BY {order}")

TOTAL = "SELECT count(*) AS total FROM matching"

# The counts are of all pages, hence taken before the cursor's condition; the outer join keeps them
# even when the page is empty.
PAGE = sql.SQL("""
WITH matching AS ({query}),
counted AS ({counts}),
page AS (
    SELECT matching.*, ARRAY[{key}] AS page_key
    FROM matching
    WHERE {after}
    ORDER BY {order}
    LIMIT %(page_limit)s
)
SELECT to_jsonb(counted) AS page_counts, page.*
FROM counted
LEFT JOIN page ON true
ORDER BY {order}
""")


def as_page(rows: list[Row], limit: int) -> Page:
    counts = rows[0].pop("page_counts")
    if rows[0]["page_key"] is None:
        return Page([], counts, None)
    keys: list[Sequence[str | None]] = [row.pop("page_key") for row in rows]
    is_last = len(rows) <= limit
    return Page(rows[:limit], counts, None if is_last else keys[limit - 1])


@dataclass(frozen=True)
class NamedQuery:
    """The text of a query file and the parameters that it names."""

    text: str
    names: frozenset[str]

    def fill(self, parameters: Mapping[str, Any]) -> Row:
        return {name: parameters.get(name) for name in self.names}


@cache
def read_query(name: str) -> NamedQuery:
    """Return sql/queries/<name>.sql without its comment lines.

    psycopg looks for placeholders in comments too, so "% of GDP" in one would be an error.
    """
    lines = (QUERIES / f"{name}.sql").read_text("utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("--"))
    return NamedQuery(text, frozenset(re.findall(r"%\((\w+)\)s", text)))

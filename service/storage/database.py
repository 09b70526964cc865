"""The pool, the snapshot a request reads, and the named queries."""

import re
from collections.abc import Callable, Generator, Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from threading import BoundedSemaphore, Timer
from time import monotonic
from typing import Any, LiteralString, NamedTuple, TypeVar

import orjson
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import set_json_loads
from psycopg.types.numeric import FloatLoader
from psycopg_pool import ConnectionPool, PoolTimeout

from schemas.dumping import Written
from service.config import Config

from .breaker import Breaker
from .codes import Codes
from .copying import Kinds, texts, values
from .paging import By, Page, Paging, keyset, order, within
from .prepared import PreparedConnection

QUERIES = Path(__file__).parents[2] / "sql" / "queries"
READER = "burdenshare_reader"

Row = dict[str, Any]
Made = TypeVar("Made")

# PostgreSQL is there, but gave up this query: it took too long, or a replica had to go on.
GIVEN_UP = (psycopg.errors.QueryCanceled, psycopg.errors.SerializationFailure)
# A table, column, function or right that this version needs is missing.
MISMATCH = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.UndefinedObject,
    psycopg.errors.UndefinedTable,
)
# Classes of SQLSTATE: PostgreSQL cannot read its files, or finds nonsense in them.
DAMAGED = ("58", "XX")
AWAY = (PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError)


class DatabaseUnavailableError(Exception):
    """PostgreSQL did not answer: away, out of connections, or slower than the time-out.

    `code` is that of the problem to answer with.
    """

    code = "database_unavailable"


class NoDataError(DatabaseUnavailableError):
    """No data are loaded."""

    code = "no_data_loaded"


class DatabaseMismatchError(DatabaseUnavailableError):
    """The database lacks something that this version of the service needs."""

    code = "database_mismatch"


class DatabaseDamagedError(DatabaseUnavailableError):
    """PostgreSQL could not read its own files."""

    code = "database_damaged"


class InvalidCursorError(Exception):
    """The key in a cursor is not one that the query's order could have given."""


class OutdatedError(Exception):
    """The data are of another revision than was taken for granted."""


# For how many seconds the queries are taken to be valid, once they were.
CHECKED_S = 5

# How much is kept of what was found in fixed rows.
FINDINGS = 1000


class Known(NamedTuple):
    """What is fixed for as long as the data are of one revision: {"revision", "changed_at"}, the
    rows of queries that take nothing, by name, as they come to be read, and what is found in them.
    """

    dataset: Row
    rows: dict[str, list[Row]]
    findings: dict[Hashable, Any]


class Database:
    """A pool of read-only connections, which starts with the first request of a worker."""

    def __init__(self, config: Config):
        self.config = config
        self.pool = ConnectionPool(
            reader_conninfo(config),
            connection_class=PreparedConnection,
            min_size=1,
            max_size=config.pool_size,
            timeout=config.pool_timeout_s,
            open=False,
            # Requests bring it back: trying for long at growing intervals would find it late.
            reconnect_timeout=1,
            configure=configure,
            kwargs={"row_factory": dict_row, "connect_timeout": 5},
            name="burdenshare",
        )

        self.breaker = Breaker()
        self.known: Known | None = None
        self.checked_at = float("-inf")
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

    def read(self, work: Callable[["Snapshot"], Made]) -> Made:
        """Return what `work` makes of a snapshot, in as few round trips as it has statements.

        The data are taken to be of the revision known already, and each statement says whether
        they are: as a load changes data and revision at once, statements of the same revision
        answer from the same moment without a transaction. Where one is of another, or the
        connection was lost since it was last used, `work` is done anew in a transaction.

        Raises DatabaseUnavailableError.
        """
        if self.known is not None and not self.breaker.is_away:
            try:
                return self.read_hastily(work, self.known)
            except (OutdatedError, ConnectionResetError):
                pass
        with self.snapshot() as snapshot:
            return work(snapshot)

    def read_hastily(self, work: Callable[["Snapshot"], Made], known: Known) -> Made:
        """Raise OutdatedError, or ConnectionResetError, where it is to be done anew."""
        with self.translating():
            connection = self.pool.getconn()
            try:
                snapshot = Snapshot(connection, self, known)
                try:
                    made = work(snapshot)
                except (OutdatedError, psycopg.Error):
                    raise
                except Exception:  # what is refused by what was known may be right by now
                    snapshot.confirm_anew()
                    raise
                if not snapshot.is_confirmed:
                    snapshot.confirm_anew()
                return made
            except psycopg.OperationalError as error:
                if connection.closed:
                    raise ConnectionResetError from error
                raise
            finally:
                self.pool.putconn(connection)

    @contextmanager
    def snapshot(self) -> Iterator["Snapshot"]:
        """Lend a connection inside one REPEATABLE READ transaction.

        Raises DatabaseUnavailableError, also for a database that is not migrated yet. A load that
        commits meanwhile is not seen.
        """
        if not self.breaker.admits():
            raise DatabaseUnavailableError("it was away a moment ago")
        with self.translating():
            if self.pool.closed:
                self.pool.open(wait=False)
            self.pool.check()
            with self.pool.connection() as connection, connection.transaction():
                self.breaker.succeeded()
                snapshot = Snapshot(connection, self)
                try:
                    yield snapshot
                finally:
                    snapshot.stop_reading()

    @contextmanager
    def translating(self) -> Iterator[None]:
        """Turn what PostgreSQL raises into the DatabaseUnavailableError that gives the reason."""
        began = monotonic()
        try:
            yield
        except GIVEN_UP as error:
            raise DatabaseUnavailableError(str(error)) from error
        except MISMATCH as error:
            raise DatabaseMismatchError(str(error)) from error
        except psycopg.Error as error:
            if (error.sqlstate or "").startswith(DAMAGED):
                raise DatabaseDamagedError(str(error)) from error
            if not isinstance(error, AWAY):
                raise
            # A wait for a connection may have begun before the database came back.
            self.breaker.failed(began if isinstance(error, PoolTimeout) else monotonic())
            raise DatabaseUnavailableError(str(error)) from error


def reader_conninfo(config: Config) -> str:
    """Return what to connect with: as the reader, read-only, with a limit on every statement."""
    url = config.database_reader_url or config.database_url or ""
    settings = [
        f"statement_timeout={config.statement_timeout_ms}",
        # Should the worker hang over a file that it sends, and not break it off itself.
        f"idle_in_transaction_session_timeout={2 * config.file_timeout_ms}",
        "datestyle=ISO",  # what psycopg reads, whatever the server's default
    ]
    if not config.database_reader_url:
        settings.append(f"role={READER}")
    given = conninfo_to_dict(url).get("options") or ""
    options = " ".join([str(given), *(f"-c {setting}" for setting in settings)]).strip()
    # Texts go to the client as they come.
    return make_conninfo(url, options=options, client_encoding="UTF8")


def configure(connection: psycopg.Connection[DictRow]) -> None:
    connection.autocommit = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    connection.cursor_factory = psycopg.RawCursor
    connection.server_cursor_factory = psycopg.RawServerCursor
    connection.execute(
        # Of single statements too. Statements are made for what they filter by, and planned once.
        # Where PostgreSQL prints a double it has all its digits, whatever is set on the server.
        "SET default_transaction_isolation = 'repeatable read';"
        "SET default_transaction_read_only = on;"
        "SET plan_cache_mode = force_generic_plan;"
        "SET extra_float_digits = 1"
    )
    # Stored exact, compared exact in SQL, and turned into the nearest double only on the way out.
    connection.adapters.register_loader("numeric", FloatLoader)
    set_json_loads(orjson.loads, connection)


@dataclass
class Snapshot:
    """What one request sees: every query of it answers from the same moment.

    `known` is what is taken for granted of that moment, until a statement confirms it; None in a
    transaction.
    """

    connection: PreparedConnection
    database: Database
    known: Known | None = None
    is_confirmed: bool = field(default=False, init=False)
    reading: list[Generator[Any]] = field(default_factory=list, init=False)

    def stop_reading(self) -> None:
        """Close the cursors of rows that nobody read to the end.

        Later, the connection is another request's, whose cursor they would close.
        """
        for rows in self.reading:
            rows.close()

    @cached_property
    def dataset(self) -> Row:
        """The revision and the instant of the last change: {"revision", "changed_at"}."""
        return self.fixed.dataset

    @cached_property
    def fixed(self) -> Known:
        if self.known is not None:
            return self.known
        found = self.fetch_one("dataset/get", {})
        if found is None:
            raise NoDataError("no data are loaded yet")
        newest = self.database.known
        if newest is None or newest.dataset != found:
            newest = self.database.known = Known(found, {}, {})
        return newest

    @cached_property
    def codes(self) -> Codes:
        return Codes.at(self.dataset["revision"], self.fetch_fixed)

    def fetch_fixed(self, name: str) -> list[Row]:
        """Run a query that takes nothing, once for each revision of the data."""
        rows = self.fixed.rows
        if name not in rows:
            rows[name] = self.fetch_all(name, {})
        return rows[name]

    def find_once(self, what: Hashable, find: Callable[[], Made]) -> Made:
        """Return what is found in rows that are fixed, looked for again once it is forgotten.

        What `find` raises is not kept.
        """
        findings: dict[Hashable, Made] = self.fixed.findings
        found = findings.get(what)
        if found is None:
            found = find()
            if len(findings) >= FINDINGS:
                findings.clear()
            findings[what] = found
        return found

    def fetch_all(self, name: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Run sql/queries/<name>.sql; a parameter left out is NULL."""
        rows = self.run(whole(name, given(parameters), self.known is not None), parameters)
        if self.known is not None:
            if not rows:
                if not self.is_confirmed:
                    # To ask for the revision now would not say of which one there was nothing:
                    # a replica may have gone on meanwhile.
                    raise OutdatedError
                self.confirm_anew()
            for row in rows:
                self.confirm(row.pop("found_revision"))
        return rows

    def fetch_one(self, name: str, parameters: Mapping[str, Any]) -> Row | None:
        rows = self.fetch_all(name, parameters)
        assert len(rows) <= 1, f"{name} found {len(rows)} rows where one was asked for"
        return rows[0] if rows else None

    def fetch_page(
        self,
        name: str,
        parameters: Mapping[str, Any],
        paging: Paging,
        counts: str | None = None,
        is_long: bool = False,
    ) -> Page:
        """Run a query, and return the page of its rows that the paging asks for.

        `counts` names a query that counts the rows of all pages, `total` among others. What may be
        long is a plain SELECT, with an index in its own order. Raises InvalidCursorError when the
        cursor's key does not fit the order.
        """
        form = LONG if is_long else SHORT
        with refusing(paging):
            statement, values = statement_of_page(form, name, parameters, paging, counts)
            rows = self.connection.execute(statement.text, values).fetchall()
        self.confirm(rows[0].pop("page_revision"))
        return as_page(rows, paging.limit)

    def fetch_written_page(self, name: str, parameters: Mapping[str, Any], paging: Paging) -> Page:
        """Do as fetch_page does for a query whose rows have their JSON in a column `json`."""
        with refusing(paging):
            statement, values = statement_of_page(WRITTEN, name, parameters, paging)
            found = self.connection.fetch_texts(statement.text, values)
        revision, total, taken, key, rows = found
        self.confirm(revision.decode())
        last_key = None if key is None else orjson.loads(key)
        length = min(int(taken), paging.limit)
        return Page(Written(rows, length), {"total": int(total)}, last_key)

    def fetch_each(self, name: str, parameters: Mapping[str, Any], fields: Sequence[By]) -> "Rows":
        """Return the rows of a query in order, which is run when the first is asked for."""
        return Rows(self, name, parameters, tuple(fields))

    def run(self, statement: "Statement", parameters: Mapping[str, Any]) -> list[Row]:
        return self.connection.execute(statement.text, statement.fill(parameters)).fetchall()

    def check_queries(self) -> None:
        """Have PostgreSQL plan every query, unless that was done a moment ago.

        It raises an error for each table, column, function or right that is missing.
        """
        if monotonic() - self.database.checked_at < CHECKED_S:
            return
        for name in every_query():
            statement = whole(name, frozenset(), False)
            self.connection.execute(b"EXPLAIN " + statement.text, statement.fill({}))
        self.database.checked_at = monotonic()

    def confirm(self, revision: object) -> None:
        """Raise OutdatedError unless it is the revision that was taken for granted."""
        if self.known is not None and revision != self.known.dataset["revision"]:
            raise OutdatedError
        self.is_confirmed = True

    def confirm_anew(self) -> None:
        found = self.run(whole("dataset/get", frozenset(), False), {})
        self.confirm(found[0]["revision"] if found else None)


@dataclass
class Rows:
    """The rows of a query in order: to be read once, one by one or as CSV."""

    snapshot: Snapshot
    name: str
    parameters: Mapping[str, Any]
    fields: tuple[By, ...]

    def __iter__(self) -> Generator[Row]:
        """Return the rows, to be read as long as the snapshot lasts."""
        return self.started(self.each())

    def copied(self, kinds: Kinds) -> Generator[bytes]:
        """Return the rows as lines of CSV, each row's fields by their kinds."""
        return self.started(self.copy(kinds))

    def started(self, rows: Generator[Made]) -> Generator[Made]:
        self.snapshot.reading.append(rows)
        return rows

    def each(self) -> Generator[Row]:
        """Yield the rows.

        A cursor on the server holds them, so that no more than BATCH are in memory. The statement
        time-out is that of each batch.
        """
        statement = each(self.name, self.fields, given(self.parameters))
        with self.snapshot.connection.cursor("each") as cursor:
            cursor.itersize = BATCH
            cursor.execute(statement.text, statement.fill(self.parameters))
            yield from cursor

    def copy(self, kinds: Kinds) -> Generator[bytes]:
        """Yield lines of CSV, some BLOCK bytes at a time.

        The statement time-out is that of the first. All of them have the time that a file has:
        PostgreSQL takes COPY for one statement, however long the client takes to read.
        """
        connection, config = self.snapshot.connection, self.snapshot.database.config
        statement = copying(self.name, self.fields, kinds, given(self.parameters))
        text = statement.written(self.parameters, connection)
        timeout = [str(config.file_timeout_ms)]
        connection.execute("SELECT set_config('statement_timeout', $1, true)", timeout)
        with ExitStack() as waiting, connection.cursor() as cursor:
            waiting.enter_context(cancelling(connection, config.statement_timeout_ms / 1000))
            with cursor.copy(text) as copy:
                while block := next_block(copy):
                    waiting.close()
                    yield block


@contextmanager
def cancelling(connection: psycopg.Connection[DictRow], seconds: float) -> Iterator[None]:
    """Cancel what runs on the connection after so long, unless left before."""
    timer = Timer(seconds, connection.cancel)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # lest it cancel somebody else's


def next_block(copy: psycopg.Copy) -> bytes:
    """Read some BLOCK bytes of rows, each of which PostgreSQL sends by itself and ends with LF."""
    rows, size = [], 0
    while size < BLOCK and (row := copy.read()):
        rows.append(row)
        size += len(row)
    block = b"".join(rows)
    if block.count(b"\n") == len(rows):
        return block.replace(b"\n", b"\r\n")
    # There are others in texts, which stay as they are.
    return b"".join(bytes(row[:-1]) + b"\r\n" for row in rows)


BATCH = 200
BLOCK = 2**16

EACH = sql.SQL("SELECT matching.* FROM ({query}) AS matching ORDER BY {order}")

COPY = sql.SQL("""
COPY (
    SELECT {texts}
    FROM (SELECT {values} FROM ({query}) AS matching ORDER BY {order}) AS found
) TO STDOUT (FORMAT csv, ENCODING 'UTF8')
""")

TOTAL = "SELECT count(*) AS total FROM matching"

IN_ORDER = """
WITH {found},
numbered AS (
    SELECT row_number() OVER (ORDER BY {order}) AS page_row, page.*
    FROM page
)
"""

# The counts are of all pages, hence taken before the cursor's condition; the outer join keeps them
# even when the page is empty. What is the same for all rows, or of the last one, is sent once.
ROWS = """
SELECT
    CASE WHEN coalesce(numbered.page_row, 1) = 1 THEN to_jsonb(counted) END AS page_counts,
    CASE
        WHEN coalesce(numbered.page_row, 1) = 1 THEN (SELECT dataset.revision::text FROM dataset)
    END AS page_revision,
    CASE WHEN numbered.page_row = %(page_limit)s - 1 THEN ARRAY[{key}] END AS page_key,
    numbered.*
FROM counted
LEFT JOIN numbered ON true
ORDER BY numbered.page_row
"""

# The rows as one text, of the one row beyond the page nothing. Where all rows are on one page,
# nothing else counts them: PostgreSQL runs a subquery of a CASE when it comes to it.
JOINED = """
SELECT
    (SELECT dataset.revision::text FROM dataset) AS page_revision,
    CASE
        WHEN {is_first} AND found.page_taken < %(page_limit)s THEN found.page_taken
        ELSE (SELECT count(*) FROM matching)
    END AS page_total,
    found.*
FROM (
    SELECT
        count(*) AS page_taken,
        CASE
            WHEN count(*) = %(page_limit)s
                THEN to_jsonb(
                    max(ARRAY[{key}]) FILTER (WHERE numbered.page_row = %(page_limit)s - 1)
                )
        END AS page_key,
        coalesce(
            string_agg(numbered.json, ',' ORDER BY {order})
            FILTER (WHERE numbered.page_row < %(page_limit)s),
            ''
        ) AS page_json
    FROM numbered
) AS found
"""

OF_MATCHING = """
    SELECT matching.*
    FROM matching
    WHERE {after}
    ORDER BY {order}
    LIMIT %(page_limit)s
"""

PLAIN = """
matching AS ({query}),
counted AS ({counts}),
page AS ({of_matching})
"""

# Of the columns no more than are sorted by: what the others take to make is spared. Rows that are
# to be counted too are looked for twice, since setting them aside would cost every page more.
NARROW = """
matching AS NOT MATERIALIZED (
    SELECT {columns}, every.json
    FROM ({query}) AS every
),
page AS ({of_matching})
"""

# Above it rows are taken in the order of an index, below all are taken and sorted: PostgreSQL does
# not know how many there are before it has counted, and walks the index past a million for ten.
FEW = 10_000

INDEXED = """
counted AS (
    WITH matching AS ({query})
    {counts}
),
few AS (
    WITH matching AS MATERIALIZED (
        SELECT every.*
        FROM ({query}) AS every
        WHERE (SELECT counted.total FROM counted) <= {few}
    )
    {of_matching}
),
many AS (
    SELECT matching.*
    FROM ({query}) AS matching
    WHERE
        (SELECT counted.total FROM counted) > {few}
        AND {within}
        AND ({after})
    ORDER BY {order}
    LIMIT %(page_limit)s
),
page AS (
    SELECT few.*
    FROM few
    UNION ALL
    SELECT many.*
    FROM many
)
"""


def form_of(found: LiteralString, sent: LiteralString) -> LiteralString:
    return (IN_ORDER.replace("{found}", found) + sent).replace("{of_matching}", OF_MATCHING)


SHORT, LONG, WRITTEN = form_of(PLAIN, ROWS), form_of(INDEXED, ROWS), form_of(NARROW, JOINED)


@contextmanager
def refusing(paging: Paging) -> Iterator[None]:
    """Take for a fault of the cursor that its values are none of the fields of the order."""
    try:
        yield
    except psycopg.DataError as error:
        if paging.after is None:
            raise
        raise InvalidCursorError from error


def as_page(rows: list[Row], limit: int) -> Page:
    counts = rows[0]["page_counts"]
    if rows[0]["page_row"] is None:
        return Page([], counts, None)
    is_last = len(rows) <= limit
    key = None if is_last else rows[limit - 1]["page_key"]
    return Page(rows[:limit], counts, key)


# A statement says by itself which revision it answers from.
WITH_REVISION = sql.SQL("""
SELECT
    (SELECT dataset.revision::text FROM dataset) AS found_revision,
    found.*
FROM ({query}) AS found
""")


class Statement(NamedTuple):
    """A statement as PostgreSQL takes it, and the parameters that $1, $2, … stand for.

    Of those in `single`, which are lists of one value, it takes that value.
    """

    text: bytes
    names: tuple[str, ...]
    single: frozenset[str]

    def fill(self, parameters: Mapping[str, Any]) -> list[Any]:
        return [
            parameters[name][0] if name in self.single else parameters.get(name)
            for name in self.names
        ]

    def written(
        self, parameters: Mapping[str, Any], connection: psycopg.Connection[DictRow]
    ) -> bytes:
        """Return the text with the parameters in it, for statements that take none."""
        literals = [sql.Literal(value).as_bytes(connection) for value in self.fill(parameters)]
        return NUMBERED.sub(lambda found: b"(%b)" % literals[int(found[1]) - 1], self.text)


NUMBERED = re.compile(rb"\$(\d+)")
PARAMETER = re.compile(r"%\((\w+)\)s")
IS_NULL = re.compile(r"%\((\w+)\)s::[\w\[\]]+ IS (NOT )?NULL")

ANY = re.compile(r"= any\(%\((\w+)\)s(?:::text\[\])?\)")
# How a parameter is named among those given when it is a list of one value.
SINGLE = "{}[1]"

Given = frozenset[str]


def given(parameters: Mapping[str, Any]) -> Given:
    """Return the names of the parameters that are given; those of one value say so too."""
    names = [name for name, value in parameters.items() if value is not None]
    single = [SINGLE.format(name) for name in names if is_single(parameters[name])]
    return frozenset(names + single)


def is_single(value: object) -> bool:
    return isinstance(value, list) and len(value) == 1


def lists(parameters: Mapping[str, Any]) -> Given:
    return frozenset(name for name, value in parameters.items() if isinstance(value, list))


def nulls(after: Sequence[str | None] | None) -> tuple[bool, ...] | None:
    return None if after is None else tuple(part is None for part in after)


def statement_of(text: str, given: Given) -> Statement:
    """Number the parameters given, and write NULL for the others: no filter is planned that is not
    asked for.

    What is known of a condition stands beside it, so that it goes on giving its parameter a type.
    """

    names = tuple(name for name in dict.fromkeys(PARAMETER.findall(text)) if name in given)
    numbers = {name: f"${at}" for at, name in enumerate(names, 1)}
    single = frozenset(name for name in ANY.findall(text) if SINGLE.format(name) in given)

    def folded(found: re.Match[str]) -> str:
        is_true = (found[1] in given) == bool(found[2])
        return f"({'true OR' if is_true else 'false AND'} {found[0]})"

    def alone(found: re.Match[str]) -> str:
        """Write a list of one value as that value: a plan expects ten of any list."""
        return f"= {numbers[found[1]]}::text" if found[1] in single else found[0]

    def numbered(found: re.Match[str]) -> str:
        number = numbers.get(found[1], "NULL")
        return f"ARRAY[{number}::text]" if found[1] in single else number

    text = ANY.sub(alone, IS_NULL.sub(folded, text))
    text = PARAMETER.sub(numbered, text).replace("%%", "%")
    return Statement(text.encode(), names, single)


# There are as many statements as ways to ask: few are asked, any could be.
STATEMENTS = 500


@lru_cache(STATEMENTS)
def whole(name: str, given: Given, with_revision: bool) -> Statement:
    text = read_query(name)
    if with_revision:
        text = WITH_REVISION.format(query=sql.SQL(text)).as_string()
    return statement_of(text, given)


def statement_of_page(
    form: LiteralString,
    name: str,
    parameters: Mapping[str, Any],
    paging: Paging,
    counts: str | None = None,
) -> tuple[Statement, list[Any]]:
    """Return the statement of a page, and the values that it takes."""
    values = {f"after_{at}": value for at, value in enumerate(paging.after or ())}
    asked = {**parameters, **values, "page_limit": paging.limit + 1}
    several = lists(parameters) if form is LONG else frozenset[str]()
    statement = paged(form, name, counts, paging.order, nulls(paging.after), given(asked), several)
    return statement, statement.fill(asked)


@lru_cache(STATEMENTS)
def paged(
    form: LiteralString,
    name: str,
    counts: str | None,
    fields: tuple[By, ...],
    nulls: tuple[bool, ...] | None,
    given: Given,
    several: Given,
) -> Statement:
    after = None if nulls is None else [None if is_null else "" for is_null in nulls]
    statement = sql.SQL(form).format(
        query=sql.SQL(read_query(name)),
        counts=sql.SQL(read_query(counts) if counts else TOTAL),
        after=keyset(Paging(fields, 0, after)),
        is_first=sql.SQL("true" if nulls is None else "false"),
        within=within(fields, several),
        few=sql.Literal(FEW),
        columns=sql.SQL(", ").join(sql.Identifier("every", by.field) for by in fields),
        order=order(fields),
        key=sql.SQL(", ").join(
            sql.SQL("numbered.{}::text").format(sql.Identifier(by.field)) for by in fields
        ),
    )
    return statement_of(statement.as_string(), given)


@lru_cache(STATEMENTS)
def each(name: str, fields: tuple[By, ...], given: Given) -> Statement:
    statement = EACH.format(query=sql.SQL(read_query(name)), order=order(fields))
    return statement_of(statement.as_string(), given)


@lru_cache(STATEMENTS)
def copying(name: str, fields: tuple[By, ...], kinds: Kinds, given: Given) -> Statement:
    statement = COPY.format(
        texts=texts(kinds),
        values=values(kinds),
        query=sql.SQL(read_query(name)),
        order=order(fields),
    )
    return statement_of(statement.as_string(), given)


@cache
def every_query() -> tuple[str, ...]:
    """Return the names of the queries, but for counts, which are of another one's rows."""
    paths = sorted(QUERIES.rglob("*.sql"))
    names = (path.relative_to(QUERIES).with_suffix("").as_posix() for path in paths)
    return tuple(name for name in names if not name.endswith("/counts"))


@cache
def read_query(name: str) -> str:
    """Return sql/queries/<name>.sql without its comment lines."""
    lines = (QUERIES / f"{name}.sql").read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("--"))

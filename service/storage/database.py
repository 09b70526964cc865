"""The pool of connections, and the snapshots that requests read on them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from time import monotonic
from typing import TypeVar

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from service.config import Config

from .breaker import Breaker
from .connection import configure, reader_conninfo
from .errors import (
    DatabaseDamagedError,
    DatabaseMismatchError,
    DatabaseUnavailableError,
    LostConnectionError,
    OutdatedError,
)
from .prepared import PreparedConnection
from .revision import Revision
from .snapshot import Snapshot

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
        self.known: Revision | None = None
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

    def read(self, work: Callable[[Snapshot], Made]) -> Made:
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
            except (OutdatedError, LostConnectionError):
                pass
        with self.snapshot() as snapshot:
            return work(snapshot)

    def read_hastily(self, work: Callable[[Snapshot], Made], known: Revision) -> Made:
        """Raise OutdatedError or LostConnectionError if the work has to be repeated."""
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
                    raise LostConnectionError from error
                raise
            finally:
                self.pool.putconn(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
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

"""The rows of a list in a file: read while it is sent, one by one or as CSV."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Timer
from typing import TYPE_CHECKING, TypeVar

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from . import pages
from .csv_copy import Kinds
from .paging import By
from .revision import Row
from .statements import Asked

if TYPE_CHECKING:
    from .snapshot import Snapshot

Made = TypeVar("Made")

# How many rows are fetched at once, and how many bytes of CSV.
BATCH = 200
BLOCK = 2**16


@dataclass
class Rows:
    """The rows of a query in order, to be read once, as long as the snapshot lasts."""

    snapshot: "Snapshot"
    name: str
    asked: Asked
    fields: tuple[By, ...]

    def __iter__(self) -> Generator[Row]:
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
        values, conditions, newest = self.asked
        statement = pages.in_order(self.name, self.fields, conditions, newest, frozenset(values))
        with self.snapshot.connection.cursor("each") as cursor:
            cursor.itersize = BATCH
            cursor.execute(statement.text, statement.fill(values))
            yield from cursor

    def copy(self, kinds: Kinds) -> Generator[bytes]:
        """Yield lines of CSV, some BLOCK bytes at a time.

        The statement time-out is that of the first. All of them have the time that a file has:
        PostgreSQL takes COPY for one statement, however long the client takes to read.
        """
        connection, config = self.snapshot.connection, self.snapshot.database.config
        values, conditions, newest = self.asked
        text = pages.as_csv(self.name, self.fields, kinds, conditions, newest)
        # COPY takes no parameters.
        literals = Literals(
            (name, f"({sql.Literal(value).as_string(connection)})")
            for name, value in values.items()
        )
        timeout = [str(config.file_timeout_ms)]
        connection.execute("SELECT set_config('statement_timeout', $1, true)", timeout)
        with ExitStack() as waiting, connection.cursor() as cursor:
            waiting.enter_context(cancelling(connection, config.statement_timeout_ms / 1000))
            with cursor.copy((text % literals).encode()) as copy:
                while block := next_block(copy):
                    waiting.close()
                    yield block


class Literals(dict[str, str]):
    """Parameters as literals; any other is NULL."""

    def __missing__(self, name: str) -> str:
        return "NULL"


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
    """Read about BLOCK bytes of rows. PostgreSQL sends each row by itself, ended by LF."""
    rows, size = [], 0
    while size < BLOCK and (row := copy.read()):
        rows.append(row)
        size += len(row)
    block = b"".join(rows)
    if block.count(b"\n") == len(rows):
        return block.replace(b"\n", b"\r\n")
    # There are others in texts, which stay as they are.
    return b"".join(bytes(row[:-1]) + b"\r\n" for row in rows)

"""What one request reads: every query of it answers from the same moment."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
import psycopg

from schemas.dumping import Written

from . import pages
from .code_lookup import Codes
from .errors import InvalidCursorError, NoDataError, OutdatedError
from .file_rows import Rows
from .paging import By, Page, Paging
from .prepared import PreparedConnection
from .revision import Revision, Row
from .statements import Asked, ask, every_query, revised, whole

if TYPE_CHECKING:
    from .database import Database

Made = TypeVar("Made")

# For how many seconds the queries are taken to be valid, once they were.
CHECKED_S = 5


@dataclass
class Snapshot:
    """A connection, and the moment that it reads.

    `known` is the revision that is assumed, until a statement confirms it; None in a transaction.
    """

    connection: PreparedConnection
    database: "Database"
    known: Revision | None = None
    is_confirmed: bool = field(default=False, init=False)
    reading: list[Generator[Any]] = field(default_factory=list, init=False)
    found: Revision | None = field(default=None, init=False)

    def stop_reading(self) -> None:
        """Close the cursors of rows that nobody read to the end.

        Later, the connection is another request's, whose cursor they would close.
        """
        for rows in self.reading:
            rows.close()

    @property
    def revision(self) -> Revision:
        """Return what holds for the revision. Raises NoDataError."""
        revision = self.known or self.found
        return self.find_revision() if revision is None else revision

    def find_revision(self) -> Revision:
        dataset = self.fetch_one("dataset/get", {})
        if dataset is None:
            raise NoDataError("no data are loaded yet")
        newest = self.database.known
        if newest is None or newest.dataset != dataset:
            newest = self.database.known = Revision(dataset)
        self.found = newest
        return newest

    @property
    def dataset(self) -> Row:
        """The revision and the instant of the last change: {"revision", "changed_at"}."""
        return self.revision.dataset

    @property
    def codes(self) -> Codes:
        revision = self.revision
        if revision.codes is None:
            withdrawn = self.fetch_fixed("releases/withdrawn")
            revision.codes = Codes(self.fetch_fixed("codes/list"), withdrawn)
        return revision.codes

    def fetch_fixed(self, name: str) -> list[Row]:
        """Run a query that takes nothing, once for each revision of the data."""
        rows = self.revision.rows
        if name not in rows:
            rows[name] = self.fetch_all(name, {})
        return rows[name]

    def fetch_all(self, name: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Run sql/queries/<name>.sql.

        A parameter that the file takes is NULL if left out; any other one is a condition on the
        column of its name.
        """
        asked = ask(name, parameters)
        given = frozenset(asked.values)
        if self.known is None:
            statement = whole(name, asked.conditions, given)
            return self.connection.execute(statement.text, statement.fill(asked.values)).fetchall()
        statement = revised(name, asked.conditions, given)
        rows = self.connection.execute(statement.text, statement.fill(asked.values)).fetchall()
        if not rows:
            if not self.is_confirmed:
                # To ask for the revision now would not say of which one there was nothing: a
                # replica may have gone on meanwhile.
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
        asked: Asked,
        paging: Paging,
        counts: str | None = None,
        is_long: bool = False,
    ) -> Page:
        """Run a query, and return the page of its rows that the paging asks for.

        `counts` names a query that counts the rows of all pages, `total` among others. What may be
        long is a plain SELECT, with an index in its own order. Raises InvalidCursorError when the
        cursor's key does not fit the order.
        """
        with refusing(paging):
            text, values = self.paged("long" if is_long else "short", name, asked, paging, counts)
            rows: list[Row] = self.connection.execute(text, values).fetchall()
        first = rows[0]
        self.confirm(first.pop("page_revision"))
        if first["page_row"] is None:
            return Page([], first["page_counts"], None)
        is_last = len(rows) <= paging.limit
        key = None if is_last else rows[paging.limit - 1]["page_key"]
        return Page(rows[: paging.limit], first["page_counts"], key)

    def fetch_written_page(self, name: str, asked: Asked, paging: Paging) -> Page:
        """Do as fetch_page does for a query whose rows have their JSON in a column `json`."""
        with refusing(paging):
            text, values = self.paged("written", name, asked, paging)
            revision, total, taken, key, rows = self.connection.fetch_texts(text, values)
        self.confirm(revision.decode())
        last_key = None if key is None else orjson.loads(key)
        return Page(Written(rows, min(int(taken), paging.limit)), {"total": int(total)}, last_key)

    def paged(
        self, form: str, name: str, asked: Asked, paging: Paging, counts: str | None = None
    ) -> tuple[bytes, list[Any]]:
        """Return the statement of a page, and the values that it takes."""
        values, nulls = {**asked.values, "page_limit": paging.limit + 1}, None
        if paging.after is not None:
            values |= {f"after_{at}": value for at, value in enumerate(paging.after)}
            nulls = tuple(value is None for value in paging.after)
        statement = pages.paged(
            form,
            name,
            counts,
            paging.order,
            nulls,
            asked.conditions,
            asked.newest,
            frozenset(values),
        )
        return statement.text, statement.fill(values)

    def fetch_each(self, name: str, asked: Asked, fields: Sequence[By]) -> Rows:
        """Return the rows of a query in order, which is run when the first is asked for."""
        return Rows(self, name, asked, tuple(fields))

    def check_queries(self) -> None:
        """Have PostgreSQL plan every query, unless that was done a moment ago.

        It raises an error for each table, column, function or right that is missing.
        """
        if monotonic() - self.database.checked_at < CHECKED_S:
            return
        for name in every_query():
            statement = whole(name, (), frozenset())
            self.connection.execute(b"EXPLAIN " + statement.text, statement.fill({}))
        self.database.checked_at = monotonic()

    def confirm(self, revision: object) -> None:
        """Raise OutdatedError unless it is the revision that was assumed."""
        if self.known is not None and revision != self.known.dataset["revision"]:
            raise OutdatedError
        self.is_confirmed = True

    def confirm_anew(self) -> None:
        statement = whole("dataset/get", (), frozenset())
        found = self.connection.execute(statement.text, []).fetchone()
        self.confirm(found and found["revision"])


@contextmanager
def refusing(paging: Paging) -> Iterator[None]:
    """Take for a fault of the cursor that its values are none of the fields of the order."""
    try:
        yield
    except psycopg.DataError as error:
        if paging.after is None:
            raise
        raise InvalidCursorError from error

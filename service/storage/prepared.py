"""Statements run by libpq alone: what a cursor does around one takes longer than the statement."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from psycopg import Connection, OperationalError, errors, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.rows import DictRow

# PostgreSQL keeps what it knows of each for as long as the connection lasts.
MOST = 100


class PreparedConnection(Connection[DictRow]):
    """A connection that has each statement parsed and planned once, at its first use."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.prepared: OrderedDict[bytes, bytes] = OrderedDict()
        self.adapting = Transformer(self)

    def fetch_texts(self, statement: bytes, values: Sequence[Any]) -> list[Any]:
        """Return the one row of a statement: bytes as PostgreSQL writes each column, None for NULL.

        The values stand for $1, $2 and so on, whose types the statement says. Raises psycopg.Error.
        """
        given = self.adapting.dump_sequence(values, [PyFormat.TEXT] * len(values))
        if self.pgconn.transaction_status != pq.TransactionStatus.IDLE:
            # What fails in a transaction ends it: nothing is taken to be prepared.
            result = checked(self.pgconn.exec_params(statement, given))
        else:
            try:
                result = self.run_prepared(statement, given)
            except errors.InvalidSqlStatementName:
                # psycopg drops all after a rollback, and behind a pooler sessions change.
                self.prepared.clear()
                result = checked(self.pgconn.exec_params(statement, given))
        assert result.ntuples == 1
        return list(map(result.get_value, [0] * result.nfields, range(result.nfields)))

    def run_prepared(self, statement: bytes, given: Sequence[Any]) -> pq.abc.PGresult:
        name = self.prepared.get(statement) or self.prepare(statement)
        self.prepared.move_to_end(statement)
        return checked(self.pgconn.exec_prepared(name, given))

    def prepare(self, statement: bytes) -> bytes:
        while len(self.prepared) >= MOST:
            _, oldest = self.prepared.popitem(last=False)
            checked(self.pgconn.exec_(b"DEALLOCATE " + oldest))
        # Named after what it is: under no name does a session hold anything else.
        name = b"burdenshare_" + hashlib.sha256(statement).hexdigest()[:32].encode()
        with suppress(errors.DuplicatePreparedStatement):
            checked(self.pgconn.prepare(name, statement))
        self.prepared[statement] = name
        return name


def checked(result: pq.abc.PGresult) -> pq.abc.PGresult:
    """Return a result. Raises the psycopg.Error that it is of, as a cursor would."""
    if result.status in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
        return result
    if result.error_field(pq.DiagnosticField.SQLSTATE) is None:
        raise OperationalError(pq.error_message(result))  # libpq says it: the connection is lost
    raise errors.error_from_result(result)

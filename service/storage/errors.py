"""What reading the database can fail with."""


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
    """The data are of another revision than was assumed."""


class LostConnectionError(Exception):
    """A connection of the pool was lost since it was last used."""

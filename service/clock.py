"""What day it is, asked in one place: what became of a promise depends on it."""

from datetime import UTC, date, datetime


def today() -> date:
    """Return the current day in UTC."""
    return datetime.now(UTC).date()

"""Cursors: where the next page starts, and the check of those that clients send back."""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from schemas.base import LONGEST_CURSOR
from service.problems import invalid_cursor
from service.storage.paging import By

if TYPE_CHECKING:
    from .question import Question

# As PostgreSQL writes them: `bigint`, and `numeric` or a double, none of which is NaN or Infinity.
INTEGER = re.compile(r"-?[0-9]{1,18}")
NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?(e[+-][0-9]{1,2})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(DAY.pattern + r" [0-9:.]{8,15}[+-][0-9:]{2,8}")


class Cursor(NamedTuple):
    """What a cursor holds: the query it belongs to, its release, the last row's key as text."""

    query: str
    release: str | None
    key: Sequence[str | None]

    def encoded(self) -> str:
        text = json.dumps(self._asdict(), separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(given: str, question: "Question") -> Cursor:
    """Return the cursor. Raises a 400 ProblemError for one that this query did not give out."""
    if len(given) > LONGEST_CURSOR:
        raise invalid_cursor()
    try:
        text = base64.urlsafe_b64decode(given + "==")
        cursor = Cursor(**json.loads(text))
    except (ValueError, TypeError, RecursionError) as error:
        raise invalid_cursor() from error
    texts = [cursor.query, *([] if cursor.release is None else [cursor.release])]
    is_whole = isinstance(cursor.key, list) and all(map(is_text, texts))
    if not is_whole or cursor.query != question.fingerprint:
        raise invalid_cursor()
    return cursor


def key_of(cursor: Cursor, order: Sequence[By], release: str | None) -> Sequence[str | None]:
    """Return the key to go on from in an order of a release.

    Raises a 400 ProblemError unless the cursor is of that release, and each value fits its field.
    """
    is_whole = cursor.release == release and len(cursor.key) == len(order)
    if not (is_whole and all(map(fits, cursor.key, order))):
        raise invalid_cursor()
    return cursor.key


def fits(value: object, by: By) -> bool:
    if value is None:
        return by.is_nullable
    return isinstance(value, str) and is_text(value) and FITS[by.sql_type](value)


def is_text(value: object) -> bool:
    """Return whether it is a text that PostgreSQL takes: UTF-8, without NUL."""
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def matching(pattern: re.Pattern[str], read: Callable[[str], object]) -> Callable[[str], bool]:
    """Return a check that a text has a form, and that `read` takes it."""

    def check(text: str) -> bool:
        try:
            return pattern.fullmatch(text) is not None and read(text) is not None
        except ValueError:
            return False

    return check


FITS: Mapping[str, Callable[[str], bool]] = {
    "text": is_text,
    "bigint": matching(INTEGER, int),
    "numeric": matching(NUMBER, float),
    "boolean": lambda text: text in ("true", "false"),
    "date": matching(DAY, date.fromisoformat),
    "timestamptz": matching(INSTANT, datetime.fromisoformat),
}

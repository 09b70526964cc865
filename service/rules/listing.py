"""Filtering, ordering and paging rows that are computed here, as PostgreSQL does its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from schemas.base import Range
from service.storage.paging import By, Page, Paging
from service.storage.revision import Row

# A key is compared column by column. Text compares by code point, which is the order of its bytes.
Key = tuple[Any, ...]

# From the text of a value in a cursor, by SQL type.
READ: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "bigint": int,
    "numeric": Decimal,
    "boolean": lambda text: text == "true",
    "date": date.fromisoformat,
}


def matching(rows: Iterable[Row], filters: Mapping[str, Any]) -> list[Row]:
    """Return the rows whose fields match what is asked of each: a range, a list or a value."""
    return [row for row in rows if all(matches(row[name], filters[name]) for name in filters)]


def matches(value: Any, asked: Any) -> bool:
    if isinstance(asked, Range):
        return value is not None and is_within(value, asked)
    return value in asked if isinstance(asked, list) else bool(value == asked)


def is_within(value: Any, asked: Range) -> bool:
    read = date.fromisoformat if asked.sql_type == "daterange" else Decimal
    lower, upper = asked.text[1:-1].split(",")
    return (not lower or value >= read(lower)) and (not upper or value <= read(upper))


def ordered(rows: Iterable[Row], order: Sequence[By]) -> list[Row]:
    by_key = cmp_to_key(comparison(order))
    return sorted(rows, key=lambda row: by_key(key_of(row, order)))


def page_of(rows: Sequence[Row], paging: Paging) -> Page:
    """Return the page of ordered rows that the paging asks for."""
    order, ahead = paging.order, rows
    if paging.after is not None:
        after, compared = key_read(paging.after, order), comparison(order)
        ahead = [row for row in rows if compared(key_of(row, order), after) > 0]
    taken = list(ahead[: paging.limit])
    last_key = key_written(key_of(taken[-1], order)) if len(ahead) > paging.limit else None
    return Page(taken, {"total": len(rows)}, last_key)


def key_of(row: Row, order: Sequence[By]) -> Key:
    return tuple(row[by.field] for by in order)


def comparison(order: Sequence[By]) -> Callable[[Key, Key], int]:
    """Return what compares two keys: below 0 where the first comes first. Nulls come last."""

    def compare(one: Key, other: Key) -> int:
        for by, first, second in zip(order, one, other, strict=True):
            if first == second:
                continue
            if first is None or second is None:
                return 1 if first is None else -1
            return 1 if (first > second) != by.is_descending else -1
        return 0

    return compare


def key_read(texts: Sequence[str | None], order: Sequence[By]) -> Key:
    return tuple(
        None if text is None else READ[by.sql_type](text)
        for text, by in zip(texts, order, strict=True)
    )


def key_written(key: Key) -> list[str | None]:
    return [None if value is None else written(value) for value in key]


def written(value: Any) -> str:
    """Return the text that PostgreSQL casts a value to."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)

"""What is on its way out: since when, until when, and what to use instead."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow import fields

# Whoever built on something has two years to move away from it.
MONTHS_OF_NOTICE = 24


@dataclass(frozen=True)
class Deprecation:
    """Stands in a field's metadata as `deprecated`, or beside an operation. Goes on `sunset`."""

    since: date
    sunset: date
    instead: str

    def __post_init__(self) -> None:
        if months_between(self.since, self.sunset) < MONTHS_OF_NOTICE:
            raise ValueError(f"{self.sunset} is less than {MONTHS_OF_NOTICE} months away")

    @property
    def words(self) -> str:
        return f"Deprecated since {self.since}, gone on {self.sunset}: {self.instead}"


def months_between(first: date, last: date) -> int:
    """Return how many whole months lie between two days."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)


def of_field(field: fields.Field[Any]) -> Deprecation | None:
    found = field.metadata.get("deprecated")
    assert found is None or isinstance(found, Deprecation)
    return found


def within(schema: ma.Schema) -> Iterator[Deprecation]:
    """Return what is deprecated among the fields of an answer, nested ones included."""
    for field in schema.fields.values():
        if (found := of_field(field)) is not None:
            yield found
        inner = getattr(field, "inner", field)
        if isinstance(inner, fields.Nested):
            yield from within(inner.schema)

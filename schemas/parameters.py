"""The types of query parameters: stricter than marshmallow's, which take ` 7 ` and `1_0`."""

import re
from collections.abc import Hashable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol

from marshmallow import fields

from .faults import Fault, nearest, refusal, shown

INTEGER = re.compile(r"-?[0-9]{1,10}")
# As many decimals as a double of 0.001 may be served with, so that a value served can be a bound.
DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,20})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(
    rf"{DAY.pattern}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\.[0-9]{{1,9}})?(Z|[+-][0-9]{{2}}:[0-9]{{2}})"
)
# One less than what PostgreSQL's integer holds: a range up to it is kept as one below the next.
MAX_INTEGER = 2**31 - 2
# As many digits as a double keeps.
MAX_AMOUNT = 10**15 - 1

MISSING = Fault("missing_parameter", "This path cannot answer without it.")


class Codes(Hashable, Protocol):
    """The codes in use, which only the database knows."""

    def find(self, codelist: str, given: str) -> str | None: ...

    def nearest(self, codelist: str, given: str) -> str | None: ...

    def allowed(self, codelist: str) -> tuple[str, ...]: ...

    def withdrawal(self, release: str) -> str | None:
        """Say when and why a release was withdrawn, if it was."""


class Whole(fields.Integer):
    """An integer in plain digits, within bounds."""

    def __init__(self, minimum: int = -MAX_INTEGER, maximum: int = MAX_INTEGER, **kwargs: Any):
        super().__init__(**kwargs)
        self.minimum, self.maximum = minimum, maximum

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if not INTEGER.fullmatch(value) or not self.minimum <= int(value) <= self.maximum:
            raise refusal(
                "invalid_value",
                f"{shown(value)} is not an integer from {self.minimum} to {self.maximum}.",
            )
        return int(value)


class Amount(fields.Float):
    """A decimal number in plain digits, kept exact, of at most MAX_AMOUNT either way."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not DECIMAL.fullmatch(value) or abs(Decimal(value)) > MAX_AMOUNT:
            raise refusal(
                "invalid_value",
                f"{shown(value)} is not a number such as 2 or 2.5, of at most 20 decimals and "
                f"up to {MAX_AMOUNT} either way.",
            )
        return Decimal(value)


class Rate(Amount):
    """An amount within bounds."""

    def __init__(self, minimum: str, maximum: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.minimum, self.maximum = Decimal(minimum), Decimal(maximum)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        rate = super()._deserialize(value, attr, data, **kwargs)
        if not self.minimum <= rate <= self.maximum:
            raise refusal(
                "invalid_value",
                f"{shown(value)} is not a number from {self.minimum} to {self.maximum}.",
            )
        return rate


class Day(fields.Date):
    """A calendar day, YYYY-MM-DD."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        try:
            if DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise refusal("invalid_value", f"{shown(value)} is not a day in the form YYYY-MM-DD.")


class Instant(fields.AwareDateTime):
    """An instant, RFC 3339 with its zone, or a day, which stands for its first moment in UTC.

    Written in UTC, to the second, with a `Z`.
    """

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        try:
            if DAY.fullmatch(value):
                return datetime.fromisoformat(value).replace(tzinfo=UTC)
            if INSTANT.fullmatch(value):
                return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise refusal(
            "invalid_value",
            f"{shown(value)} is neither an instant with its zone, such as 2026-07-01T00:00:00Z "
            "(the + of +02:00 is written %2B in a query), nor a day such as 2026-07-01.",
        )

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Flag(fields.Boolean):
    """`true` or `false`, in no other spelling."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if value not in ("true", "false"):
            raise refusal(
                "unknown_value", f"{shown(value)} is neither true nor false.", ("true", "false")
            )
        return bool(value == "true")


class Text(fields.String):
    """Some text, not blank, of a length that PostgreSQL can be asked about."""

    def __init__(self, longest: int, **kwargs: Any):
        super().__init__(error_messages={"required": [MISSING]}, **kwargs)
        self.longest = longest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not value.strip() or len(value) > self.longest or "\0" in value:
            raise refusal(
                "invalid_value",
                f"{shown(value)} is not a text of 1 to {self.longest} characters.",
            )
        return str(value)


class Choice(fields.String):
    """One of the codes of a list that the contract itself fixes."""

    def __init__(self, allowed: Iterable[str], **kwargs: Any):
        super().__init__(**kwargs)
        self.allowed = tuple(allowed)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if value not in self.allowed:
            raise refusal(
                "unknown_value",
                f"{shown(value)} is not one of {', '.join(self.allowed)}.",
                self.allowed,
                nearest(value, self.allowed),
            )
        return str(value)


class Code(fields.String):
    """A code that stands in the data: a member, an indicator, a release.

    The schema it belongs to carries the codes in use (`Query.codes`).
    """

    relative: tuple[str, ...] = ()  # words that stand for a code, known without the data

    def __init__(self, codelist: str, path: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.codelist, self.path = codelist, path

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        codes: Codes = self.root.codes  # type: ignore[union-attr]
        code = codes.find(self.codelist, value)
        if self.codelist == "release" and (said := codes.withdrawal(value)):
            raise refusal("gone", said)
        if code is None:
            raise refusal(
                "unknown_value",
                f"{shown(value)} is not a known {self.codelist}; {self.path} lists them.",
                (*self.relative, *codes.allowed(self.codelist)),
                nearest(value, self.relative) or codes.nearest(self.codelist, value),
            )
        return code


class ReleaseCode(Code):
    """A release's id, or `latest` or `first`."""

    relative = ("latest", "first")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if value in self.relative:
            return str(value)
        return super()._deserialize(value, attr, data, **kwargs)


class Items(fields.List[Any]):
    """Several values in either spelling, `a=1,2` or `a=1&a=2`, and the mix; duplicates collapse."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        items = [item for text in value for item in text.split(",")]
        if "" in items:
            raise refusal("invalid_value", "An item of the list is empty.")
        if len(items) > 200:
            raise refusal("invalid_value", f"{len(items)} items are more than the 200 allowed.")
        loaded = super()._deserialize(items, attr, data, **kwargs)
        return list(dict.fromkeys(loaded))

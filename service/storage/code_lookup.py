"""The codes in use, so that a filter can be checked before it reaches a query."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from schemas.faults import nearest

# A member is known by many names; every other thing by its id alone.
NAMED_FREELY = {"member", "area"}

# What a name may be written with or without. Anything else makes it another name.
MARKS = frozenset(" -_.,'\u2019()")


class Codes:
    """For each codelist (`member`, `release`, …) what may be written, and its code."""

    def __init__(self, rows: Iterable[dict[str, Any]], withdrawn: Iterable[dict[str, Any]]):
        """Take rows of {"codelist", "code", "spelling"}, a code's own spelling first, and the
        releases withdrawn: {"id", "withdrawn_on", "withdrawn_reason"}.
        """
        self._withdrawn = {row["id"]: row for row in withdrawn}
        self._codes: dict[str, dict[str, str]] = defaultdict(dict)
        self._spellings: dict[str, dict[str, str]] = defaultdict(dict)
        for row in rows:
            codelist, spelling = row["codelist"], row["spelling"]
            self._codes[codelist].setdefault(folded(codelist, spelling), row["code"])
            self._spellings[codelist].setdefault(spelling, row["code"])

    def find(self, codelist: str, given: str) -> str | None:
        return self._codes[codelist].get(folded(codelist, given))

    def nearest(self, codelist: str, given: str) -> str | None:
        spelling = nearest(given, self._spellings[codelist])
        return None if spelling is None else self._spellings[codelist][spelling]

    def allowed(self, codelist: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._spellings[codelist].values()))

    def withdrawal(self, release: str) -> str | None:
        if release not in self._withdrawn:
            return None
        row = self._withdrawn[release]
        return f"{release} was withdrawn on {row['withdrawn_on']}: {row['withdrawn_reason']}"


def folded(codelist: str, text: str) -> str:
    """Return a member's name without case, accents, spaces and marks; an id as it is."""
    if codelist not in NAMED_FREELY:
        return text
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(at for at in letters if at not in MARKS and not unicodedata.combining(at))

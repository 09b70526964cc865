"""What holds for as long as the data are of one revision."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from .code_lookup import Codes

Row = dict[str, Any]
Made = TypeVar("Made")

# How much is kept of what was found in fixed rows.
FINDINGS = 1000


class Revision:
    """A revision of the data: {"revision", "changed_at"}, and what was read and found in it.

    A new revision gets a new object, and the old one is discarded.
    """

    def __init__(self, dataset: Row) -> None:
        self.dataset = dataset
        self.rows: dict[str, list[Row]] = {}
        self.codes: Codes | None = None
        self.findings: dict[Hashable, Any] = {}

    def find_once(self, what: Hashable, find: Callable[[], Made]) -> Made:
        """Return what is found in rows that are fixed, looked for again once it is forgotten.

        What `find` raises is not kept.
        """
        found: Made | None = self.findings.get(what)
        if found is None:
            found = find()
            if len(self.findings) >= FINDINGS:
                self.findings.clear()
            self.findings[what] = found
        return found

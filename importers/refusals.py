"""How anything is refused: one line per problem, all of them at once."""

from collections.abc import Iterable
from pathlib import Path


class RefusedError(Exception):
    """Nothing was written or loaded; each problem is one line."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def problem(file: Path | str, place: str, value: object, text: str) -> str:
    """Return "file: place: value: what is wrong", on one line and without the parts that are ''."""
    parts = (str(file), place, "empty" if value is None else str(value), text)
    return ": ".join(" ".join(part.split()) for part in parts if part.strip())


def refuse(problems: Iterable[str]) -> None:
    """Raise a RefusedError unless there is no problem."""
    found = list(problems)
    if found:
        raise RefusedError(found)

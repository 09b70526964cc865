"""How anything is refused: one line per problem, all of them at once."""

from collections.abc import Iterable
from pathlib import Path

# What a file holds may be of any length; paths and our own words are shorter.
LONGEST = 1000


class RefusedError(Exception):
    """Nothing was written or loaded; each problem is one line."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def problem(file: Path | str, place: str, value: object, text: str) -> str:
    """Return "file: place: value: what is wrong", on one line and without the parts that are ''."""
    parts = (str(file), place, "empty" if value is None else str(value), text)
    return ": ".join(shown(part) for part in parts if part.strip())


def shown(text: str) -> str:
    """Return a text as one line that is no longer than a line, and commands no terminal."""
    line = "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(text.split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def refuse(problems: Iterable[str]) -> None:
    """Raise a RefusedError unless there is no problem."""
    found = list(problems)
    if found:
        raise RefusedError(found)

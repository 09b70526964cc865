"""Texts that a spreadsheet computes: refused, since they would reach cells of CSV as they are."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

# Spreadsheets drop tabs and line ends in front, and some read full-width signs as the plain ones.
SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# What is computed to itself.
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def formula(text: str) -> str | None:
    """Say what is wrong with a text that begins like a formula; None for any other."""
    if not text.startswith(SIGNS) or NUMBER.fullmatch(text):
        return None
    return f"begins with {text[0]!r}: a spreadsheet would compute it"


def formulas_in(content: Any, *place: str) -> Iterator[tuple[str, str, str]]:
    """Yield each text of lists and mappings that begins like a formula: place, text, what is wrong.

    A `mark` is a sign that stands beside a figure, and gets into no cell.
    """
    if isinstance(content, str):
        if wrong := formula(content):
            yield " ".join(place), content, wrong
    elif isinstance(content, Mapping):
        for key, value in content.items():
            if key != "mark":
                yield from formulas_in(value, *place, str(key))
    elif isinstance(content, list):
        for number, value in enumerate(content, start=1):
            yield from formulas_in(value, *place, str(number))

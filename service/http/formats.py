"""The forms that an answer is written in."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask import json


class Format(NamedTuple):
    """A form of an answer: how it is named, and how it is written.

    It is written from the envelope as its schema has dumped it. A form with a suffix has a path of
    its own, and is what Accept chooses at the path without.
    """

    media_type: str
    suffix: str
    write: Callable[[Mapping[str, Any]], str]


def as_json(body: Mapping[str, Any]) -> str:
    return json.dumps(body, separators=(",", ":")) + "\n"


JSON = Format("application/json", "", as_json)

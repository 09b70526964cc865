"""The forms that an answer is written in."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import marshmallow as ma
from flask import json


class Format(NamedTuple):
    """A form of an answer: how it is named, and how it is written.

    It is written from the envelope as its schema has dumped it. A form with a suffix has a path of
    its own, and is what Accept chooses at the path without. `parameters` follow the media type in
    Content-Type.
    """

    media_type: str
    suffix: str
    write: Callable[[Mapping[str, Any]], str]
    parameters: str = ""


# What a code stands for: a row by codelist and code, in reading order.
Codes = Mapping[str, Mapping[str, Mapping[str, Any]]]


class Table(NamedTuple):
    """A list as a file has it: its fields in order, its rows as JSON has them, and its meta.

    The rows can be read once, and come from the database as they are. `codes` are those that a
    view adds to its body for the forms that say what they mean.
    """

    fields: Mapping[str, ma.fields.Field[Any]]
    rows: Iterable[Mapping[str, Any]]
    meta: Mapping[str, Any]
    codes: Codes = {}


class File(NamedTuple):
    """A form of a whole list, written row for row: as many bytes at a time as come.

    `parameters` follow the media type in Content-Type; `words` name it in the contract, and `more`
    is what else there is to say of it there.
    """

    media_type: str
    suffix: str
    write: Callable[[Table], Iterable[bytes]]
    words: str
    parameters: str = ""
    more: str = ""


class Archive(NamedTuple):
    """A form of what is kept as a file on disk: sent as it stands, whole or in part."""

    media_type: str
    suffix: str = ""


def as_json(body: Mapping[str, Any]) -> str:
    return json.dumps(body, separators=(",", ":")) + "\n"


ZIP = Archive("application/zip")
JSON = Format("application/json", "", as_json)

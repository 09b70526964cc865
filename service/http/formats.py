"""The forms that an answer is written in."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import marshmallow as ma
import orjson

from schemas.dumping import Written

if TYPE_CHECKING:
    from .question import Question


class Format(NamedTuple):
    """A form of an answer: how it is named, and how it is written.

    It is written from the envelope as its schema has dumped it, and the question. A form with a
    suffix has a path of its own, and is what Accept chooses at the path without. `parameters`
    follow the media type in Content-Type.
    """

    media_type: str
    suffix: str
    write: Callable[[Mapping[str, Any], "Question"], bytes]
    parameters: str = ""


# What a code stands for: a row by codelist and code, in reading order.
Codes = Mapping[str, Mapping[str, Mapping[str, Any]]]


class Table(NamedTuple):
    """A list as a file has it: its fields in order, its rows as JSON has them, and its meta.

    The rows can be read once, and come from the database as they are; `copied` reads them as lines
    of CSV instead, where they can be had so. `codes` are those that a view adds to its body for the
    forms that say what they mean. `address` is the URL that was asked.
    """

    fields: Mapping[str, ma.fields.Field[Any]]
    rows: Iterable[Mapping[str, Any]]
    meta: Mapping[str, Any]
    codes: Codes = {}
    copied: Iterator[bytes] | None = None
    address: str = ""

    @property
    def about(self) -> dict[str, Any]:
        """Return what a file that can hold more than rows says of them."""
        return {"url": self.address, **self.meta}


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
    parameters: str = ""


class Text(NamedTuple):
    """A form of what the code alone holds: pages, scripts, the contract."""

    media_type: str
    suffix: str = ""
    parameters: str = ""


Form = Format | File | Archive | Text


# Where Python writes 1e-05 orjson writes 0.00001, and 1e-6 for 1e-06: all that differs.
SMALL = b"0.0000"
SMALLER = (b"e-5", b"e-6", b"e-7", b"e-8", b"e-9")


def as_json(value: Any) -> bytes:
    """Return a value as compact JSON and a line's end, byte for byte as Python writes it."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # such as an integer of more than 64 bits
        return as_python_does(value)
    # Each search reads it all: most answers have no e-.
    if SMALL in text or (b"e-" in text and any(small in text for small in SMALLER)):
        return as_python_does(value)
    return text


def as_python_does(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def enveloped(answer: Mapping[str, Any], _: "Question | None" = None) -> bytes:
    """Return an envelope as JSON, its rows as they stand where they are written already."""
    rows = answer.get("data")
    if not isinstance(rows, Written):
        return as_json(answer)
    rest = as_json({**answer, "data": None}).removeprefix(b'{"data":null,')
    return b'{"data":[%b],%b' % (rows.json, rest)


ZIP = Archive("application/zip")
JSON = Format("application/json", "", enveloped)

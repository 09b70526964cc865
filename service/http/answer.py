"""An answer on its way out: its head, the 304 in its place, its body whole or in parts."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from .caching import Validators, fields_of, is_known
from .encoding import coded, is_worth_it
from .files import begin
from .headers import Fields, without_body
from .question import UNCONDITIONAL, Conditions, Question


def nothing() -> None:
    """Give back nothing: the answer holds nothing."""


@dataclass(slots=True)
class Answer:
    """What an endpoint answers with, without the fields of one request alone, such as its id.

    A body in parts is made while it is sent; `close` then gives back what it holds. An answer that
    may be given again as long as the data are of `revision` has `is_reusable` set; without a
    revision it depends on the code alone.
    """

    status: int
    fields: Fields
    body: bytes = b""
    parts: Iterator[bytes] | None = None
    close: Callable[[], None] = nothing
    is_reusable: bool = False
    revision: str | None = None


def whole(question: Question, own: Fields, content: bytes, validators: Validators | None) -> Answer:
    """Return a 200 with its body in memory, coded as the client takes it; or a 304."""
    fields = own + fields_of(validators, question)
    if validators is None:
        fields.append(("Content-Length", str(len(content))))
        return Answer(200, fields, content)
    conditions = question.conditions
    if conditions is not UNCONDITIONAL and has_client(fields, validators, conditions):
        return Answer(304, without_body(fields))
    if question.coding is not None and is_worth_it(content):
        content = question.coding.whole(content)
        fields.append(("Content-Encoding", question.coding.name))
    fields.append(("Content-Length", str(len(content))))
    return Answer(200, fields, content, is_reusable=True, revision=validators.revision)


def in_parts(
    question: Question,
    own: Fields,
    write: Callable[[], Iterator[bytes]],
    validators: Validators,
    lent: ExitStack,
    seconds: float,
) -> Answer:
    """Return a 200 whose body is written while it is sent, within so many seconds; or a 304.

    `lent` is what the body holds. Nothing is written of a 304, nor for HEAD.
    """
    fields = own + fields_of(validators, question)
    conditions = question.conditions
    if conditions is not UNCONDITIONAL and has_client(fields, validators, conditions):
        return Answer(304, without_body(fields))
    if question.coding is not None:
        fields.append(("Content-Encoding", question.coding.name))
    if question.is_head:
        return Answer(200, fields)
    parts = write()
    if question.coding is not None:
        parts = coded(parts, question.coding.stream())
    begun = begin(parts, lent, seconds, question.request_id)
    return Answer(200, fields, b"", begun, lent.close, True, validators.revision)


def has_client(fields: Fields, validators: Validators, conditions: Conditions) -> bool:
    """Tell whether the client has the answer already."""
    etag = next(value for name, value in fields if name == "ETag")
    return is_known(etag, validators.changed_at, conditions.match, conditions.since)

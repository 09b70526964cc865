"""What an endpoint is: a path, what it accepts, what it returns, and how it is answered.

`answer` is the one way from a `Question` to an `Answer`. On it the query string becomes typed
values, the view returns a body read from one snapshot of the database, its schema dumps that, the
form that Accept chose writes it, and the validators decide between 200 and 304. A list in a file is
written row for row while it is sent, after they have decided. What fails becomes a problem.
"""

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask import Flask, current_app

from schemas.base import NoParameters, Query, of_file
from schemas.deprecation import Deprecation
from schemas.dumping import dumper
from service.storage.database import Database
from service.storage.snapshot import Snapshot

from . import caching, parsing
from .answer import Answer, in_parts, whole
from .caching import Validators
from .cursor import read_cursor
from .deprecation import deprecated, with_deprecation
from .files import UntilRead, file_name, table_of
from .formats import File, Form, Format, enveloped
from .links import head_of, links_of
from .probes import PROBES
from .problems import answer_error
from .question import Question

Body = dict[str, Any]
View = Callable[..., Any]
ARGUMENT = re.compile("<(.+?)>")

ValidatedBy = Callable[[Snapshot, Mapping[str, Any]], Validators]


@dataclass(frozen=True, eq=False, kw_only=True)
class Endpoint:
    """A path and how it is answered; the contract, the index and the downloads read it too.

    `name` and `doc` are those of the view. `forms` are what Accept may choose from, the first by
    default; a path that ends in its form's suffix has only that. `returns` is None for what is not
    in the contract. `example` is a query string that shows what the endpoint is for.
    """

    path: str
    view: View
    name: str
    doc: str
    forms: tuple[Form, ...]
    accepts: type[Query] = NoParameters
    returns: type[ma.Schema] | None = None
    reads_database: bool = False
    example: str = ""
    deprecated: Deprecation | None = None

    @property
    def format(self) -> Form:
        return self.forms[0]

    @property
    def arguments(self) -> list[str]:
        """Return the names of the path's parameters."""
        return ARGUMENT.findall(self.path)

    def answer(self, question: Question) -> Answer:
        """Return the answer, that to an error too. Needs the application's context."""
        try:
            if question.arguments:
                parsing.check_path(question.arguments, self.path)
            answer = self.make(question)
        except Exception as error:
            answer = answer_error(error, question.path, question.query_string, question.request_id)
        if deprecated(self) is not None:
            answer.fields = with_deprecation(answer.fields, self, question.query_string)
        return answer

    def make(self, question: Question) -> Answer:
        """Return the answer to a question. Raises whatever fails."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False, kw_only=True)
class Enveloped(Endpoint):
    """An endpoint whose view returns the body of an envelope, which `returns` describes.

    `alternates` are the formats that the same rows can be had in at paths of their own.
    """

    returns: type[ma.Schema]
    alternates: tuple[Format, ...] = ()

    def written(self, question: Question, body: Body, validators: Validators | None) -> Answer:
        """Return a body in the form of the question: JSON, or another that is written whole."""
        assert isinstance(question.form, Format)
        content = question.form.write(dumper(self.returns)(body), question)
        return whole(question, head_of(body, question, self.alternates), content, validators)

    def filed(
        self, question: Question, body: Body, validators: Validators | None, lent: ExitStack
    ) -> Answer:
        """Return a list's body as a file, whose rows are read while it is sent."""
        form = question.form
        assert isinstance(form, File)
        assert validators is not None
        name = file_name(question.path, form.suffix, body["meta"].get("release"))
        disposition = ("Content-Disposition", f'attachment; filename="{name}"')

        def write() -> Iterator[bytes]:
            return iter(form.write(table_of(schema_of(self.returns), body, question.address)))

        own = [*head_of(body, question, self.alternates), disposition]
        seconds = current_app.config["BURDENSHARE"].file_timeout_ms / 1000
        return in_parts(question, own, write, validators, lent, seconds)


@dataclass(frozen=True, eq=False, kw_only=True)
class Reading(Enveloped):
    """An endpoint whose view reads the database: `view(snapshot, query, **path_parameters)`.

    `validated_by` returns the validators of the answer; a probe has none.
    """

    validated_by: ValidatedBy | None
    reads_database: bool = True

    def make(self, question: Question) -> Answer:
        if isinstance(question.form, File):
            return self.make_file(question)
        return self.written(
            question, *database().read(functools.partial(self.read, question, self.accepts))
        )

    def make_file(self, question: Question) -> Answer:
        """Return the list as a file; its rows hold a connection until they are sent."""
        with ExitStack() as given_back:
            lent = given_back.enter_context(ExitStack())
            lent.enter_context(database().file())
            snapshot = lent.enter_context(database().snapshot())
            body, validators = self.read(question, of_file(self.accepts), snapshot)
            body["data"] = UntilRead(body["data"], lent)
            answer = self.filed(question, body, validators, lent)
            if answer.parts is not None:
                given_back.pop_all()
        return answer

    def read(
        self, question: Question, accepts: type[Query], snapshot: Snapshot
    ) -> tuple[Body, Validators | None]:
        """Return what the view answers with, and the validators of that."""
        query = dict(parsing.parse(accepts, snapshot.codes, question.query_string))
        if query.get("cursor") is not None:
            query["cursor"] = read_cursor(query["cursor"], question)
        body = self.view(snapshot, query, **question.arguments)
        body["links"] = links_of(body, question)
        return body, self.validated_by and self.validated_by(snapshot, query)


@dataclass(frozen=True, eq=False, kw_only=True)
class Constant(Enveloped):
    """An endpoint that needs no database, and so answers while there is none: `view(**path)`."""

    def make(self, question: Question) -> Answer:
        parsing.parse(self.accepts, None, question.query_string)
        body = self.view(**question.arguments)
        body["links"] = links_of(body, question)
        validators = None
        if self.path not in PROBES:
            validators = caching.of_content(enveloped(dumper(self.returns)(body)))
        if isinstance(question.form, File):
            return self.filed(question, body, validators, ExitStack())
        return self.written(question, body, validators)


def endpoints_of(app: Flask) -> dict[str, Endpoint]:
    """Return the endpoints by their names in Flask, in the order of the contract."""
    found: dict[str, Endpoint] = app.extensions.setdefault("endpoints", {})
    return found


def database() -> Database:
    found = current_app.extensions["database"]
    assert isinstance(found, Database)
    return found


@functools.cache
def schema_of(returns: type[ma.Schema]) -> ma.Schema:
    return returns()

"""What an endpoint is: a path, what it accepts, what it returns.

The life of a request to `@endpoint`: the Accept header is checked, a snapshot of the database is
taken, the query string becomes typed values, the view answers with a dictionary, its schema dumps
that, the format that Accept chose writes it, and caching decides between 200 and 304. A list in a
file is written row for row, as it is read, after caching has decided. A plain answer (`Plain`) is
made by the same steps without Flask's request, for whoever has read the request already.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple
from urllib.parse import quote

import marshmallow as ma
from flask import Blueprint, Response, current_app, request
from marshmallow.fields import List

from schemas.base import Query, of_file
from schemas.deprecation import Deprecation
from schemas.dumping import dumper
from service.storage.database import Database, Snapshot

from . import caching, encoding, files, negotiation, parsing
from .encoding import Coding
from .files import CSV, NDJSON, table_of
from .formats import JSON, Archive, File, Format, enveloped
from .probes import PROBES
from .target import target
from .workbook import XLSX

View = Callable[..., Any]
Validated = Callable[[Snapshot, Mapping[str, Any]], caching.Validators]

# What every list can be had as, besides JSON.
FILES = (CSV, NDJSON, XLSX)


def endpoint(
    blueprint: Blueprint,
    path: str,
    *,
    accepts: type[Query],
    returns: type[ma.Schema],
    validated_by: Validated = caching.of_release,
    formats: tuple[Format, ...] = (JSON,),
    as_files: tuple[File, ...] = FILES,
    example: str = "",
    deprecated: Deprecation | None = None,
) -> Callable[[View], View]:
    """Register a view that reads the database: `view(snapshot, query, **path_parameters)`.

    `validated_by` returns the validators of the answer, where it depends on more than a release.
    `formats` are those that Accept may choose from; the contract describes the path by the first.
    A path that ends in its format's suffix has only that one, whatever Accept says. A list has
    its files too (`as_files`), each at a path of its own; what is no list has none.
    `example` is a query string that shows what the endpoint is for; `make examples` asks it.
    """

    def reading(
        view: View, asked: type[Query], path_parameters: Mapping[str, str]
    ) -> Callable[[Snapshot], tuple[Any, caching.Validators]]:
        def read(snapshot: Snapshot) -> tuple[Any, caching.Validators]:
            query = parsing.parse(asked, snapshot.codes)
            body = view(snapshot, query, **path_parameters)
            return body, validated_by(snapshot, query)

        return read

    def answer(
        view: View, form: Format | File, others: Forms, path_parameters: dict[str, str]
    ) -> Response:
        if not isinstance(form, File):
            body, validators = database().read(reading(view, accepts, path_parameters))
            return caching.conditional(respond(returns, body, form, others), validators)
        read = reading(view, of_file(accepts), path_parameters)
        with ExitStack() as given_back:
            lent = given_back.enter_context(ExitStack())
            lent.enter_context(database().file())
            body, validators = read(lent.enter_context(database().snapshot()))
            body["data"] = files.UntilRead(body["data"], lent)
            response = caching.conditional(respond(returns, body, form, others), validators)
            if not is_bare(response):
                files.start(response, lent)
                given_back.pop_all()
        return response

    def plain(
        view: View, others: Forms, path_parameters: dict[str, str], coding: Coding | None
    ) -> Plain:
        parsing.check_path(path_parameters, path)
        body, validators = database().read(reading(view, accepts, path_parameters))
        content = enveloped(dumper(returns)(body))
        fields = [
            ("Content-Type", JSON.media_type),
            *origin(body, JSON, others),
            *caching.fields_of(validators, JSON.media_type, coding),
        ]
        if coding is not None and encoding.is_worth_it(content):
            content = coding.whole(content)
            fields.append(("Content-Encoding", coding.name))
        fields.append(("Content-Length", str(len(content))))
        return Plain(fields, content, validators)

    return registering(
        blueprint,
        path,
        answer,
        plain if formats[0] is JSON and path not in PROBES else None,
        formats,
        as_files,
        accepts=accepts,
        returns=returns,
        reads_database=True,
        example=example,
        deprecated=deprecated,
    )


def constant(
    blueprint: Blueprint,
    path: str,
    *,
    accepts: type[Query],
    returns: type[ma.Schema],
    deprecated: Deprecation | None = None,
) -> Callable[[View], View]:
    """Register a view that needs no database, and so answers while there is none."""

    def answer(
        view: View, form: Format | File, others: Forms, path_parameters: dict[str, str]
    ) -> Response:
        parsing.parse(accepts, None)
        body = view(**path_parameters)
        validators = caching.of_content(respond(returns, body))
        response = caching.conditional(respond(returns, body, form, others), validators)
        if isinstance(form, File) and not is_bare(response):
            files.start(response, ExitStack())
        return response

    return registering(
        blueprint,
        path,
        answer,
        None,
        (JSON,),
        FILES,
        accepts=accepts,
        returns=returns,
        reads_database=False,
        example="",
        deprecated=deprecated,
    )


Forms = tuple[Format | File, ...]


class Plain(NamedTuple):
    """An answer of 200 in JSON: its own header fields, its body, and what it depends on.

    It is all that most requests are answered with, and made without a request of Flask. What is
    raised on the way is for Flask to answer.
    """

    fields: list[tuple[str, str]]
    body: bytes
    validators: caching.Validators


def registering(
    blueprint: Blueprint,
    path: str,
    answer: Callable[[View, Format | File, Forms, dict[str, str]], Response],
    plain: Callable[[View, Forms, dict[str, str], Coding | None], Plain] | None,
    formats: tuple[Format, ...],
    as_files: tuple[File, ...],
    **described: Any,
) -> Callable[[View], View]:
    """Return what routes a view: a list at a path for each of its files too."""
    is_list = formats[0] is JSON and isinstance(described["returns"]().fields.get("data"), List)
    all_files = as_files if is_list else ()
    forms: Forms = (*formats, *all_files)
    by_type = {form.media_type: form for form in forms}

    def register(view: View) -> View:
        @functools.wraps(view)
        def chosen(**path_parameters: str) -> Response:
            form = (
                formats[0]
                if formats[0].suffix
                else by_type[negotiation.choose(request.accept_mimetypes, *by_type)]
            )
            parsing.check_path(path_parameters, path)
            return answer(view, form, forms, path_parameters)

        if plain is not None:
            chosen.__dict__["plain"] = functools.partial(plain, view, forms)
        negotiation.offering(*() if formats[0].suffix else by_type)(chosen)
        routed = route(blueprint, path, chosen, format=formats[0], **described)
        for file in all_files:
            described_file = described | {"accepts": of_file(described["accepts"])}
            route(
                blueprint,
                path + file.suffix,
                as_file(view, path, file, functools.partial(answer, view, file, forms)),
                format=file,
                **described_file,
            )
        return routed

    return register


def as_file(
    view: View, path: str, file: File, answer: Callable[[dict[str, str]], Response]
) -> View:
    """Return the view of a list's path that ends in the suffix of a file."""

    def whole(**path_parameters: str) -> Response:
        parsing.check_path(path_parameters, path)
        return answer(path_parameters)

    words = (view.__doc__ or "").partition("\n")[0].rstrip(".")
    negotiation.offering()(whole)
    whole.__name__ = f"{view.__name__}{file.suffix.replace('.', '_')}"
    whole.__module__ = view.__module__
    whole.__doc__ = (
        f"{words}, as {file.words}.\n\nThe whole list under the same filters and in the same "
        "order, with no limit: all of it comes or an error does. What stands in `meta` is in the "
        f"list as JSON.{file.more and f' {file.more}'}"
    )
    return whole


def is_bare(response: Response) -> bool:
    """Tell whether an answer goes out without a body, which then need not be made."""
    return response.status_code == 304 or request.method == "HEAD"


def route(blueprint: Blueprint, path: str, answer: View, **described: Any) -> View:
    """Route the view, and let it carry what the contract is drawn from."""
    answer.__dict__.update(described)
    blueprint.get(path)(answer)
    return answer


def database() -> Database:
    found = current_app.extensions["database"]
    assert isinstance(found, Database)
    return found


def respond(
    returns: type[ma.Schema],
    body: Mapping[str, Any],
    form: Format | File = JSON,
    forms: Forms = (),
) -> Response:
    """Return the answer in a form, with its links; a file's rows are not read yet.

    `forms` are all that the same rows can be had in.
    """
    media_type = form.media_type + form.parameters
    if isinstance(form, File):
        response = Response(form.write(table_of(schema_of(returns), body)), content_type=media_type)
        response.implicit_sequence_conversion = False  # to count its bytes would be to write it
        name = files.file_name(form.suffix, body["meta"].get("release"))
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        response = Response(form.write(dumper(returns)(body)), content_type=media_type)
    return with_origin(response, body, form, forms)


def with_origin(
    response: Response, body: Mapping[str, Any], form: Format | File | Archive, forms: Forms = ()
) -> Response:
    """Say in headers what an answer leads to, and which release and contract it is of."""
    response.headers.extend(origin(body, form, forms))
    return response


def origin(
    body: Mapping[str, Any], form: Format | File | Archive, forms: Forms = ()
) -> list[tuple[str, str]]:
    """Return the header fields that say what an answer leads to, and what it is of."""
    link = ", ".join(
        f'<{linked}>; rel="{relation}"{more}' for linked, relation, more in links(body, form, forms)
    )
    fields = [("Link", link), ("X-API-Version", current_app.config["API_VERSION"])]
    if "release" in body["meta"]:
        fields.append(("X-Data-Release", body["meta"]["release"]))
    return fields


def links(
    body: Mapping[str, Any], form: Format | File | Archive, forms: Forms
) -> Iterator[tuple[str, str, str]]:
    """Yield where an answer leads: target, relation, and what else there is to say of it."""
    for relation, linked in body.get("links", {}).items():
        if relation in ("self", "next") and linked is not None:
            yield linked, relation, ""
    # Files have a rule, the path and a suffix: six links would be longer than the rest of the head.
    for other in forms:
        if isinstance(other, Format) and other.suffix != form.suffix:
            path = target().path.removesuffix(form.suffix) + other.suffix
            query = parsing.canonical_query("cursor", "limit")
            alternate = quote(path) + (f"?{query}" if query else "")
            yield alternate, "alternate", f'; type="{other.media_type}"'
    meta = body["meta"]
    if isinstance(form, File | Archive) and "release" in meta:
        yield f"/v1/releases/{meta['release']}", "describedby", ""
        yield f"/v1/sources/{meta['source']}", "license", ""
    yield "/openapi.yaml", "describedby", ""


@functools.cache
def schema_of(returns: type[ma.Schema]) -> ma.Schema:
    return returns()

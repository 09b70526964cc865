"""Which path leads to which endpoint, and Flask's door to it."""

from collections.abc import Callable
from dataclasses import replace
from typing import IO, Any, cast

import marshmallow as ma
from flask import Blueprint, Flask, Response
from flask.blueprints import BlueprintSetupState
from marshmallow.fields import List

from schemas.base import Query, of_file
from schemas.deprecation import Deprecation
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

from . import caching
from .door import as_response, question_of
from .download import Download
from .endpoint import (
    Constant,
    Endpoint,
    Reading,
    ValidatedBy,
    View,
    endpoints_of,
)
from .files import CSV, NDJSON
from .formats import JSON, Archive, File, Format
from .probes import PROBES
from .workbook import XLSX

# What every list can be had as, besides JSON.
FILES = (CSV, NDJSON, XLSX)

Decorator = Callable[[View], View]


def endpoint(
    blueprint: Blueprint,
    path: str,
    *,
    accepts: type[Query],
    returns: type[ma.Schema],
    validated_by: ValidatedBy = caching.of_release,
    formats: tuple[Format, ...] = (JSON,),
    as_files: tuple[File, ...] = FILES,
    example: str = "",
    deprecated: Deprecation | None = None,
) -> Decorator:
    """Route a view that reads the database: `view(snapshot, query, **path_parameters)`.

    `validated_by` returns the validators of the answer, where it depends on more than a release.
    `formats` are those that Accept may choose from. A list has its files too (`as_files`), each at
    a path of its own. `example` is a query string that `make examples` asks.
    """

    return routing(
        blueprint,
        Reading,
        as_files,
        path=path,
        forms=formats,
        alternates=formats,
        accepts=accepts,
        returns=returns,
        example=example,
        deprecated=deprecated,
        validated_by=None if path in PROBES else validated_by,
    )


def constant(
    blueprint: Blueprint,
    path: str,
    *,
    accepts: type[Query],
    returns: type[ma.Schema],
    deprecated: Deprecation | None = None,
) -> Decorator:
    """Route a view that needs no database, and so answers while there is none."""

    return routing(
        blueprint,
        Constant,
        FILES,
        path=path,
        forms=(JSON,),
        alternates=(JSON,),
        accepts=accepts,
        returns=returns,
        deprecated=deprecated,
    )


def download(
    blueprint: Blueprint,
    path: str,
    *,
    form: Archive,
    returns: type[ma.Schema],
    write: Callable[[Snapshot, Row, IO[bytes]], None],
) -> Decorator:
    """Route a view that returns the release of which a file is asked for, and its validators."""
    return routing(blueprint, Download, (), path=path, forms=(form,), returns=returns, write=write)


def routing(
    blueprint: Blueprint, kind: type[Endpoint], files: tuple[File, ...], **described: Any
) -> Decorator:
    """Return a decorator that routes a view as an endpoint, and a list as each of its files."""

    def register(view: View) -> View:
        made = kind(view=view, name=view.__name__, doc=view.__doc__ or "", **described)
        data = described["returns"]().fields.get("data")
        is_list = made.format is JSON and isinstance(data, List)
        forms = (*made.forms, *files) if is_list else made.forms
        route(blueprint, replace(made, forms=forms))
        for form in forms:
            if isinstance(form, File):
                route(blueprint, as_file(made, form))
        return view

    return register


def as_file(made: Endpoint, file: File) -> Endpoint:
    """Return the endpoint of a list's path that ends in the suffix of a file."""
    words = made.doc.partition("\n")[0].rstrip(".")
    return replace(
        made,
        path=made.path + file.suffix,
        name=f"{made.name}{file.suffix.replace('.', '_')}",
        doc=f"{words}, as {file.words}.\n\nEvery row that matches the same filters, in the same "
        "order, without a limit. A failure is an error or a broken connection, never a shorter "
        f"file. The list as JSON also has `meta`.{file.more and f' {file.more}'}",
        forms=(file,),
        accepts=of_file(made.accepts),
    )


def route(blueprint: Blueprint, endpoint: Endpoint) -> None:
    """Route an endpoint, and keep it where the front, the contract and the index find it."""

    def view(**arguments: str) -> Response:
        return as_response(endpoint.answer(question_of(endpoint.forms, arguments)))

    def keep(state: BlueprintSetupState) -> None:
        endpoints_of(cast(Flask, state.app))[f"{blueprint.name}.{endpoint.name}"] = endpoint

    blueprint.add_url_rule(endpoint.path, endpoint.name, view)
    blueprint.record(keep)

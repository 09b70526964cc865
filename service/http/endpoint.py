"""What an endpoint is: a path, what it accepts, what it returns.

The life of a request to `@endpoint`: the Accept header is checked, a snapshot of the database is
taken, the query string becomes typed values, the view answers with a dictionary, its schema dumps
that, the format that Accept chose writes it, and caching decides between 200 and 304.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import marshmallow as ma
from flask import Blueprint, Response, current_app, request

from schemas.base import Query
from service.storage.database import Database, Snapshot

from . import caching, negotiation, parsing
from .formats import JSON, Format

View = Callable[..., Any]
Validated = Callable[[Snapshot, Mapping[str, Any]], caching.Validators]


def endpoint(
    blueprint: Blueprint,
    path: str,
    *,
    accepts: type[Query],
    returns: type[ma.Schema],
    validated_by: Validated = caching.of_release,
    formats: tuple[Format, ...] = (JSON,),
) -> Callable[[View], View]:
    """Register a view that reads the database: `view(snapshot, query, **path_parameters)`.

    `validated_by` returns the validators of the answer, where it depends on more than a release.
    `formats` are those that Accept may choose from; the contract describes the path by the first.
    """
    forms = {form.media_type: form for form in formats}

    def register(view: View) -> View:
        @functools.wraps(view)
        def answer(**path_parameters: str) -> Response:
            form = forms[negotiation.choose(*forms)]
            parsing.check_path(path_parameters)
            with database().snapshot() as snapshot:
                query = parsing.parse(accepts, snapshot.codes)
                body = view(snapshot, query, **path_parameters)
                validators = validated_by(snapshot, query)
            response = respond(returns, body, form, formats[1:])
            return caching.conditional(response, validators)

        answer.__dict__.update(
            accepts=accepts, returns=returns, reads_database=True, format=formats[0]
        )
        return route(blueprint, path, answer)

    return register


def constant(
    blueprint: Blueprint, path: str, *, accepts: type[Query], returns: type[ma.Schema]
) -> Callable[[View], View]:
    """Register a view that needs no database, and so answers while there is none."""

    def register(view: View) -> View:
        @functools.wraps(view)
        def answer(**path_parameters: str) -> Response:
            negotiation.choose(JSON.media_type)
            parsing.check_path(path_parameters)
            parsing.parse(accepts, None)
            response = respond(returns, view(**path_parameters))
            return caching.conditional(response, caching.of_content(response))

        answer.__dict__.update(accepts=accepts, returns=returns, reads_database=False, format=JSON)
        return route(blueprint, path, answer)

    return register


def route(blueprint: Blueprint, path: str, answer: View) -> View:
    """Route the view; what it carries is what the contract is drawn from."""
    blueprint.get(path)(answer)
    return answer


def database() -> Database:
    found = current_app.extensions["database"]
    assert isinstance(found, Database)
    return found


def respond(
    returns: type[ma.Schema],
    body: Mapping[str, Any],
    form: Format = JSON,
    others: Iterable[Format] = (),
) -> Response:
    """Write the body, with its links; `others` are formats that have a path of their own."""
    response = Response(form.write(dumper(returns).dump(body)), content_type=form.media_type)
    for relation, target in body.get("links", {}).items():
        if relation in ("self", "next") and target is not None:
            response.headers.add("Link", f'<{target}>; rel="{relation}"')
    for other in others:
        target = f"{request.path}{other.suffix}"
        response.headers.add("Link", f'<{target}>; rel="alternate"; type="{other.media_type}"')
    response.headers.add("Link", '</openapi.yaml>; rel="describedby"')
    if "release" in body["meta"]:
        response.headers["X-Data-Release"] = body["meta"]["release"]
    response.headers["X-API-Version"] = current_app.config["API_VERSION"]
    return response


@functools.cache
def dumper(returns: type[ma.Schema]) -> ma.Schema:
    return returns()

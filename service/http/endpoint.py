"""What an endpoint is: a path, what it accepts, what it returns.

The life of a request to `@endpoint`: the Accept header is checked, a snapshot of the database is
taken, the query string becomes typed values, the view answers with a dictionary, its schema turns
that into JSON, and caching decides between 200 and 304.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import marshmallow as ma
from flask import Blueprint, Response, current_app, json

from schemas.base import Query
from schemas.deprecation import Deprecation
from service.storage.database import Database, Snapshot

from . import caching, negotiation, parsing

View = Callable[..., Any]
Validated = Callable[[Snapshot, Mapping[str, Any]], caching.Validators]

JSON = "application/json"


def endpoint(
    blueprint: Blueprint,
    path: str,
    *,
    accepts: type[Query],
    returns: type[ma.Schema],
    validated_by: Validated = caching.of_release,
    example: str = "",
    deprecated: Deprecation | None = None,
) -> Callable[[View], View]:
    """Register a view that reads the database: `view(snapshot, query, **path_parameters)`.

    `validated_by` returns the validators of the answer, where it depends on more than a release.
    `example` is a query string that shows what the endpoint is for; `make examples` asks it.
    """

    def register(view: View) -> View:
        @functools.wraps(view)
        def answer(**path_parameters: str) -> Response:
            negotiation.require(JSON)
            parsing.check_path(path_parameters)
            with database().snapshot() as snapshot:
                query = parsing.parse(accepts, snapshot.codes)
                body = view(snapshot, query, **path_parameters)
                validators = validated_by(snapshot, query)
            return caching.conditional(respond(returns, body), validators)

        return route(
            blueprint,
            path,
            answer,
            accepts=accepts,
            returns=returns,
            reads_database=True,
            example=example,
            deprecated=deprecated,
        )

    return register


def constant(
    blueprint: Blueprint,
    path: str,
    *,
    accepts: type[Query],
    returns: type[ma.Schema],
    deprecated: Deprecation | None = None,
) -> Callable[[View], View]:
    """Register a view that needs no database, and so answers while there is none."""

    def register(view: View) -> View:
        @functools.wraps(view)
        def answer(**path_parameters: str) -> Response:
            negotiation.require(JSON)
            parsing.check_path(path_parameters)
            parsing.parse(accepts, None)
            response = respond(returns, view(**path_parameters))
            return caching.conditional(response, caching.of_content(response))

        return route(
            blueprint,
            path,
            answer,
            accepts=accepts,
            returns=returns,
            reads_database=False,
            example="",
            deprecated=deprecated,
        )

    return register


def route(blueprint: Blueprint, path: str, answer: View, **described: Any) -> View:
    """Route the view, and let it carry what the contract is drawn from."""
    answer.__dict__.update(described)
    blueprint.get(path)(answer)
    return answer


def database() -> Database:
    found = current_app.extensions["database"]
    assert isinstance(found, Database)
    return found


def respond(returns: type[ma.Schema], body: Mapping[str, Any]) -> Response:
    text = json.dumps(dumper(returns).dump(body), separators=(",", ":"))
    response = Response(f"{text}\n", content_type=JSON)
    for relation, target in body.get("links", {}).items():
        if relation in ("self", "next") and target is not None:
            response.headers.add("Link", f'<{target}>; rel="{relation}"')
    response.headers.add("Link", '</openapi.yaml>; rel="describedby"')
    if "release" in body["meta"]:
        response.headers["X-Data-Release"] = body["meta"]["release"]
    response.headers["X-API-Version"] = current_app.config["API_VERSION"]
    return response


@functools.cache
def dumper(returns: type[ma.Schema]) -> ma.Schema:
    return returns()

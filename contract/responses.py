"""The responses of an operation: statuses, headers, bodies and examples."""

import inspect
from collections.abc import Iterator
from typing import Any

from flask import Flask
from marshmallow import fields

from schemas.parameters import Code
from service.http.catalogue import CATALOGUE
from service.http.endpoint import Endpoint
from service.http.formats import JSON, Archive, File
from service.http.probes import PROBES

from . import example_file, text
from .endpoints import endpoints
from .names import camel

EVERYWHERE = (400, 413, 414, 500)

NOT_MODIFIED = "NotModified"
FIGURES_NOT_MODIFIED = "FiguresNotModified"
PARTIAL_CONTENT = "PartialContent"


def responses(endpoint: Endpoint) -> dict[str, Any]:
    """Return the responses of an operation by status; those of errors are shared by name."""
    content = {"schema": body_of(endpoint)}
    if drawn := example_file.read()["answers"].get(camel(endpoint.name)):
        content["examples"] = example_file.named({"answer": drawn})
    found: dict[str, Any] = {
        "200": {
            "description": (inspect.getdoc(endpoint.returns) or "OK").split("\n")[0],
            "headers": header_references(headers_of(endpoint)),
            "content": {endpoint.format.media_type: content},
        }
    }
    if isinstance(endpoint.format, Archive):
        found["206"] = PARTIAL_CONTENT
    if endpoint.path not in PROBES:
        found["304"] = FIGURES_NOT_MODIFIED if has_figures(endpoint) else NOT_MODIFIED
    return found | {str(status): response_name(status) for status in problems_of(endpoint)}


def problems_of(endpoint: Endpoint) -> list[int]:
    """Return the statuses of the problems that an operation may answer with."""
    found = {
        *EVERYWHERE,
        *(() if endpoint.format.suffix else {406}),
        *({404} if endpoint.arguments else ()),
        *({410} if names_release(endpoint) else ()),
        *({416} if isinstance(endpoint.format, Archive) else ()),
        *({503} if endpoint.reads_database else ()),
        *({429} if endpoint.path not in PROBES else ()),
    }
    return sorted(found)


def names_release(endpoint: Endpoint) -> bool:
    """Tell whether a path or one of its parameters takes a release's id."""
    return "release" in endpoint.arguments or any(
        isinstance(one, Code) and one.codelist == "release"
        for field in endpoint.accepts().fields.values()
        for one in (field.inner if isinstance(field, fields.List) else field,)
    )


def body_of(endpoint: Endpoint) -> Any:
    """Return the schema of a body; what is not JSON is bytes to every client."""
    if endpoint.format is JSON:
        return endpoint.returns
    return {"type": "string", "format": "binary"}


def headers_of(endpoint: Endpoint) -> list[str]:
    is_kept = endpoint.path not in PROBES
    return [
        *text.HEADERS_OF_EVERY_200,
        *(["ETag"] if is_kept else ()),
        *(["Last-Modified"] if is_kept and endpoint.reads_database else ()),
        *(["Content-Disposition"] if isinstance(endpoint.format, File | Archive) else ()),
        *(["Accept-Ranges"] if isinstance(endpoint.format, Archive) else ()),
        *(["X-Data-Release"] if has_figures(endpoint) else ()),
        *text.OPTIONAL_HEADERS,
    ]


def header_references(names: list[str]) -> dict[str, dict[str, str]]:
    return {
        text.SENT_AS.get(name, name): {"$ref": f"#/components/headers/{name}"} for name in names
    }


def has_figures(endpoint: Endpoint) -> bool:
    """Tell whether an answer is of one release, and says so."""
    assert endpoint.returns is not None
    meta: Any = endpoint.returns().fields["meta"]
    return "release" in meta.schema.fields


def partial_content(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "description": "The part of the file that `Range` asks for.",
        "headers": header_references([*headers_of(endpoint), "Content-Range"]),
        "content": {endpoint.format.media_type: {"schema": body_of(endpoint)}},
    }


def problem_response(status: int) -> dict[str, Any]:
    codes = [kind.code for kind in CATALOGUE.values() if kind.status == status]
    drawn = {code: found for code in codes if (found := example_file.read()["problems"].get(code))}
    return {
        "description": f"A problem with the code {', '.join(f'`{code}`' for code in codes)}.",
        "headers": header_references(
            [
                *text.PROBLEM_HEADERS,
                *(["Retry-After"] if status in (429, 503) else []),
                *(["Content-Range"] if status == 416 else []),
            ]
        ),
        "content": {
            "application/problem+json": {"schema": "Problem", "examples": example_file.named(drawn)}
        },
    }


def response_name(status: int) -> str:
    title = next(kind.title for kind in CATALOGUE.values() if kind.status == status)
    return title.title().replace(" ", "")


def shared_responses(app: Flask) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return by name the responses that several operations refer to."""
    yield NOT_MODIFIED, not_modified([])
    yield FIGURES_NOT_MODIFIED, not_modified(["X-Data-Release"])
    for endpoint in endpoints(app):
        if isinstance(endpoint.format, Archive):  # every one is as the others are
            yield PARTIAL_CONTENT, partial_content(endpoint)
            break
    for status in sorted({at for endpoint in endpoints(app) for at in problems_of(endpoint)}):
        yield response_name(status), problem_response(status)


def not_modified(more: list[str]) -> dict[str, Any]:
    return {
        "description": "Nothing changed since the answer that the client has.",
        "headers": header_references([*text.HEADERS_OF_304, *more]),
    }

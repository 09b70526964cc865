"""A test client that holds every answer it receives against openapi.yaml."""

import copy
import gzip
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import brotli
import yaml
import zstandard
from flask.testing import FlaskClient
from jsonschema_rs import Draft4Validator
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4
from werkzeug.test import TestResponse

# What the contract says of each answer that has them.
DESCRIBED = {
    "Link",
    "ETag",
    "Last-Modified",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "Deprecation",
    "Sunset",
    "Content-Disposition",
    "Accept-Ranges",
    "Content-Range",
    "X-Request-Id",
    "X-Data-Release",
    "X-API-Version",
}

CONTRACT = Path(__file__).parents[1] / "openapi.yaml"


# What Accept chose at a path is declared at the path with the suffix of that format.
SUFFIXES = {
    "application/atom+xml": ".atom",
    "text/csv": ".csv",
    "application/x-ndjson": ".ndjson",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/json-stat+json": ".jsonstat",
    "application/vnd.sdmx.data+csv": ".sdmx.csv",
    "application/vnd.sdmx.structure+xml": ".xml",
}
# What lists are had as besides JSON, at a path of its own.
FILES = (".csv", ".ndjson", ".xlsx", ".parquet", ".jsonstat", ".sdmx.csv")
# What else is not JSON, and has its path to itself.
DOCUMENTS = (".atom", ".jsonld", ".xml")


class CheckingClient(FlaskClient):
    """Flask's test client, which fails a test when an answer breaks the contract."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # Read to the end: a file that is not holds its connection, as it ought to.
        response = super().open(*args, **{"buffered": True, **kwargs})
        decode(response)
        check(response)
        return response


DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


def decode(response: TestResponse) -> None:
    """Read a body as a client does, whatever its coding."""
    coding = response.headers.get("Content-Encoding")
    if coding is not None and response.data:
        response.set_data(DECODERS[coding](response.data))


@cache
def document() -> dict[str, Any]:
    """Return openapi.yaml as it stands."""
    found = yaml.load(CONTRACT.read_text("utf-8"), yaml.CSafeLoader)
    assert isinstance(found, dict)
    return found


@cache
def contract() -> dict[str, Any]:
    """Return openapi.yaml with every parameter written out where it is taken."""
    found = copy.deepcopy(document())
    named = found["components"]["parameters"]
    for item in found["paths"].values():
        item["get"]["parameters"] = [
            named[taken["$ref"].rpartition("/")[2]] if "$ref" in taken else taken
            for taken in item["get"]["parameters"]
        ]
    return found


def check(response: TestResponse) -> None:
    """Assert that the contract declares this status, media type, body and headers for this path."""
    method = response.request.method
    suffix = SUFFIXES.get(response.mimetype, "")
    declared = operation(response.request.path.removesuffix(suffix) + suffix)
    if response.status_code >= 400:
        check_body(response, {"$ref": "#/components/schemas/Problem"}, "application/problem+json")
    if declared is None or method not in ("GET", "HEAD"):
        return
    assert str(response.status_code) in declared["responses"], (
        f"{response.request.path} answered {response.status_code}, which the contract leaves out"
    )
    found = resolved(declared["responses"][str(response.status_code)])
    for name, header in found.get("headers", {}).items():
        if resolved(header)["required"]:
            assert name in response.headers, f"{response.request.path}: no {name}"
    unknown = DESCRIBED & set(response.headers.keys()) - found.get("headers", {}).keys()
    assert not unknown, f"{response.request.path}: the contract leaves out {', '.join(unknown)}"
    for media_type, content in found.get("content", {}).items():
        check_body(response, content["schema"], media_type)


def operation(path: str) -> Any:
    """Return the GET of the path that matches: a literal one before one with parameters."""
    for template in sorted(contract()["paths"], key=lambda template: template.count("{")):
        if re.fullmatch(re.sub(r"\{.+?\}", "[^/]+", template), path):
            return contract()["paths"][template]["get"]
    return None


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = contract()
    for key in part["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    assert isinstance(found, dict)
    return found


def check_body(response: TestResponse, schema: dict[str, Any], media_type: str) -> None:
    assert response.mimetype == media_type
    if response.request.method == "HEAD":
        assert response.data == b""
        return
    if schema.get("format") == "binary" or is_valid(schema["$ref"], response.json):
        return
    validator(schema["$ref"]).validate(response.json)
    raise AssertionError("the two validators disagree")


def is_valid(reference: str, body: Any) -> bool:
    """Tell whether a body is what the contract says, fast: most answers are, and some are long."""
    found = fast_validator(reference).is_valid(body)
    assert isinstance(found, bool)
    return found


@cache
def fast_validator(reference: str) -> Any:
    components = without_nullable(contract()["components"])
    schema = {"$ref": reference, "components": components}
    return Draft4Validator(schema, validate_formats=True)


def without_nullable(part: Any) -> Any:
    """Say `nullable`, which is OpenAPI's own, as JSON Schema does: null is one of the types."""
    if isinstance(part, list):
        return [without_nullable(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: without_nullable(one) for name, one in part.items() if name != "nullable"}
    return found | {"type": [part["type"], "null"]} if part.get("nullable") is True else found


@cache
def validator(reference: str) -> Any:
    resource = Resource.from_contents(contract(), default_specification=DRAFT4)
    registry: Registry[Any] = Registry().with_resource("contract", resource)
    return OAS30Validator(
        {"$ref": f"contract{reference}"}, registry=registry, format_checker=oas30_format_checker
    )

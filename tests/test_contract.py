"""openapi.yaml is what the code says, and is fit for generating clients."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from service.http import contract as drawing

from .contract import CONTRACT, contract


def test_the_contract_is_current(app: Flask) -> None:
    with app.app_context():
        assert CONTRACT.read_text("utf-8") == drawing.render(), "run: make openapi"


def test_the_contract_is_valid() -> None:
    validate(contract())
    assert contract()["openapi"] == "3.0.3"


def test_the_service_serves_the_contract(client: FlaskClient) -> None:
    assert client.get("/openapi.yaml").text == CONTRACT.read_text("utf-8")
    assert client.get("/openapi.json").json == contract()
    assert client.get("/openapi.yaml").mimetype == "application/yaml"
    # The suffix names the format, whatever Accept says.
    assert client.get("/openapi.yaml", headers={"Accept": "text/html"}).status_code == 200
    assert client.get("/openapi.yaml?nonsense=1").status_code == 400


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [(path, item["get"]) for path, item in contract()["paths"].items()]


@pytest.mark.parametrize(("path", "operation"), operations(), ids=contract()["paths"])
def test_an_operation_is_described_in_full(path: str, operation: dict[str, Any]) -> None:
    assert operation["operationId"][0].islower()
    assert len(operation["tags"]) == 1
    assert operation["summary"]
    assert operation["description"].endswith((".", ")"))
    for parameter in operation["parameters"]:
        assert len(parameter["description"]) > 10, parameter["name"]
        if parameter["schema"]["type"] == "array":
            assert (parameter["style"], parameter["explode"]) == ("form", False)
    expected = {"200", "400", "406", "413", "414", "500"}
    if path not in ("/healthz", "/readyz"):
        expected |= {"304", "429"}
    if not path.startswith(("/healthz", "/v1/codelists", "/v1/problems")):
        expected |= {"503"}
    if any(parameter["name"].endswith("release") for parameter in operation["parameters"]):
        expected |= {"410"}
    assert set(operation["responses"]) == expected | ({"404"} if "{" in path else set())


def test_operations_are_named_once() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(names) == len(set(names))


def nodes(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every object of the contract with the path that leads to it."""
    if isinstance(part, dict):
        yield path, part
        for key, value in part.items():
            yield from nodes(value, f"{path}/{key}")
    if isinstance(part, list):
        for at, value in enumerate(part):
            yield from nodes(value, f"{path}/{at}")


def test_nothing_in_it_breaks_a_generator() -> None:
    for path, node in nodes(contract()):
        assert not {"oneOf", "anyOf", "discriminator", "readOnly", "writeOnly"} & node.keys(), path
        if node.get("type") in ("number", "integer"):
            assert "format" in node, path
        if node.get("nullable"):
            assert "$ref" not in node, path
            assert node["type"] != "object", path
        if "$ref" in node:
            assert list(node) == ["$ref"], path


def test_answers_are_open_to_growth() -> None:
    for name, schema in contract()["components"]["schemas"].items():
        assert "additionalProperties" not in schema, name
        assert sorted(schema["required"]) == sorted(schema["properties"]), name
        for field, described in schema["properties"].items():
            assert "enum" not in described, (name, field)


def test_every_field_is_described() -> None:
    envelope = {"data", "meta", "links", "counts", "assumptions"}
    for name, schema in contract()["components"]["schemas"].items():
        for field, described in schema["properties"].items():
            assert field in envelope or "description" in described, (name, field)


def test_every_schema_is_a_named_component() -> None:
    for path, node in nodes(contract()):
        if node.get("type") == "object":
            assert path.count("/") == 3, path
            assert path.startswith("/components/schemas/"), path

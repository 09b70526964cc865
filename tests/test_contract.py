"""openapi.yaml is what the code says, and is fit for generating clients."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from contract import drawing

from .contract import CONTRACT, DOCUMENTS, FILES, contract, document


def test_the_contract_is_current(app: Flask) -> None:
    assert CONTRACT.read_text("utf-8") == drawing.render(app), "run: make openapi"


def test_the_contract_is_valid() -> None:
    validate(document())
    assert contract()["openapi"] == "3.0.3"


def test_the_service_serves_the_contract(client: FlaskClient) -> None:
    assert client.get("/openapi.yaml").text == CONTRACT.read_text("utf-8")
    assert client.get("/openapi.json").json == document()
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
    for parameter in operation["parameters"]:
        assert len(parameter["description"]) > 10, parameter["name"]
        if parameter["schema"]["type"] == "array":
            assert (parameter["style"], parameter["explode"]) == ("form", False)
    expected = {"200", "400", "413", "414", "500"}
    if not path.endswith((*DOCUMENTS, *FILES)):
        expected |= {"406"}
    if path.endswith(".zip"):
        expected |= {"206", "416"}
    if path not in ("/healthz", "/readyz"):
        expected |= {"304", "429"}
    if not path.startswith(("/healthz", "/v1/codelists", "/v1/problems")):
        expected |= {"503"}
    if any(parameter["name"].endswith("release") for parameter in operation["parameters"]):
        expected |= {"410"}
    assert set(operation["responses"]) == expected | ({"404"} if "{" in path else set())


@pytest.mark.parametrize(("path", "operation"), operations(), ids=contract()["paths"])
def test_an_operation_says_when_to_use_it_and_shows_a_request(
    path: str, operation: dict[str, Any]
) -> None:
    *words, request = operation["description"].split("\n\n")
    assert words[0].rstrip(".") != operation["summary"].rstrip("."), (
        f"say in the docstring of {operation['operationId']}, below its first line, when to use it"
    )
    assert all(word.endswith((".", ")")) for word in words)
    assert request.startswith(f"Example: `{path.partition('{')[0]}")


# Choices that a list has anyhow; what a list is for shows in its own filters.
COMMON = {"sort", "limit", "cursor", "source", "release", "as_of"}


@pytest.mark.parametrize(("path", "operation"), operations(), ids=contract()["paths"])
def test_the_example_request_shows_what_an_operation_is_for(
    path: str, operation: dict[str, Any]
) -> None:
    taken = {at["name"] for at in operation["parameters"] if at["in"] == "query"}
    shown = set(parse_qs(urlsplit(operation["description"].rpartition("`/")[2][:-1]).query))
    assert shown <= taken
    if taken - COMMON:
        assert shown - {"limit"}, (
            f'give the @endpoint of {path} a query string: example="year=2024"'
        )


def test_operations_are_named_once() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(names) == len(set(names))


def nodes(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every object of the contract with the path that leads to it, but for examples."""
    if isinstance(part, dict):
        yield path, part
        for key, value in part.items():
            if key not in ("example", "examples"):
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


def test_every_object_and_every_field_is_described() -> None:
    for name, schema in contract()["components"]["schemas"].items():
        assert schema["description"].endswith("."), name
        for field, described in schema["properties"].items():
            # Beside a reference nothing may be said; what it refers to is described itself.
            assert {"description", "$ref"} & described.keys(), (name, field)


@pytest.mark.parametrize(("path", "operation"), operations(), ids=contract()["paths"])
def test_every_parameter_has_an_example_and_a_range(path: str, operation: dict[str, Any]) -> None:
    for parameter in operation["parameters"]:
        name, schema = parameter["name"], parameter["schema"]
        assert "example" in parameter, (
            f"{path}: run `make examples`; if {name} is still without one, no row has a value for "
            "it: give the parameter an `example` in its metadata"
        )
        assert has_range(schema), (path, name)


def has_range(schema: dict[str, Any]) -> bool:
    if schema["type"] == "array":
        return "maxItems" in schema and has_range(schema["items"])
    if schema["type"] == "string":
        return bool({"enum", "maxLength"} & schema.keys()) or schema["format"] in FIXED_LENGTH
    return schema["type"] == "boolean" or {"minimum", "maximum"} <= schema.keys()


FIXED_LENGTH = {"date", "date-time"}


def fields() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, schema in contract()["components"]["schemas"].items():
        for field, described in schema["properties"].items():
            yield f"{name}.{field}", described


def test_every_field_has_an_example() -> None:
    for name, described in fields():
        if "$ref" not in described.get("items", described):  # a nested row has its own fields'
            assert "example" in described, (
                f"run `make examples`; if {name} is still without an example, no row has a value: "
                "give the field an `example` in its metadata"
            )


# In a name or in words: what a number counts or is measured in.
UNIT = re.compile(
    r"_(pct|pp|usd|lcu|thousands|persons)(_|$)|(^|_)(year|years|count|total|rank)(_|$)"
    r"|\bunit\b|how many|per cent|million|decimals|HTTP status",
    re.IGNORECASE,
)


def test_every_number_names_its_unit() -> None:
    for name, described in fields():
        if described.get("items", described).get("type") in ("number", "integer"):
            assert UNIT.search(name.partition(".")[2]) or UNIT.search(described["description"]), (
                f"{name}: say its unit, in the name (`_pct`) or in the description (`Unit: …`)"
            )


@pytest.mark.parametrize(("path", "operation"), operations(), ids=contract()["paths"])
def test_every_number_that_is_asked_for_names_its_unit(
    path: str, operation: dict[str, Any]
) -> None:
    for parameter in operation["parameters"]:
        if parameter["schema"]["type"] in ("number", "integer"):
            assert UNIT.search(parameter["name"]) or UNIT.search(parameter["description"]), (
                f"{path}: say the unit of {parameter['name']}"
            )


def test_counts_and_years_have_a_range() -> None:
    for name, described in fields():
        if described.get("type") == "integer":
            assert "minimum" in described, name


def test_every_header_is_described_with_an_example() -> None:
    for name, header in contract()["components"]["headers"].items():
        assert header["description"].endswith("."), name
        assert {"required", "schema", "example"} <= header.keys(), name


def test_what_several_operations_take_or_answer_is_written_once() -> None:
    written = [
        json.dumps(parameter, sort_keys=True)
        for item in document()["paths"].values()
        for parameter in item["get"]["parameters"]
        if "$ref" not in parameter
    ]
    assert len(written) == len(set(written))
    for path, item in document()["paths"].items():
        for status, response in item["get"]["responses"].items():
            assert ("$ref" in response) == (status != "200"), (path, status)


def test_tags_stand_in_reading_order() -> None:
    tags = contract()["tags"]
    used = [operation["tags"][0] for _, operation in operations()]
    assert [tag["name"] for tag in tags] == list(dict.fromkeys(used))
    for tag in tags:
        assert re.fullmatch(r"[A-Z].*\.", tag["description"]), tag


def test_the_contract_says_its_purpose_terms_and_promises() -> None:
    words = contract()["info"]["description"]
    for part in (
        "**Reading it.**",
        "**Errors**",
        "**Terms.**",
        "**Stability.**",
        "**Deprecation.**",
    ):
        assert part in words
    assert contract()["info"]["license"]["name"] == "Apache-2.0"
    assert contract()["security"] == []


def test_a_year_is_a_number_in_a_path_too() -> None:
    for path, operation in operations():
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                is_year = parameter["name"] == "year"
                assert parameter["schema"]["type"] == ("integer" if is_year else "string"), path


def test_it_tells_nothing_of_the_machine_that_drew_it() -> None:
    text = CONTRACT.read_text("utf-8")
    assert "localhost" not in text
    assert str(CONTRACT.parent) not in text


def test_it_stays_small() -> None:
    assert CONTRACT.stat().st_size < 1_000_000


def test_every_schema_is_a_named_component() -> None:
    for path, node in nodes(contract()):
        if node.get("type") == "object":
            assert path.count("/") == 3, path
            assert path.startswith("/components/schemas/"), path

"""The contract's examples are what the service answers, and are as the contract says.

The checks are functions, so that the faults they are there for can be injected: a check that finds
nothing wrong with a wrong example would be no check.
"""

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from contract import example_file
from contract.examples import INSTANT, LOADED_AT, PROVOKED, REQUEST_ID, NoAnswerError, draw
from service.http.catalogue import CATALOGUE
from service.http.endpoint import endpoints_of

from .contract import contract, document

PACKED = (".xlsx", ".parquet", ".zip")


def stale(committed: dict[str, Any], drawn: dict[str, Any]) -> list[str]:
    """Return the places at which the committed examples are not what the service answers."""
    return [
        f"{section} {name}"
        for section in committed.keys() | drawn.keys()
        for name in sorted(committed.get(section, {}).keys() | drawn.get(section, {}).keys())
        if committed.get(section, {}).get(name) != drawn.get(section, {}).get(name)
    ]


def wrong(contract: dict[str, Any]) -> list[str]:
    """Return the places of a contract whose example is not as its schema says."""
    registry: Registry[Any] = Registry().with_resource(
        "contract", Resource.from_contents(contract, default_specification=DRAFT4)
    )
    found = []
    for place, schema, example in shown(contract):
        placed = {"$ref": f"contract{schema['$ref']}"} if "$ref" in schema else schema
        validator = OAS30Validator(placed, registry=registry, format_checker=oas30_format_checker)
        found += [f"{place}: {error.message}" for error in validator.iter_errors(example)]
    return found


def shown(part: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Return every example with its place and schema: of bodies, parameters, headers and fields."""
    if isinstance(part, list):
        for at, value in enumerate(part):
            yield from shown(value, f"{place}/{at}")
    if not isinstance(part, dict):
        return
    if "example" in part:
        yield place, part.get("schema", part), part["example"]
    for name, example in part.get("examples", {}).items():
        yield f"{place}/{name}", part["schema"], example["value"]
    for key, value in part.items():
        if key not in ("example", "examples"):
            yield from shown(value, f"{place}/{key}")


@pytest.fixture(scope="module")
def drawn(app: Flask, withdrawn_app: Flask) -> dict[str, Any]:
    return draw(app, withdrawn=withdrawn_app)


def test_the_examples_are_what_the_service_answers(drawn: dict[str, Any]) -> None:
    assert stale(example_file.read(), drawn) == [], "run: make examples"


def test_every_example_is_as_the_contract_says() -> None:
    assert wrong(document()) == []


def test_every_operation_shows_an_answer() -> None:
    for path, item in contract()["paths"].items():
        for media_type, content in item["get"]["responses"]["200"]["content"].items():
            # What is packed has nothing to show in a text.
            assert bool(content.get("examples")) != path.endswith(PACKED), (
                f"{path} {media_type}: run `make examples`"
            )


def test_an_answer_shows_the_request_that_it_answers() -> None:
    for path, item in contract()["paths"].items():
        [content] = item["get"]["responses"]["200"]["content"].values()
        if path.endswith(PACKED):
            continue
        assert content["examples"]["answer"]["summary"] == "GET " + item["get"][
            "description"
        ].rpartition("Example: `")[2].rstrip("`"), path


def test_every_problem_that_is_declared_is_shown() -> None:
    for response in contract()["components"]["responses"].values():
        for media_type, content in response.get("content", {}).items():
            if media_type == "application/zip":
                continue  # a part of an archive, 206, is no problem
            assert media_type == "application/problem+json"
            status = next(iter(content["examples"].values()))["value"]["status"]
            codes = [kind.code for kind in CATALOGUE.values() if kind.status == status]
            assert list(content["examples"]) == codes, (
                f"say how each of {codes} is provoked in PROVOKED of contract/examples.py, and run "
                "`make examples`"
            )


def test_a_problem_is_the_one_that_it_is_shown_for(drawn: dict[str, Any]) -> None:
    assert drawn["problems"].keys() == PROVOKED.keys()
    for code, shown in drawn["problems"].items():
        assert shown["answer"]["code"] == code
        assert shown["answer"]["status"] == CATALOGUE[code].status


def test_an_endpoint_whose_example_is_refused_is_named(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "index.get_root"
    wrong = replace(endpoints_of(app)[name], example="member=Atlantis")
    monkeypatch.setitem(endpoints_of(app), name, wrong)
    with pytest.raises(NoAnswerError, match="member=Atlantis: member: This path takes no"):
        draw(app)


def strings(part: Any) -> Iterator[tuple[str, str]]:
    """Return every text of the examples with the name of the field that it stands in."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from ((name, value),) if isinstance(value, str) else strings(value)
    if isinstance(part, list):
        for value in part:
            yield from strings(value)


def test_what_is_another_at_every_asking_is_fixed(drawn: dict[str, Any]) -> None:
    assert {text for name, text in strings(drawn) if name == "request_id"} == {REQUEST_ID}
    assert {text for _, text in strings(drawn) if INSTANT.fullmatch(text)} == {LOADED_AT}


# What the checks are there for, injected.


@pytest.mark.parametrize(
    ("name", "value"),
    [("share_gdp_pct", "4.12"), ("year", 2024.5), ("missing", None), ("stage", 1)],
)
def test_a_wrong_example_is_found(name: str, value: object) -> None:
    bent = copy.deepcopy(document())
    content = bent["paths"]["/v1/spending-years"]["get"]["responses"]["200"]["content"]
    content["application/json"]["examples"]["answer"]["value"]["data"][0][name] = value
    found = wrong(bent)
    assert found
    assert all(place.startswith("/paths//v1/spending-years/get/responses/200/") for place in found)


def test_a_wrong_example_of_a_parameter_a_field_or_a_header_is_found() -> None:
    bent = copy.deepcopy(document())
    bent["components"]["parameters"]["YearParameter"]["example"] = 20240
    bent["components"]["schemas"]["SpendingYear"]["properties"]["share_gdp_pct"]["example"] = "2"
    bent["components"]["headers"]["Retry-After"]["example"] = "soon"
    assert {place.partition(": ")[0] for place in wrong(bent)} == {
        "/components/parameters/YearParameter",
        "/components/schemas/SpendingYear/properties/share_gdp_pct",
        "/components/headers/Retry-After",
    }


def test_an_example_that_the_service_no_longer_answers_is_found(drawn: dict[str, Any]) -> None:
    typed = copy.deepcopy(example_file.read())
    typed["answers"]["getSpendingYear"]["answer"]["data"]["share_gdp_pct"] = 4.12
    typed["problems"]["not_found"]["answer"]["title"] = "Nothing here"
    del typed["fields"]["Target.review_year"]
    assert sorted(stale(typed, drawn)) == [
        "answers getSpendingYear",
        "fields Target.review_year",
        "problems not_found",
    ]

"""Every kind of breaking change is named with its place; what only adds is none."""

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract.changes import Comparison, main

from .contract import CONTRACT, document

RELEASED = CONTRACT.parent / "contract" / "released.yaml"

# A contract with one of each: what is inline, what is named, what is closed, what is open.
BASE: dict[str, Any] = yaml.safe_load("""
openapi: 3.0.3
info: {title: Ours, version: 1.0.0}
servers: [{url: /}]
paths:
  /v1/members:
    get:
      operationId: listMembers
      tags: [members]
      parameters:
      - {$ref: '#/components/parameters/Limit'}
      - {in: query, name: region, style: form, explode: false, schema: {type: array, maxItems: 200, items: {type: string, enum: [europe, asia]}}}
      - {in: query, name: name, schema: {type: string, minLength: 1, maxLength: 100}}
      responses:
        '200':
          description: A page.
          headers:
            ETag: {$ref: '#/components/headers/ETag'}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/MemberPage'}
        '304': {description: Unchanged.}
        '400': {$ref: '#/components/responses/BadRequest'}
  /v1/members/{member}:
    parameters:
    - {in: path, name: member, required: true, schema: {type: string}}
    get:
      operationId: getMember
      tags: [members]
      responses:
        '200':
          description: One.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Member'}
    head:
      operationId: headMember
      tags: [members]
      responses:
        '200': {description: One.}
components:
  headers:
    ETag: {required: true, schema: {type: string}}
  parameters:
    Limit: {in: query, name: limit, schema: {type: integer, format: int32, minimum: 1, maximum: 10000, default: 1000}}
  responses:
    BadRequest:
      description: A problem.
      content:
        application/problem+json:
          schema: {$ref: '#/components/schemas/Problem'}
  schemas:
    MemberPage:
      type: object
      required: [data]
      properties:
        data: {type: array, items: {$ref: '#/components/schemas/Member'}}
    Member:
      type: object
      required: [code, population, state, aliases, acceded_on]
      properties:
        code: {type: string, maxLength: 3, pattern: '[A-Z]+'}
        population: {type: integer, format: int64, minimum: 0}
        share: {type: number, format: double, nullable: true, multipleOf: 0.01}
        state: {type: string, enum: [in, out]}
        region: {type: string}
        aliases: {type: array, items: {type: string}}
        acceded_on: {type: string, format: date}
    Problem:
      type: object
      required: [code]
      properties:
        code: {type: string}
""")  # fmt: skip


def operation(new: dict[str, Any]) -> Any:
    return new["paths"]["/v1/members"]["get"]


def parameter(new: dict[str, Any], name: str) -> Any:
    if name == "limit":
        return new["components"]["parameters"]["Limit"]
    return next(at for at in operation(new)["parameters"] if at.get("name") == name)


def member(new: dict[str, Any]) -> Any:
    return new["components"]["schemas"]["Member"]


def field(new: dict[str, Any], name: str) -> Any:
    return member(new)["properties"][name]


def renamed(parts: dict[str, Any], old: str, name: str) -> None:
    parts[name] = parts.pop(old)


def rename_schema(new: dict[str, Any]) -> None:
    renamed(new["components"]["schemas"], "Member", "Ally")
    new["components"]["schemas"]["MemberPage"]["properties"]["data"]["items"] = {
        "$ref": "#/components/schemas/Ally"
    }
    new["paths"]["/v1/members/{member}"]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ] = {"$ref": "#/components/schemas/Ally"}


LIST = "GET /v1/members"
LIMIT, REGION, NAME = (f"{LIST}: parameter {name} in query" for name in ("limit", "region", "name"))
Change = Callable[[dict[str, Any]], object]

BREAKING: dict[str, tuple[Change, list[str]]] = {
    "path removed": (lambda new: new["paths"].pop("/v1/members"), [f"{LIST}: removed"]),
    "path renamed": (
        lambda new: renamed(new["paths"], "/v1/members", "/v1/allies"),
        [f"{LIST}: removed"],
    ),
    "method removed": (
        lambda new: new["paths"]["/v1/members/{member}"].pop("head"),
        ["HEAD /v1/members/{member}: removed"],
    ),
    "server removed": (
        lambda new: new.update(servers=[{"url": "/v2"}]),
        ["server /: removed"],
    ),
    "another version of OpenAPI": (
        lambda new: new.update(openapi="3.1.0"),
        ["openapi 3.0 became 3.1"],
    ),
    "title changed": (
        lambda new: new["info"].update(title="Theirs"),
        ["title Ours became Theirs"],
    ),
    "login asked for": (
        lambda new: new.update(security=[{"key": []}]),
        ["service: now asks for a login"],
    ),
    "login asked for by one operation": (
        lambda new: operation(new).update(security=[{"key": []}]),
        [f"{LIST}: now asks for a login"],
    ),
    "body required": (
        lambda new: operation(new).update(requestBody={"required": True, "content": {}}),
        [f"{LIST}: a body is now required"],
    ),
    "operation renamed": (
        lambda new: operation(new).update(operationId="getMembers"),
        [f"{LIST}: operationId listMembers became getMembers"],
    ),
    "tag renamed": (
        lambda new: operation(new).update(tags=["allies"]),
        [f"{LIST}: tags ['members'] became ['allies']"],
    ),
    "parameter removed": (
        lambda new: operation(new)["parameters"].pop(0),
        [f"{LIMIT}: removed"],
    ),
    "parameter renamed": (
        lambda new: parameter(new, "name").update(name="title"),
        [f"{NAME}: removed"],
    ),
    "parameter retyped": (
        lambda new: parameter(new, "limit")["schema"].update(type="string"),
        [f"{LIMIT}: type integer became string"],
    ),
    "parameter of another format": (
        lambda new: parameter(new, "limit")["schema"].update(format="int64"),
        [f"{LIMIT}: format int32 became int64"],
    ),
    "maximum lowered": (
        lambda new: parameter(new, "limit")["schema"].update(maximum=500),
        [f"{LIMIT}: maximum 10000 became 500"],
    ),
    "minimum raised": (
        lambda new: parameter(new, "limit")["schema"].update(minimum=2),
        [f"{LIMIT}: minimum 1 became 2"],
    ),
    "length lowered": (
        lambda new: parameter(new, "name")["schema"].update(maxLength=50),
        [f"{NAME}: maxLength 100 became 50"],
    ),
    "number of items lowered": (
        lambda new: parameter(new, "region")["schema"].update(maxItems=1),
        [f"{REGION}: maxItems 200 became 1"],
    ),
    "bound added": (
        lambda new: parameter(new, "region")["schema"].update(minItems=1),
        [f"{REGION}: minItems none became 1"],
    ),
    "value of a parameter removed": (
        lambda new: parameter(new, "region")["schema"]["items"].update(enum=["europe"]),
        [f"{REGION}: item: asia no longer taken"],
    ),
    "parameter closed to other values": (
        lambda new: parameter(new, "name")["schema"].update(enum=["DEU"]),
        [f"{NAME}: any other no longer taken"],
    ),
    "pattern added": (
        lambda new: parameter(new, "name")["schema"].update(pattern="[A-Z]+"),
        [f"{NAME}: pattern none became [A-Z]+"],
    ),
    "multiple asked for": (
        lambda new: parameter(new, "limit")["schema"].update(multipleOf=10),
        [f"{LIMIT}: multipleOf none became 10"],
    ),
    "value at the bound refused": (
        lambda new: parameter(new, "limit")["schema"].update(exclusiveMaximum=True),
        [f"{LIMIT}: exclusiveMaximum none became True"],
    ),
    "repeated items refused": (
        lambda new: parameter(new, "region")["schema"].update(uniqueItems=True),
        [f"{REGION}: uniqueItems none became True"],
    ),
    "parameter moved": (
        lambda new: parameter(new, "name").update({"in": "header"}),
        [f"{NAME}: removed"],
    ),
    "parameter became required": (
        lambda new: parameter(new, "name").update(required=True),
        [f"{NAME}: now required"],
    ),
    "required parameter added": (
        lambda new: operation(new)["parameters"].append(
            {"in": "query", "name": "year", "required": True, "schema": {"type": "integer"}}
        ),
        [f"{LIST}: parameter year in query: new and required"],
    ),
    "default changed": (
        lambda new: parameter(new, "limit")["schema"].update(default=100),
        [f"{LIMIT}: default 1000 became 100"],
    ),
    "list spelled otherwise": (
        lambda new: parameter(new, "region").update(explode=True),
        [f"{REGION}: explode False became True"],
    ),
    "list spelled as none has said": (
        lambda new: parameter(new, "name").update(style="pipeDelimited", explode=False),
        [f"{NAME}: style form became pipeDelimited", f"{NAME}: explode True became False"],
    ),
    "status removed": (
        lambda new: operation(new)["responses"].pop("304"),
        [f"{LIST}: status 304 removed"],
    ),
    "another success": (
        lambda new: operation(new)["responses"].update({"204": {"description": "None."}}),
        [f"{LIST}: status 204 is new"],
    ),
    "media type of an answer changed": (
        lambda new: renamed(
            operation(new)["responses"]["200"]["content"], "application/json", "text/csv"
        ),
        [f"{LIST}: 200: application/json removed"],
    ),
    "media type of errors changed": (
        lambda new: renamed(
            new["components"]["responses"]["BadRequest"]["content"],
            "application/problem+json",
            "application/json",
        ),
        [f"{LIST}: 400: application/problem+json removed"],
    ),
    "header removed": (
        lambda new: operation(new)["responses"]["200"].pop("headers"),
        [f"{LIST}: 200: header ETag removed"],
    ),
    "header no longer sent always": (
        lambda new: new["components"]["headers"]["ETag"].update(required=False),
        [f"{LIST}: 200: header ETag: no longer always there"],
    ),
    "header retyped": (
        lambda new: new["components"]["headers"]["ETag"]["schema"].update(type="integer"),
        [f"{LIST}: 200: header ETag: type string became integer"],
    ),
    "field removed": (
        lambda new: member(new)["properties"].pop("code"),
        ["schema Member.code: removed"],
    ),
    "field renamed": (
        lambda new: renamed(member(new)["properties"], "code", "id"),
        ["schema Member.code: removed"],
    ),
    "field retyped": (
        lambda new: field(new, "population").update(type="string", format=None),
        [
            "schema Member.population: type integer became string",
            "schema Member.population: format int64 became none",
        ],
    ),
    "field of another format": (
        lambda new: field(new, "population").update(format="int32"),
        ["schema Member.population: format int64 became int32"],
    ),
    "items retyped": (
        lambda new: field(new, "aliases")["items"].update(type="integer"),
        ["schema Member.aliases[]: type string became integer"],
    ),
    "field became nullable": (
        lambda new: field(new, "code").update(nullable=True),
        ["schema Member.code: may now be null"],
    ),
    "field no longer always there": (
        lambda new: member(new)["required"].remove("code"),
        ["schema Member.code: no longer always there"],
    ),
    "value added to a closed set": (
        lambda new: field(new, "state")["enum"].append("paused"),
        ["schema Member.state: may now be paused"],
    ),
    "closed set opened": (
        lambda new: field(new, "state").pop("enum"),
        ["schema Member.state: may now be any other"],
    ),
    "range of a field widened": (
        lambda new: field(new, "population").update(minimum=-1),
        ["schema Member.population: minimum 0 became -1"],
    ),
    "range of a field dropped": (
        lambda new: field(new, "code").pop("maxLength"),
        ["schema Member.code: maxLength 3 became none"],
    ),
    "pattern of a field dropped": (
        lambda new: field(new, "code").pop("pattern"),
        ["schema Member.code: pattern [A-Z]+ became none"],
    ),
    "multiple of a field dropped": (
        lambda new: field(new, "share").pop("multipleOf"),
        ["schema Member.share: multipleOf 0.01 became none"],
    ),
    "object closed to other fields": (
        lambda new: member(new).update(additionalProperties=False),
        ["schema Member: additionalProperties none became False"],
    ),
    "field composed of alternatives": (
        lambda new: field(new, "code").update(oneOf=[{"type": "string"}]),
        ["schema Member.code: oneOf none became [{'type': 'string'}]"],
    ),
    "schema renamed": (
        rename_schema,
        [
            "GET /v1/members/{member}: 200: application/json: schema Member became Ally",
            "schema MemberPage.data[]: schema Member became Ally",
            "schema Member: removed",
        ],
    ),
    "schema replaced by an inline one": (
        lambda new: new["components"]["schemas"]["MemberPage"]["properties"]["data"].update(
            items=member(new)
        ),
        ["schema MemberPage.data[]: schema Member became object"],
    ),
}

ADDITIVE: dict[str, Change] = {
    "nothing": lambda new: None,
    "path": lambda new: new["paths"].update({"/v1/targets": new["paths"]["/v1/members"]}),
    "method": lambda new: new["paths"]["/v1/members"].update(head=operation(new)),
    "server": lambda new: new["servers"].append({"url": "https://example.org"}),
    "optional parameter": lambda new: operation(new)["parameters"].insert(
        0, {"in": "query", "name": "year", "schema": {"type": "integer"}}
    ),
    "value that a request may have": lambda new: parameter(new, "region")["schema"]["items"][
        "enum"
    ].append("america"),
    "request open to other values": lambda new: parameter(new, "region")["schema"]["items"].pop(
        "enum"
    ),
    "wider range of a request": lambda new: parameter(new, "limit")["schema"].update(
        minimum=0, maximum=20000
    ),
    "limit on a request that says nothing": lambda new: parameter(new, "region")["schema"].update(
        uniqueItems=False
    ),
    "way in without a login": lambda new: new.update(security=[{"key": []}, {}]),
    "spelling that is the default": lambda new: parameter(new, "name").update(
        style="form", explode=True
    ),
    "version of OpenAPI that changes words": lambda new: new.update(openapi="3.0.4"),
    "no bound on a request": lambda new: parameter(new, "name")["schema"].pop("maxLength"),
    "parameter named and referred to": lambda new: (
        new["components"]["parameters"].update(Name=parameter(new, "name")),
        operation(new)["parameters"].pop(),
        operation(new)["parameters"].append({"$ref": "#/components/parameters/Name"}),
    ),
    "parameter no longer required": lambda new: new["paths"]["/v1/members/{member}"]["parameters"][
        0
    ].update(required=False),
    "parameters in another order": lambda new: operation(new)["parameters"].reverse(),
    "field": lambda new: member(new)["properties"].update(alpha2={"type": "string"}),
    "field that is always there": lambda new: (
        member(new)["properties"].update(alpha2={"type": "string"}),
        member(new)["required"].append("alpha2"),
    ),
    "field now always there": lambda new: member(new)["required"].append("region"),
    "field never null any more": lambda new: field(new, "share").pop("nullable"),
    "value that no longer comes": lambda new: field(new, "state")["enum"].remove("out"),
    "tighter range of an answer": lambda new: field(new, "population").update(minimum=1),
    "header": lambda new: operation(new)["responses"]["200"]["headers"].update(
        Sunset={"schema": {"type": "string"}}
    ),
    "error status": lambda new: operation(new)["responses"].update(
        {"410": {"$ref": "#/components/responses/BadRequest"}}
    ),
    "schema": lambda new: new["components"]["schemas"].update(Target=member(new)),
    "deprecation": lambda new: operation(new).update(deprecated=True),
    "words and examples": lambda new: (
        operation(new).update(summary="List", description="The members."),
        field(new, "code").update(description="The code.", example="DEU"),
        parameter(new, "limit").update(example=10),
        new["info"].update(version="1.1.0"),
    ),
}


def changed(change: Change) -> dict[str, Any]:
    new = copy.deepcopy(BASE)
    change(new)
    return new


@pytest.mark.parametrize(("change", "expected"), BREAKING.values(), ids=BREAKING)
def test_a_breaking_change_is_named_with_its_place(change: Change, expected: list[str]) -> None:
    assert Comparison(BASE, changed(change)).changes() == expected


@pytest.mark.parametrize("change", ADDITIVE.values(), ids=ADDITIVE)
def test_what_only_adds_breaks_nothing(change: Change) -> None:
    assert Comparison(BASE, changed(change)).changes() == []


def test_a_settled_contract_breaks_nothing_of_the_released_one() -> None:
    assert main(str(RELEASED), str(CONTRACT)) == 0


def test_every_field_and_every_parameter_of_the_real_contract_is_watched() -> None:
    """Taken away one by one, each is missed."""
    real = document()
    for name, schema in real["components"]["schemas"].items():
        for field in schema["properties"]:
            new = {**real, "components": {**real["components"], "schemas": dict(real["components"]["schemas"])}}  # fmt: skip
            kept = {key: value for key, value in schema["properties"].items() if key != field}
            new["components"]["schemas"][name] = {**schema, "properties": kept}
            assert f"schema {name}.{field}: removed" in Comparison(real, new).of_schemas()
    for path, item in real["paths"].items():
        new = {**real, "paths": {**real["paths"], path: {"get": {**item["get"], "parameters": []}}}}
        assert len(Comparison(real, new).changes()) == len(item["get"]["parameters"])


def test_the_command_says_what_breaks_and_fails(tmp_path: Path) -> None:
    for name, content in (("old", BASE), ("new", changed(BREAKING["field removed"][0]))):
        (tmp_path / name).write_text(yaml.safe_dump(content), "utf-8")

    def compared(old: str, new: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "contract.changes", tmp_path / old, tmp_path / new],
            cwd=CONTRACT.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    assert compared("old", "new") == (1, "schema Member.code: removed\n")
    assert compared("old", "old")[0] == 0
    unsettled = changed(BREAKING["field removed"][0])
    unsettled["info"]["version"] = "0.9.0"
    (tmp_path / "new").write_text(yaml.safe_dump(unsettled), "utf-8")
    warning = "warning: breaking, which version 0.9.0 of the contract may be\n"
    assert compared("old", "new") == (0, f"schema Member.code: removed\n{warning}")


def test_a_contract_that_is_none_is_one_line(tmp_path: Path) -> None:
    odd = tmp_path / "odd.yaml"
    os.mkfifo(odd)
    assert refusal(odd) == f"error: {odd} is not a file\n"
    odd.unlink()
    assert refusal(odd) == f"error: {odd} is not a file\n"
    for content in ("[" * 100_000, "a: [", "- x", "\udcff"):
        odd.write_bytes(os.fsencode(content))
        line = refusal(odd)
        assert line.startswith(f"error: {odd} ")
        assert line.count("\n") == 1


def refusal(odd: Path) -> str:
    command = [sys.executable, "-m", "contract.changes", str(odd), str(RELEASED)]
    done = subprocess.run(
        command, cwd=CONTRACT.parent, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr

"""Finds what a new contract breaks for those who built on an old one.

`python -m contract.changes OLD NEW` names every breaking change with its place, and exits with 1 if
there is any. A contract below 1.0.0 is not settled: its breaking changes are a warning. What only
adds passes: a path, an optional parameter, a field, a header, an error status, a wider range or a
new value in what a request may say, examples and words.

Readers are thought of as generated clients, which are strict: a value that was never possible
before (a null, a new code in a closed set, a number out of the range) breaks those that check.
"""

import sys
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

Node = dict[str, Any]
Changes = Iterator[str]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Bounds from below and from above; a missing one is no bound.
LOWER = ("minimum", "minLength", "minItems")
UPPER = ("maximum", "maxLength", "maxItems")
COMPOSED = ("allOf", "oneOf", "anyOf", "not")
# Limits that are there or not, and of which no one can tell whether another one says less.
OTHER = ("pattern", "multipleOf", "uniqueItems", "exclusiveMinimum", "exclusiveMaximum")
# How a list is spelled that says nothing of it (OpenAPI 3.0.3, Style Values).
STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


# Our own contract is nested 16 deep.
DEEPEST = 200


class Contract:
    """An OpenAPI 3.0 document, with its references followed."""

    def __init__(self, document: Node):
        self.document = document

    def found(self, node: Any) -> Node:
        """Return a node, or what it refers to."""
        node = {} if node is None else node
        while "$ref" in node:
            target: Any = self.document
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target[key.replace("~1", "/").replace("~0", "~")]
            node = target
        assert isinstance(node, dict)
        return node

    def operations(self) -> dict[str, Node]:
        """Return the operations by method and path, each with the parameters of its path."""
        return {
            f"{method.upper()} {path}": operation
            | {"parameters": [*item.get("parameters", []), *operation.get("parameters", [])]}
            for path, item in self.document.get("paths", {}).items()
            for method, operation in item.items()
            if method in METHODS
        }

    def parameters(self, operation: Node) -> dict[tuple[str, str], Node]:
        found = map(self.found, operation["parameters"])
        return {(parameter["in"], parameter["name"]): parameter for parameter in found}

    def schemas(self) -> Node:
        found = self.document.get("components", {}).get("schemas", {})
        assert isinstance(found, dict)
        return found


class Comparison:
    """The breaking changes between two contracts."""

    def __init__(self, old: Node, new: Node):
        self.old, self.new = Contract(old), Contract(new)

    def changes(self) -> list[str]:
        """Return a line for each, in the order of the old contract."""
        return [*self.of_service(), *self.of_operations(), *self.of_schemas()]

    def of_service(self) -> Changes:
        old, new = self.old.document, self.new.document
        # A generator may read one version and not another, and name a package after the title.
        yield from differing("openapi", version(old), version(new))
        yield from differing("title", old["info"]["title"], new["info"]["title"])
        urls = [server["url"] for server in new.get("servers", [])]
        for server in old.get("servers", []):
            if server["url"] not in urls:
                yield f"server {server['url']}: removed"
        if asks_for_login(new) and not asks_for_login(old):
            yield "service: now asks for a login"

    def of_operations(self) -> Changes:
        new = self.new.operations()
        for place, operation in self.old.operations().items():
            if place in new:
                yield from self.of_operation(place, operation, new[place])
            else:
                yield f"{place}: removed"

    def of_operation(self, place: str, old: Node, new: Node) -> Changes:
        # Clients have a method named after the operationId, in a class named after the first tag.
        yield from differing(
            f"{place}: operationId", old.get("operationId"), new.get("operationId")
        )
        yield from differing(f"{place}: tags", old.get("tags"), new.get("tags"))
        if asks_for_login(new) and not asks_for_login(old):
            yield f"{place}: now asks for a login"
        if self.needs_body(self.new, new) and not self.needs_body(self.old, old):
            yield f"{place}: a body is now required"
        yield from self.of_parameters(place, old, new)
        yield from self.of_responses(place, old["responses"], new["responses"])

    @staticmethod
    def needs_body(contract: Contract, operation: Node) -> bool:
        return bool(contract.found(operation.get("requestBody")).get("required"))

    def of_parameters(self, place: str, old: Node, new: Node) -> Changes:
        taken, takes = self.old.parameters(old), self.new.parameters(new)
        for (where, name), parameter in taken.items():
            at = f"{place}: parameter {name} in {where}"
            if (where, name) in takes:
                yield from self.of_parameter(at, parameter, takes[where, name])
            else:
                yield f"{at}: removed"
        for (where, name), parameter in takes.items():
            if (where, name) not in taken and parameter.get("required"):
                yield f"{place}: parameter {name} in {where}: new and required"

    def of_parameter(self, at: str, old: Node, new: Node) -> Changes:
        if new.get("required") and not old.get("required"):
            yield f"{at}: now required"
        for key, before, after in zip(
            ("style", "explode"), spelled(old), spelled(new), strict=True
        ):
            yield from differing(f"{at}: {key}", before, after)
        yield from self.of_given(at, old.get("schema"), new.get("schema"))

    def of_given(self, at: str, old: Any, new: Any) -> Changes:
        """Compare what a request may say: it may become more, never less."""
        old, new = self.old.found(old), self.new.found(new)
        yield from self.of_kind(at, old, new)
        yield from differing(f"{at}: default", old.get("default"), new.get("default"))
        if old.get("nullable") and not new.get("nullable"):
            yield f"{at}: null no longer taken"
        if "enum" in new:
            gone = [code for code in old.get("enum", ["any other"]) if code not in new["enum"]]
            yield from (f"{at}: {code} no longer taken" for code in gone)
        for key in OTHER:
            if new.get(key) not in (None, False, old.get(key)):
                yield from differing(f"{at}: {key}", old.get(key), new[key])
        yield from moved(at, old, new, is_answer=False)
        if "items" in old:
            yield from self.of_given(f"{at}: item", old["items"], new.get("items"))

    def of_responses(self, place: str, old: Node, new: Node) -> Changes:
        for status, response in old.items():
            if status in new:
                yield from self.of_response(f"{place}: {status}", response, new[status])
            else:
                yield f"{place}: status {status} removed"
        for status in new:
            # Any client must know an error by its first digit; a new success none expects.
            if status not in old and not status.startswith(("4", "5")):
                yield f"{place}: status {status} is new"

    def of_response(self, at: str, old: Any, new: Any) -> Changes:
        old, new = self.old.found(old), self.new.found(new)
        for name, header in old.get("headers", {}).items():
            if name in new.get("headers", {}):
                yield from self.of_header(f"{at}: header {name}", header, new["headers"][name])
            else:
                yield f"{at}: header {name} removed"
        for media_type, content in old.get("content", {}).items():
            if media_type in new.get("content", {}):
                schema = new["content"][media_type].get("schema")
                yield from self.of_answer(f"{at}: {media_type}", content.get("schema"), schema)
            else:
                yield f"{at}: {media_type} removed"

    def of_header(self, at: str, old: Any, new: Any) -> Changes:
        old, new = self.old.found(old), self.new.found(new)
        if old.get("required") and not new.get("required"):
            yield f"{at}: no longer always there"
        yield from self.of_answer(at, old.get("schema"), new.get("schema"))

    def of_schemas(self) -> Changes:
        """Compare the named schemas: of answers, since no request carries a body."""
        new = self.new.schemas()
        for name, schema in self.old.schemas().items():
            if name in new:
                yield from self.of_answer(f"schema {name}", schema, new[name])
            else:
                yield f"schema {name}: removed"

    def of_answer(self, at: str, old: Any, new: Any) -> Changes:
        """Compare what an answer may say: it may become less, never more.

        Of a named schema the name alone: what it stands for is compared where it is declared.
        """
        old, new = old or {}, new or {}
        if "$ref" in old or "$ref" in new:
            yield from differing(f"{at}: schema", named(old), named(new))
            return
        yield from self.of_kind(at, old, new)
        if new.get("nullable") and not old.get("nullable"):
            yield f"{at}: may now be null"
        if "enum" in old:
            added = [code for code in new.get("enum", ["any other"]) if code not in old["enum"]]
            yield from (f"{at}: may now be {code}" for code in added)
        for key in OTHER:
            if old.get(key) not in (None, False, new.get(key)):
                yield from differing(f"{at}: {key}", old[key], new.get(key))
        yield from moved(at, old, new, is_answer=True)
        if "items" in old:
            yield from self.of_answer(f"{at}[]", old["items"], new.get("items"))
        yield from self.of_properties(at, old, new)

    def of_properties(self, at: str, old: Node, new: Node) -> Changes:
        for name, described in old.get("properties", {}).items():
            if name not in new.get("properties", {}):
                yield f"{at}.{name}: removed"
                continue
            yield from self.of_answer(f"{at}.{name}", described, new["properties"][name])
            if name in old.get("required", []) and name not in new.get("required", []):
                yield f"{at}.{name}: no longer always there"

    @staticmethod
    def of_kind(at: str, old: Node, new: Node) -> Changes:
        for key in ("type", "format", "additionalProperties", *COMPOSED):
            yield from differing(f"{at}: {key}", old.get(key), new.get(key))


def version(document: Node) -> str:
    """Return the version of OpenAPI without its last number, which changes words alone."""
    return str(document["openapi"]).rpartition(".")[0]


def asks_for_login(node: Node) -> bool:
    """Tell whether every way in needs a key; an empty one stands for none."""
    return bool(node.get("security")) and all(node["security"])


def spelled(parameter: Node) -> tuple[str, bool]:
    """Return how a parameter spells a list: its style, and whether it explodes."""
    style = parameter.get("style", STYLES[parameter["in"]])
    return style, parameter.get("explode", style == "form")


def named(schema: Node) -> str:
    """Return the name of the class that a generator makes, or what kind of schema it is."""
    return str(schema.get("$ref", schema.get("type"))).rpartition("/")[2]


def differing(at: str, old: Any, new: Any) -> Changes:
    if old != new:
        yield f"{at} {said(old)} became {said(new)}"


def said(value: Any) -> str:
    return "none" if value is None else str(value)


def moved(at: str, old: Node, new: Node, *, is_answer: bool) -> Changes:
    """Compare bounds. A request's may only be loosened, an answer's only be tightened."""
    for key in LOWER + UPPER:
        before, after = old.get(key), new.get(key)
        loose, tight = (after, before) if is_answer else (before, after)
        if tight is None:
            continue
        if loose is None or (tight > loose if key in LOWER else tight < loose):
            yield f"{at}: {key} {said(before)} became {said(after)}"


def read(path: str) -> Node:
    """Return a contract. Raises SystemExit, with one line, where the file holds none."""
    if not Path(path).is_file():
        sys.exit(f"error: {path} is not a file")
    try:
        text = Path(path).read_text("utf-8")
        if is_too_deep(text):
            sys.exit(f"error: {path} is nested more than {DEEPEST} deep")
        found = yaml.load(text, yaml.CSafeLoader)
    except (OSError, ValueError, yaml.YAMLError) as error:
        sys.exit(f"error: {path} cannot be read: {' '.join(str(error).split())}")
    if not isinstance(found, dict):
        sys.exit(f"error: {path} is no contract")
    return found


def is_too_deep(text: str) -> bool:
    """Whether a text is nested so deep that libyaml might run out of stack."""
    starts = (yaml.SequenceStartEvent, yaml.MappingStartEvent)
    ends = (yaml.SequenceEndEvent, yaml.MappingEndEvent)
    events = yaml.parse(text, yaml.CSafeLoader)
    steps = (isinstance(event, starts) - isinstance(event, ends) for event in events)
    return any(depth > DEEPEST for depth in accumulate(steps))


def main(old: str, new: str) -> int:
    """Print a line for each breaking change between two files, and return how to exit."""
    after = read(new)
    changes = Comparison(read(old), after).changes()
    print("\n".join(changes) or f"nothing in {new} breaks what was built on {old}")
    if changes and not is_settled(after):
        print(f"warning: breaking, which version {after['info']['version']} of the contract may be")
        return 0
    return 1 if changes else 0


def is_settled(contract: Node) -> bool:
    """Tell whether a contract has made the promise of stability, which starts with 1.0.0."""
    return not str(contract["info"]["version"]).startswith("0.")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Reads the plain YAML of release.yaml: texts, numbers, days, lists and keys that are texts.

What YAML can do besides makes a small file large (aliases), the reader run out of stack (nesting),
or a text something else without a word (the key `no`, which YAML 1.1 reads as false).
"""

from typing import Any

import yaml

DEEPEST = 20
# No number or day of ours is longer, and Python refuses to write numbers of thousands of digits.
LONGEST = 40

TAG = "tag:yaml.org,2002:"
TEXT = f"{TAG}str"
SHORT = {TAG + name for name in ("int", "float", "bool", "null", "timestamp")}
READ = {TEXT, f"{TAG}seq", f"{TAG}map", *SHORT}


class NotPlainError(Exception):
    """YAML, with something in it that is not read here."""

    def __init__(self, place: Any, value: str, text: str) -> None:
        super().__init__(text)
        self.line, self.value = place.start_mark.line + 1, value


class PlainLoader(yaml.SafeLoader):
    """Checks each node before anything is made of it."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            text = "is an alias: write out what it stands for, or put a text in quotes"
            raise NotPlainError(event, f"*{event.anchor}", text)
        if getattr(event, "tag", None) is not None:
            name = str(event.tag).removeprefix(TAG)
            raise NotPlainError(event, name, "is a tag: leave it out")
        if self.depth == DEEPEST:
            raise NotPlainError(event, "", f"is nested more than {DEEPEST} deep")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        if node is not None:
            check(node)
        return node


def check(node: yaml.Node) -> None:
    if node.tag not in READ:
        raise NotPlainError(node, node.tag.removeprefix(TAG), "is a kind of value not read here")
    if isinstance(node, yaml.ScalarNode):
        check_scalar(node)
    if isinstance(node, yaml.MappingNode):
        check_keys(node)


def check_scalar(node: yaml.ScalarNode) -> None:
    if node.tag in SHORT and len(node.value) > LONGEST:
        raise NotPlainError(node, node.value, "is too long for a number or a day: put it in quotes")
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in node.value):
        raise NotPlainError(node, node.value, "has a character that is no text")


def check_keys(node: yaml.MappingNode) -> None:
    keys = list[str]()
    for key, _ in node.value:
        if key.tag != TEXT:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            text = f"is a key that YAML reads as {key.tag.removeprefix(TAG)}: put it in quotes"
            raise NotPlainError(key, name, text)
        if key.value in keys:
            raise NotPlainError(key, key.value, "is a key that is given twice")
        keys.append(key.value)


def load(text: str) -> Any:
    """Return what a text holds. Raises NotPlainError, yaml.YAMLError or ValueError."""
    return yaml.load(text, PlainLoader)  # a SafeLoader that refuses more

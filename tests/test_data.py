"""The worked examples of docs/data.md answer as it says."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service import clock

TEXT = (Path(__file__).parents[1] / "docs" / "data.md").read_text("utf-8")

# `GET <url>`, and on the lines below it, indented, what stands where in the answer.
EXAMPLES = re.findall(r"^GET (\S+)\n((?:    .+\n)+)", TEXT, re.MULTILINE)


def at(body: Any, path: str) -> Any:
    for part in path.split("."):
        body = body[int(part)] if isinstance(body, list) else body[part]
    return body


def test_every_section_of_what_is_computed_has_examples() -> None:
    for section in (
        "Assessments", "Quadrants", "Rankings", "Paths", "Commitments' states", "Revisions",
        "Availability", "Search", "Changelog", "Datasets for harvesters",
    ):  # fmt: skip
        text = TEXT.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
        assert "\nGET /v1/" in text, section
    assert len(EXAMPLES) == len(re.findall("^GET ", TEXT, re.MULTILINE))


@pytest.mark.parametrize(("url", "expected"), EXAMPLES, ids=[url for url, _ in EXAMPLES])
def test_a_worked_example_is_true(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, url: str, expected: str
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 22))
    answer = client.get(url)
    assert answer.status_code == 200, answer.json
    for statement in re.split(r",\s+", expected.strip()):
        path, _, value = statement.partition(" ")
        assert at(answer.json, path) == json.loads(value), statement

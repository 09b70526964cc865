"""docs/growth.md is of the questions that are measured."""

import re

from bench import ROOT
from bench.plans import OF_ALL_RELEASES, QUESTIONS

PAGE = (ROOT / "docs" / "growth.md").read_text("utf-8")


def test_every_question_has_its_cost_and_its_plan() -> None:
    questions = QUESTIONS | OF_ALL_RELEASES
    for name, path in questions.items():
        assert re.search(rf"^\| {name} \|( [0-9.]+ \|){{4}}$", PAGE, re.MULTILINE), name
        assert f"\n`{path}`\n\n```\n" in PAGE
    assert PAGE.count("\n### ") == len(questions)

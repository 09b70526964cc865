"""The examples of docs/clients.md print what stands under them, in every language."""

from pathlib import Path

import pytest

from sdk.page import PAGE
from tests.pages import COMMANDS, check, examples

EXAMPLES = examples(PAGE.read_text("utf-8").partition("\n## Generate a client\n")[0])


def test_every_question_is_asked_in_every_language() -> None:
    languages = [example.values[0] for example in EXAMPLES]
    assert {name: languages.count(name) for name in COMMANDS} == {
        "sh": 6,
        "python": 7,
        "js": 5,
        "r": 5,
    }


@pytest.mark.parametrize(("language", "code", "printed"), EXAMPLES)
def test_an_example_prints_what_stands_under_it(
    address: str, tmp_path: Path, language: str, code: str, printed: str
) -> None:
    check(language, code, printed, address, tmp_path)

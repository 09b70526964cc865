"""The examples of docs/clients.md print what stands under them, in every language."""

import re
import shutil
import subprocess
import sys

import pytest

from sdk.page import ADDRESS, PAGE, blocks

COMMANDS = {
    "sh": ["bash", "-e", "-o", "pipefail", "-c"],
    "python": [sys.executable, "-W", "error", "-c"],
    "js": ["node", "--input-type=module", "--eval"],
    "r": ["Rscript", "-e"],
}
NEEDS = {
    "sh": {"curl": "curl", "jq": "jq"},
    "python": {},
    "js": {"node": "nodejs"},
    "r": {"Rscript": "r-base-core r-cran-jsonlite r-cran-curl"},
}
TEXT = PAGE.read_text("utf-8").partition("\n## Generate a client\n")[0]
EXAMPLES = [
    pytest.param(language, code, blocks(part, "text")[0], id=f"{heading} {language} {at}")
    for heading, part in re.findall(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", TEXT, re.M | re.S)
    for language in COMMANDS
    for at, code in enumerate(blocks(part, language), 1)
]


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
    address: str, language: str, code: str, printed: str
) -> None:
    for program, package in NEEDS[language].items():
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing: apt-get install {package}")
    assert ADDRESS in code
    done = subprocess.run(
        [*COMMANDS[language], code.replace(ADDRESS, address)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [line.rstrip() for line in done.stdout.splitlines()] == printed.splitlines()

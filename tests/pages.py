"""Pages of docs/ whose examples are run as they stand: each prints the text under it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sdk.page import ADDRESS, blocks

# pyjstat warns of one of its own functions, which it calls itself.
OWN = "ignore:Shouldn't use this function anymore:DeprecationWarning"
COMMANDS = {
    "sh": ["bash", "-e", "-o", "pipefail", "-c"],
    "python": [sys.executable, "-W", "error", "-W", OWN, "-c"],
    "js": ["node", "--input-type=module", "--eval"],
    "r": ["Rscript", "-e"],
}
NEEDS = {
    "sh": {"curl": "curl", "jq": "jq"},
    "python": {},
    "js": {"node": "nodejs"},
    "r": {"Rscript": "r-base-core r-cran-jsonlite r-cran-curl"},
}


def examples(text: str) -> list[Any]:
    """Return the examples under each heading: language, code, and what it prints."""
    return [
        pytest.param(language, code, blocks(part, "text")[0], id=f"{heading} {language} {at}")
        for heading, part in re.findall(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", text, re.M | re.S)
        for language in COMMANDS
        for at, code in enumerate(blocks(part, language), 1)
    ]


def check(
    language: str, code: str, printed: str, address: str, place: Path, **environment: str
) -> None:
    """Run an example in a folder, asking the service at an address, and read what it prints."""
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
        cwd=place,
        env=os.environ | environment,
    )
    assert done.returncode == 0, done.stderr
    assert [line.rstrip() for line in done.stdout.rstrip().splitlines()] == printed.splitlines()

"""docs/clients.md and what is pinned agree."""

import json
import re

import pytest

from sdk import ROOT, SCENARIOS, page, tools
from sdk.clients import CLIENTS, Client

TEXT = page.PAGE.read_text("utf-8")


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_client_is_generated_from_the_service_as_the_page_says(client: Client) -> None:
    generate, compile_it = page.commands(client.name, "http://127.0.0.1:4711")
    assert "http://127.0.0.1:4711/openapi.yaml" in generate
    assert page.ADDRESS not in generate + compile_it
    [program] = [path.name for path in SCENARIOS.glob(f"{client.name}/[sS]cenario.*")]
    assert f"(../sdk/scenarios/{client.name}/{program})" in page.section(client.name)


def test_the_page_has_every_client_and_no_other() -> None:
    generators = TEXT.partition("\n## Generate a client\n")[2]
    named = re.findall(r"^### .+ \(`(.+)`\)$", generators, re.MULTILINE)
    assert sorted(named) == sorted(client.name for client in CLIENTS)


def test_the_page_installs_the_versions_that_are_tried() -> None:
    pinned = dict(re.findall(r"^([\w-]+)==(\S+)", tools.REQUIREMENTS.read_text("utf-8"), re.M))
    packages = json.loads((ROOT / "sdk" / "package.json").read_text("utf-8"))["dependencies"]
    named = re.findall(r"([\w-]+)==([\d.]+)", TEXT)
    assert named
    assert all(pinned[name] == version for name, version in named)
    [install] = [line for line in TEXT.splitlines() if line.startswith("npm install ")]
    assert dict(word.rsplit("@", 1) for word in install.split()[2:]) == packages


def test_the_page_shows_the_files_that_are_used() -> None:
    assert page.blocks(TEXT, "json") == [tools.TSCONFIG.read_text("utf-8")]
    config = SCENARIOS / "openapi-python-client" / "config.yaml"
    assert page.blocks(TEXT, "yaml") == [config.read_text("utf-8")]
    annotation = SCENARIOS / "java" / "javax" / "annotation" / "Generated.java"
    assert page.blocks(TEXT, "java") == [annotation.read_text("utf-8")]

"""What the machine must have, and what is printed at the end."""

import shutil
import subprocess

import pytest

from sdk.clients import CLIENTS
from sdk.programs import GO, JAVA, NODE
from sdk.table import table
from sdk.trial import FAIL, SKIPPED, Trial


@pytest.mark.parametrize(
    ("program", "printed", "lack"),
    [
        (JAVA, 'openjdk version "17.0.15" 2025-04-15', None),
        (JAVA, 'java version "1.8.0_292"', "java 8 is too old: 11 is needed"),
        (GO, "go version go1.19.8 linux/amd64", None),
        (GO, "go version go1.15.15 linux/amd64", "go 15 is too old: 18 is needed"),
        (NODE, "v18.20.4", "node 18 is too old: 20 is needed"),
        (NODE, "v20.20.2", None),
        (
            JAVA,
            "No Java runtime present, requesting install.",
            "java is missing: apt-get install default-jdk-headless",
        ),
    ],
)
def test_an_old_program_is_named(
    monkeypatch: pytest.MonkeyPatch, program: object, printed: str, lack: str | None
) -> None:
    done = subprocess.CompletedProcess([], 0, stdout=printed, stderr="")
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: done)
    assert program.lack() == lack  # type: ignore[attr-defined]


def test_a_missing_program_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert GO.lack() == "go is missing: apt-get install golang-go"


def test_the_table() -> None:
    passed, failed, skipped = CLIENTS[0], CLIENTS[5], CLIENTS[6]
    steps = {"generate": 12.34, "compile": 1.0, "call": 0.56}
    trials = [
        Trial(passed, seconds=steps),
        Trial(failed, FAIL, "compile failed", ["no such type"], {"generate": 2, "compile": 3}),
        Trial(skipped, SKIPPED, "go is missing: apt-get install golang-go"),
    ]
    assert table(trials).splitlines() == [
        "client  language  result   generate  compile   call",
        "python  Python    pass       12.3 s    1.0 s  0.6 s",
        "java    Java      fail        2.0 s    3.0 s      -  compile failed",
        "go      Go        skipped         -        -      -  go is missing: apt-get install golang-go",
        "",
        "clients: 1 passed, 1 failed, 1 skipped",
        "",
        "java: compile failed",
        "    no such type",
    ]

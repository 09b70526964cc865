"""A client passes if its program finds what plain HTTP finds, and not otherwise."""

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sdk import __main__ as command
from sdk import page, running, trial
from sdk.alterations import FAULTS, altered, grown
from sdk.asking import ask
from sdk.clients import Client
from sdk.facts import differences, expected, written
from sdk.programs import Program
from sdk.trial import FAIL, PASS, SKIPPED, attempt

STUB = Client("stub", "None", needs=(), call="cat facts")


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the file whose lines the client `stub` tells as its facts."""
    monkeypatch.setattr(trial, "PLACE", tmp_path / "build")
    monkeypatch.setattr(trial, "SCENARIOS", tmp_path)
    monkeypatch.setattr(page, "commands", lambda name, url: ("true", "true"))
    (tmp_path / "stub").mkdir()
    return tmp_path / "stub" / "facts"


def tell(scenario: Path, facts: dict[str, Any]) -> None:
    lines = [json.dumps({"fact": name, "value": value}) for name, value in facts.items()]
    scenario.write_text("\n".join(lines), "utf-8")


def test_what_plain_http_finds_is_right(scenario: Path, address: str) -> None:
    tell(scenario, expected(address))
    found = attempt(STUB, address)
    assert (found.outcome, found.report) == (PASS, [])
    assert set(found.seconds) == {"generate", "compile", "call"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"two_percent": [16, []]}, "two_percent is …[16.0, []]…, not …[17.0, ["),
        ({"problem": None}, "problem is …null…, not …[400.0, "),
        ({"more": 1}, "more was not asked for"),
    ],
)
def test_a_wrong_fact_fails_the_client(
    scenario: Path, address: str, wrong: dict[str, Any], said: str
) -> None:
    tell(scenario, expected(address) | wrong)
    found = attempt(STUB, address)
    assert (found.outcome, found.reason) == (FAIL, "call failed")
    [line] = found.report
    assert line.startswith(said)


def test_a_fact_that_is_not_told_fails_the_client(scenario: Path, address: str) -> None:
    facts = expected(address)
    del facts["members"]
    tell(scenario, facts)
    assert attempt(STUB, address).report == ["members was not told"]


def test_something_else_than_facts_fails_the_client(scenario: Path, address: str) -> None:
    scenario.write_text("hello", "utf-8")
    [line] = attempt(STUB, address).report
    assert line.startswith("the scenario or the service told no facts: JSONDecodeError(")


def test_a_program_that_fails_in_silence_fails_the_client(scenario: Path, address: str) -> None:
    found = attempt(Client("stub", "None", needs=(), call="false"), address)
    assert (found.outcome, found.reason, found.report) == (FAIL, "call failed", ["exit code 1"])


def test_a_service_without_a_field_of_the_facts_fails_the_client(
    scenario: Path, address: str
) -> None:
    def unnamed(row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name != "has_armed_forces"}

    tell(scenario, expected(address))
    with altered(address, unnamed) as faulty:
        [line] = attempt(STUB, faulty).report
    assert line == "the scenario or the service told no facts: KeyError('has_armed_forces')"


def test_a_client_that_does_not_compile_fails(
    scenario: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "commands", lambda name, url: ("true", "echo 'no such type'; false"))
    found = attempt(STUB, address)
    assert (found.outcome, found.reason, found.report) == (
        FAIL,
        "compile failed",
        ["exit code 1", "no such type"],
    )
    assert set(found.seconds) == {"generate", "compile"}


def test_a_client_that_does_not_end_fails(
    scenario: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LIMIT_S", 1)
    monkeypatch.setattr(page, "commands", lambda name, url: ("sleep 60", "true"))
    found = attempt(STUB, address)
    assert (found.outcome, found.report) == (FAIL, ["exit code -15", "not done within 1 seconds"])
    assert found.seconds["generate"] < 30


def test_a_client_without_its_compiler_is_skipped(address: str) -> None:
    program = Program("no-such-compiler", "--version", 1, "no-such-package")
    found = attempt(Client("stub", "None", needs=(program, program), call="false"), address)
    assert found.outcome == SKIPPED
    assert found.reason == "no-such-compiler is missing: apt-get install no-such-package"


def test_without_a_client_that_passed_no_fault_is_tried(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command.tools, "install", lambda needs: None)
    monkeypatch.setattr(command, "service", lambda: nullcontext(address))
    program = Program("no-such-compiler", "--version", 1, "no-such-package")
    assert command.try_all([replace(STUB, needs=(program,))]) == 0
    assert capsys.readouterr().out.endswith("clients: 0 passed, 0 failed, 1 skipped\n")


def test_a_client_that_is_too_lenient_lets_a_fault_pass(
    scenario: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A client that says to check types, and does not, turns the run red."""
    tell(scenario, expected(address))
    assert attempt(STUB, address).outcome == PASS
    for fault in FAULTS:
        assert command.is_seen(fault, address, [STUB])
        assert not command.is_seen(fault, address, [replace(STUB, checks_types=True)])
        stopped = replace(STUB, checks_types=True, call="false")
        assert command.is_seen(fault, address, [stopped])
    assert "a dropped key in an answer stops: none\n" in capsys.readouterr().out


def test_facts_tell_a_number_from_a_string_and_from_nothing() -> None:
    assert written([2, 2.0, True]) == "[2.0, 2.0, true]"
    for value in ("2", None, False, 2.5):
        assert list(differences({"x": value}, {"x": 2}))


def test_every_object_of_a_grown_answer_has_grown(address: str) -> None:
    url = "/v1/spending-years/ISL/2024"
    with altered(address, grown) as elsewhere:
        answer = ask(elsewhere + url)
        problem = ask(elsewhere + "/v1/nonsense")
    assert (problem.status, problem.media_type) == (404, "application/problem+json")
    for part in (answer.body, answer.body["meta"], answer.body["data"], problem.body):
        assert "added_later" in part
    assert "added_later" in answer.body["data"]["missing"][0]

"""One client, generated, compiled and called."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import PLACE, SCENARIOS, page
from .alterations import altered, grown
from .clients import Client
from .facts import differences, expected, told
from .running import Done, run

PASS, FAIL, SKIPPED = "pass", "fail", "skipped"
TAIL, WIDTH = 15, 160


@dataclass
class Trial:
    """How it went with one client.

    outcome: pass, fail or skipped.
    reason: what is missing, or which step failed.
    report: what a failed step printed last, or the facts that were wrong.
    seconds: of each step that was run.
    """

    client: Client
    outcome: str = PASS
    reason: str = ""
    report: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def fail(self, reason: str, report: list[str]) -> None:
        self.outcome, self.reason, self.report = FAIL, reason, report


def attempt(client: Client, url: str) -> Trial:
    """Generate a client from the service at this URL, compile it, and call the service with it."""
    trial = Trial(client)
    if lacks := list(dict.fromkeys(filter(None, (program.lack() for program in client.needs)))):
        trial.outcome, trial.reason = SKIPPED, "; ".join(lacks)
        return trial
    folder = prepare(client)
    generate, compile_it = page.commands(client.name, url)
    steps = {"generate": generate, "compile": f"{compile_it}\n{client.build}"}
    for name, command in steps.items():
        done = run(command, folder)
        trial.seconds[name] = done.seconds
        if done.exit_code:
            trial.fail(f"{name} failed", last_lines(done))
            return trial
    done, wrong = call(client, url)
    trial.seconds["call"] = done.seconds
    if wrong:
        trial.fail("call failed", wrong)
    return trial


def prepare(client: Client) -> Path:
    """Lay the scenario of a client into a folder of its own, with nothing else in it."""
    folder = PLACE / client.name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SCENARIOS / client.name, folder)
    return folder


def call(client: Client, url: str) -> tuple[Done, list[str]]:
    """Run a compiled scenario; return how it ended and what was wrong with it."""
    with altered(url, grown) as grown_url:
        done = run(client.call, PLACE / client.name, BASE_URL=url, GROWN_URL=grown_url)
    if done.exit_code:
        return done, last_lines(done)
    return done, list(findings(done.output, url))


def findings(output: str, url: str) -> Iterator[str]:
    try:
        yield from differences(told(output), expected(url))
    except (ValueError, LookupError, TypeError) as error:
        yield f"the scenario or the service told no facts: {error!r}"


def last_lines(done: Done) -> list[str]:
    """Return how a program failed and what it said last; a compiler may say it on either output."""
    lines = [*done.output.splitlines()[-TAIL:], *done.errors.splitlines()[-TAIL:]]
    return [f"exit code {done.exit_code}", *(line[:WIDTH] for line in lines)]

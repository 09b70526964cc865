"""flask commands: one clear line when they cannot do what they should."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

ROOT = Path(__file__).parents[2]


def run(app: Flask, command: str) -> Result:
    return app.test_cli_runner().invoke(args=[command])


def test_migrate_brings_a_database_up_to_date(
    app: Flask, scratch_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", scratch_database)
    done = run(app, "migrate")
    assert (done.exit_code, done.output) == (0, "nothing to migrate\n")


def test_migrate_needs_a_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    done = run(app, "migrate")
    assert done.exit_code == 1
    assert done.output == "Error: DATABASE_URL is not set; `make run` needs none\n"


def test_migrate_says_in_one_line_that_nothing_answers(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:secret@127.0.0.1:1/nowhere")
    done = run(app, "migrate")
    assert done.exit_code == 1
    assert done.output.startswith("Error: the database cannot be used: ")
    assert done.output.count("\n") == 1
    assert "secret" not in done.output


@pytest.mark.parametrize("command", ["migrate"])
@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        ("POOL_SIZE", "many", "is not a whole number from 1 to 100"),
        ("RATE_LIMIT", "many", "is not a rate such as 600/minute"),
        ("LOG_LEVEL", "MANY", "is not one of DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_a_command_names_a_wrong_variable_in_one_line(
    command: str, variable: str, value: str, text: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "service", command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql:///x", variable: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: {variable}={value!r} {text}\n"


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({}, "error: DATABASE_URL is not set; `make run` brings a PostgreSQL of its own"),
        (
            {"DATABASE_URL": "postgresql:///x", "WORKERS": "abc"},
            "error: WORKERS='abc' is not a whole number from 1 to 19",
        ),
        (
            {"DATABASE_URL": "postgresql:///x", "POOL_SIZE": "many"},
            "error: POOL_SIZE='many' is not a whole number from 1 to 100",
        ),
    ],
)
def test_gunicorn_says_in_one_line_what_is_missing(variables: dict[str, str], line: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--bind=127.0.0.1:0", "service.asgi:create_asgi()"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | variables,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert line in done.stderr
    assert "Traceback" not in done.stderr


def test_gunicorn_says_in_one_line_that_there_is_no_temporary_directory() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--bind=127.0.0.1:0", "service.asgi:create_asgi()"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql:///x"},
        # Nothing can be written, as on a disk that is full or read-only; root can write all.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("error: cannot reserve 5 MB, No usable temporary directory found in ")
    assert line.endswith(": set TMPDIR to a directory that can be written")

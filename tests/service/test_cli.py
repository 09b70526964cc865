"""flask commands: one clear line when they cannot do what they should."""

import pytest
from click.testing import Result
from flask import Flask

from .. import contract


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
    assert done.output.startswith("Error: connection failed")
    assert done.output.count("\n") == 1
    assert "secret" not in done.output


def test_openapi_prints_the_contract_without_a_database(app: Flask) -> None:
    assert run(app, "openapi").output == contract.CONTRACT.read_text("utf-8")

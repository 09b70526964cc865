"""Faults of ours, and a database that is away: a problem with a request id, logged once."""

import logging
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service import create_app
from service.config import Config
from service.storage.database import Snapshot

from ...conftest import served
from ...contract import CheckingClient


@pytest.fixture
def away() -> Iterator[FlaskClient]:
    """Return a client of a service whose database cannot be reached."""
    app = create_app(Config("postgresql://127.0.0.1:1/nowhere", pool_timeout_s=0.2))
    app.test_client_class = CheckingClient
    yield app.test_client()
    app.extensions["database"].close()


def test_a_fault_is_a_problem_and_is_logged_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("SELECT secret FROM nowhere")

    monkeypatch.setattr(Snapshot, "fetch_page", fail)
    answer = app.test_client().get("/v1/members", headers={"X-Request-Id": "abc"})
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert answer.json["request_id"] == "abc"
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    [record] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.exc_info is not None
    assert "abc" in record.getMessage()


@pytest.mark.parametrize("path", ["/v1", "/v1/members", "/v1/spending-years/POL/2024", "/readyz"])
def test_a_database_that_is_away_is_503(away: FlaskClient, path: str) -> None:
    answer = away.get(path)
    assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/healthz", "/openapi.yaml", "/docs", "/v1/problems/database_unavailable"]
)
def test_what_needs_no_database_answers_all_the_same(away: FlaskClient, path: str) -> None:
    assert away.get(path).status_code == 200


def test_a_database_without_data_is_not_ready(scratch_database: str) -> None:
    with served(scratch_database) as app:
        client = app.test_client()
        assert client.get("/readyz").status_code == 503
        assert client.get("/v1/members").status_code == 503


def test_a_database_that_is_not_migrated_is_not_ready(scratch_database: str) -> None:
    with psycopg.connect(scratch_database) as connection:
        connection.execute("DROP TABLE dataset")
    with served(scratch_database) as app:
        assert app.test_client().get("/readyz").status_code == 503


def test_a_query_that_takes_too_long_is_503(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(Config(database_url, statement_timeout_ms=50))
    monkeypatch.setattr(
        Snapshot,
        "dataset",
        property(lambda snapshot: snapshot.connection.execute("SELECT pg_sleep(2)")),
    )
    answer = app.test_client().get("/v1/members")
    app.extensions["database"].close()
    assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")

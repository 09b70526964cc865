"""Faults of ours, and a database that is away: a problem with a request id, logged once."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from werkzeug.test import TestResponse

from importers.load import load
from service import create_app
from service.config import Config
from service.http import metrics
from service.resources import health
from service.storage import snapshot
from service.storage.snapshot import Snapshot

from ...conftest import DATA, served
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


@contextmanager
def changed(url: str, statement: LiteralString, back: LiteralString) -> Iterator[None]:
    """Do to a database what an operator might do by mistake, and undo it."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(statement)
        try:
            yield
        finally:
            owner.execute(back)


MISTAKES: dict[str, tuple[LiteralString, LiteralString, str]] = {
    "a right taken away": (
        "REVOKE SELECT ON summit FROM burdenshare_reader",
        "GRANT SELECT ON summit TO burdenshare_reader",
        "/v1/summits",
    ),
    "a column renamed": (
        "ALTER TABLE observation RENAME COLUMN stage TO phase",
        "ALTER TABLE observation RENAME COLUMN phase TO stage",
        "/v1/observations?stage=actual",
    ),
    "a table renamed": (
        "ALTER TABLE claim RENAME TO claims",
        "ALTER TABLE claims RENAME TO claim",
        "/v1/claims",
    ),
    "a function dropped": (
        "ALTER FUNCTION search_folded RENAME TO folded",
        "ALTER FUNCTION folded RENAME TO search_folded",
        "/v1/search?q=spain",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_database_that_does_not_fit_is_named_as_the_reason(
    scratch_database: str,
    mistake: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    load(scratch_database, DATA)
    monkeypatch.setattr(snapshot, "CHECKED_S", 0)
    statement, back, path = MISTAKES[mistake]
    with served(scratch_database) as app:
        client = app.test_client()
        assert client.get("/readyz").status_code == 200
        with changed(scratch_database, statement, back):
            before = failures("database_mismatch")
            for asked in (path, f"{path.partition('?')[0]}.csv?{path.partition('?')[2]}"):
                assert_is(client.get(asked), "database_mismatch")
            assert failures("database_mismatch") == before + 2
            assert_is(client.get("/readyz"), "database_mismatch")
            [*_, logged] = [record for record in caplog.records if record.levelno >= logging.ERROR]
            assert logged.getMessage().startswith("database mismatch in request ")
        for asked in (path, "/readyz"):
            assert client.get(asked).status_code == 200


def test_a_database_without_data_says_so(
    scratch_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    with served(scratch_database) as app:
        client, before = app.test_client(), failures("no_data_loaded")
        for path in ("/v1/members", "/v1/members.csv", "/v1/exports/latest.zip", "/readyz"):
            assert_is(client.get(path), "no_data_loaded")
        assert failures("no_data_loaded") == before + 3
    assert "no data loaded in request" in caplog.text


@pytest.mark.parametrize("sqlstate", ["XX001", "XX002", "58030"])
def test_damage_is_told_apart_from_a_database_that_is_away(
    app: Flask, sqlstate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise psycopg.errors.lookup(sqlstate)("invalid page in block 0")

    client, before = app.test_client(), failures("database_damaged")
    with monkeypatch.context() as patch:
        patch.setattr(Snapshot, "fetch_page", fail)
        assert_is(client.get("/v1/members?limit=7"), "database_damaged")
    assert failures("database_damaged") == before + 1
    assert_is(client.get("/readyz"), "database_damaged")
    # It is over when nothing failed for a minute; what the probe finds does not count.
    metrics.failed_at.labels("database_damaged").set(time.time() - health.DAMAGED_S)
    assert client.get("/readyz").status_code == 200


def assert_is(answer: TestResponse, code: str) -> None:
    assert (answer.status_code, answer.json and answer.json["code"]) == (503, code)
    assert answer.headers["Retry-After"]


def failures(code: str) -> float:
    return REGISTRY.get_sample_value("burdenshare_database_failures_total", {"code": code}) or 0

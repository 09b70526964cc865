"""PostgreSQL away, slow, restarted, out of connections, read-only: 503 problems, and back again."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from service.storage.embedded import EmbeddedServer

from .clients import crowd
from .conftest import Answer, Service, running

QUESTION = "/v1/spending-years?year=2024&share_gdp_pct_gte=2"


def is_unavailable(answer: Answer) -> bool:
    return (
        answer.status == 503
        and answer.headers["content-type"] == "application/problem+json"
        and answer.headers["retry-after"] == "5"
        and answer.json["code"] == "database_unavailable"
        and set(answer.json) == {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}
    )  # fmt: skip


def is_right(answer: Answer) -> bool:
    return answer.status == 200 and answer.json["meta"]["total"] == 17


@contextmanager
def stopped(server: EmbeddedServer) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


@contextmanager
def locked(server: EmbeddedServer) -> Iterator[None]:
    """Make every query on the figures wait, as a slow disk would."""
    with psycopg.connect(server.url) as connection:
        connection.execute("LOCK TABLE spending_year IN ACCESS EXCLUSIVE MODE")
        yield


def wait_for_200(service: Service, path: str, within: float) -> None:
    """Wait until every worker answers 200: ten answers in a row, which take both in turn."""
    deadline = time.monotonic() + within
    in_a_row = 0
    while in_a_row < 10:
        in_a_row = in_a_row + 1 if service.get(path).status == 200 else 0
        assert in_a_row or time.monotonic() < deadline, f"{path}: no 200 within {within} seconds"
        time.sleep(0.02)


def test_five_seconds_without_a_database_under_fifty_clients(
    postgres: EmbeddedServer, service: Service
) -> None:
    with crowd(service, 50) as clients:
        time.sleep(2)
        with stopped(postgres):
            down_at = time.monotonic()
            time.sleep(2.5)
            assert is_unavailable(service.get("/readyz"))
            assert service.get("/healthz").status == 200
            time.sleep(2.5)
        back_at = time.monotonic()
        time.sleep(4)
    assert [one.error for one in clients.exchanges if one.error is not None] == []
    answers = [one.answer for one in clients.exchanges if one.answer is not None]
    assert len(answers) > 200
    assert all(answer.status == 200 or is_unavailable(answer) for answer in answers)
    during = clients.sent_between(down_at, back_at)
    assert any(one.answer is not None and one.answer.status == 503 for one in during)
    kept = [one.answer for one in during if one.path == "/v1/members/POL" and one.answer]
    assert {answer.status for answer in kept} == {200}
    assert max(int(answer.headers.get("age", 0)) for answer in kept) >= 3
    after = clients.sent_between(back_at + 2, float("inf"))
    assert len(after) > 20
    assert all(one.answer is not None and one.answer.status == 200 for one in after)
    assert max(one.done_at - one.sent_at for one in during) < 10


def test_answers_stay_right_through_a_restart(postgres: EmbeddedServer, service: Service) -> None:
    assert is_right(service.get(QUESTION))
    with stopped(postgres):
        pass
    wait_for_200(service, QUESTION, within=2)
    assert is_right(service.get(QUESTION))


def test_a_service_started_without_its_database_finds_it_later(
    postgres: EmbeddedServer, urls: dict[str, str], tmp_path: Path
) -> None:
    with stopped(postgres), running(urls, tmp_path) as service:
        assert is_unavailable(service.get(QUESTION))
        postgres.start()
        wait_for_200(service, QUESTION, within=2)
        assert is_right(service.get(QUESTION))


def test_a_slow_database_is_503_within_the_stated_time(
    postgres: EmbeddedServer, urls: dict[str, str], tmp_path: Path
) -> None:
    with running(urls, tmp_path, STATEMENT_TIMEOUT_MS="500") as service:
        with locked(postgres):
            started = time.monotonic()
            assert is_unavailable(service.get(QUESTION))
            assert time.monotonic() - started < 3
            # The breaker is for a database that is away: other questions are answered.
            assert service.get("/v1/members").status == 200
        assert is_right(service.get(QUESTION))


def test_slow_queries_that_take_the_whole_pool_leave_nobody_hanging(
    postgres: EmbeddedServer, urls: dict[str, str], tmp_path: Path
) -> None:
    with running(urls, tmp_path, STATEMENT_TIMEOUT_MS="1500", POOL_TIMEOUT_MS="500") as service:
        with locked(postgres), ThreadPoolExecutor(40) as pool:
            started = time.monotonic()
            waiting = [pool.submit(service.get, QUESTION) for _ in range(40)]
            time.sleep(0.5)
            assert service.get("/healthz").status == 200
            answers = [future.result() for future in waiting]
            assert time.monotonic() - started < 10
        assert all(is_unavailable(answer) for answer in answers)
        wait_for_200(service, QUESTION, within=2)


def test_no_connection_to_be_had_is_503(
    postgres: EmbeddedServer, urls: dict[str, str], tmp_path: Path
) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as owner:
        owner.execute("ALTER ROLE burdenshare_reader CONNECTION LIMIT 0")
        try:
            with running(urls, tmp_path, POOL_TIMEOUT_MS="500") as service:
                assert is_unavailable(service.get(QUESTION))
                owner.execute("ALTER ROLE burdenshare_reader CONNECTION LIMIT -1")
                wait_for_200(service, QUESTION, within=2)
        finally:
            owner.execute("ALTER ROLE burdenshare_reader CONNECTION LIMIT -1")


def test_a_database_switched_to_read_only_is_read(
    postgres: EmbeddedServer, service: Service
) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as owner:
        owner.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        owner.execute("SELECT pg_reload_conf()")
        try:
            time.sleep(0.2)
            assert is_right(service.get(QUESTION))
        finally:
            owner.execute("SET default_transaction_read_only = off")
            owner.execute("ALTER SYSTEM RESET default_transaction_read_only")
            owner.execute("SELECT pg_reload_conf()")


def test_a_damaged_page_is_told_and_every_worker_is_unready(
    postgres: EmbeddedServer, urls: dict[str, str], tmp_path: Path
) -> None:
    with running(urls, tmp_path) as service, damaged(postgres, "observation"):
        wait_for_200(service, "/v1/members", within=10)
        answer = service.get("/v1/observations?release=nato-2023-07-07")
        assert (answer.status, answer.json["code"]) == (503, "database_damaged")
        assert answer.headers["retry-after"] == "5"
        for _ in range(10):  # which both workers answer
            ready = service.get("/readyz")
            assert (ready.status, ready.json["code"]) == (503, "database_damaged")
        [line] = [
            line
            for line in service.logged()
            if "damaged" in line["message"] and answer.json["request_id"] in line["message"]
        ]
        assert line["level"] == "ERROR"
        metrics = service.get("/metrics").body.decode()
        assert 'burdenshare_database_failures_total{code="database_damaged"} 1.0' in metrics
        # Other data can be read.
        assert is_right(service.get(QUESTION))


@contextmanager
def damaged(server: EmbeddedServer, table: str) -> Iterator[None]:
    """Overwrite the first page of a table, as a failing disk might."""
    with psycopg.connect(server.url) as owner:
        owner.execute("CHECKPOINT")
        [path] = owner.execute("SELECT pg_relation_filepath(%s)", [table]).fetchall()[0]
    file = server.directory / "data" / path
    server.stop()
    page = file.read_bytes()[:8192]
    overwrite(file, bytes(range(256)) * 32)
    server.start()
    try:
        yield
    finally:
        server.stop()
        overwrite(file, page)
        server.start()


def overwrite(file: Path, page: bytes) -> None:
    with file.open("r+b") as opened:
        opened.write(page)


def test_connections_cut_by_the_server_are_replaced(
    postgres: EmbeddedServer, service: Service
) -> None:
    assert is_right(service.get(QUESTION))
    with psycopg.connect(postgres.url, autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = 'burdenshare_reader'"
        )
    for _ in range(10):
        assert is_right(service.get(QUESTION))


@pytest.mark.parametrize("path", ["/healthz", "/openapi.yaml", "/v1/problems", "/docs", "/metrics"])
def test_what_needs_no_database_answers_without_it(
    postgres: EmbeddedServer, service: Service, path: str
) -> None:
    with stopped(postgres):
        assert service.get(path).status == 200

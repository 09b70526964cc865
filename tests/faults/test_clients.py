"""Clients that are slow, hang up, or send what is no request; workers that die; a deploy."""

import json
import os
import re
import signal
import socket
import time
from contextlib import ExitStack

import pytest

from .clients import crowd
from .conftest import Service

QUESTION = "/v1/spending-years?year=2024&share_gdp_pct_gte=2"


def test_two_hundred_slow_clients_leave_a_normal_one_answered(service: Service) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(service.connect()) for _ in range(200)]
        for connection in slow:
            connection.sendall(b"GET /v1/members HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        for _ in range(3):
            time.sleep(0.3)
            for connection in slow:
                connection.sendall(b"a")
            started = time.monotonic()
            assert service.get(QUESTION).json["meta"]["total"] == 17
            assert time.monotonic() - started < 3
        for connection in slow[:20]:
            connection.sendall(b"\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")


def test_clients_that_hang_up_leave_no_trace(service: Service) -> None:
    for sent in (b"", b"GET", b"GET /v1/members HTTP/1.1\r\n", b"GET /v1/observations HTTP/1.1\r\nHost: x\r\n\r\n"):  # fmt: skip
        for _ in range(20):
            connection = service.connect()
            connection.sendall(sent)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()
    assert service.get(QUESTION).status == 200
    assert "Traceback" not in service.log.read_text("utf-8")


def raw(service: Service, sent: bytes) -> bytes:
    with service.connect() as connection:
        connection.sendall(sent)
        return connection.recv(65536)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /v1/members?member=" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"400|414"),
        (b"GET /v1/members HTTP/1.1\r\nHost: x\r\nX-Big: " + b"x" * 70000 + b"\r\n\r\n", b"400|431"),
        (b"GET /v1/members HTTP/1.1\r\nHost: x\r\n" + b"X-A: 1\r\n" * 200 + b"\r\n", b"400|431"),
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"\x00\x01\x02\r\n\r\n", b"400"),
        (b"GET /v1/members HTTP/9.9\r\nHost: x\r\n\r\n", b"400|505"),
        (b"GET /v1/members?member=" + b"x" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
        (b"GET /v1/members?a=\xff HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"POST /v1/members HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\nx", b"413"),
        (b"GET /v1/members HTTP/1.0\r\n\r\n", b"200"),
        (b"GET http://example.org HTTP/1.1\r\nHost: example.org\r\n\r\n", b"200"),
        (b"POST /v1/members HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"413"),
    ],
)  # fmt: skip
def test_what_is_no_good_request_is_refused_and_forgotten(
    service: Service, sent: bytes, status: bytes
) -> None:
    received = raw(service, sent)
    assert re.match(rb"HTTP/1\.[01] (" + status + rb") ", received), received[:200]
    assert service.get(QUESTION).status == 200


def test_a_worker_that_is_killed_is_replaced(service: Service) -> None:
    before = service.workers()
    assert len(before) == 2
    with crowd(service, 10) as clients:
        time.sleep(0.5)
        os.kill(before[0], signal.SIGKILL)
        killed_at = time.monotonic()
        time.sleep(4)
    after = clients.sent_between(killed_at + 3, float("inf"))
    assert after
    assert all(one.answer is not None and one.answer.status == 200 for one in after)
    # Only what the dead worker held in its hands is lost.
    assert len([one for one in clients.exchanges if one.error is not None]) <= 10
    now = service.workers()
    assert len(now) == 2
    assert before[0] not in now


def test_a_stop_under_load_loses_no_answer(service: Service) -> None:
    with crowd(service, 30) as clients:
        time.sleep(2)
        service.process.send_signal(signal.SIGTERM)
        stopped_at = time.monotonic()
        service.process.wait(30)
        clients.is_over.set()
    # Those sent later find the door closed, as they must; a balancer sends them elsewhere.
    in_flight = [one for one in clients.exchanges if one.sent_at < stopped_at]
    assert len(in_flight) > 100
    assert [one.error for one in in_flight if one.error is not None] == []
    assert all(one.answer is not None and one.answer.status == 200 for one in in_flight)
    assert service.process.returncode == 0


def test_each_request_has_a_line_and_each_fault_one_traceback(service: Service) -> None:
    service.get(QUESTION, headers={"X-Request-Id": "ours"})
    service.get("/v1/nonsense/one")
    time.sleep(0.5)  # the lines of what was answered without Flask are written many at once
    lines = {line["path"]: line for line in service.logged() if line["message"] == "request"}
    line = lines["/v1/spending-years"]
    assert {name: line[name] for name in ("request_id", "method", "route", "status", "release", "level")} == {
        "request_id": "ours",
        "method": "GET",
        "route": "/v1/spending-years",
        "status": 200,
        "release": "nato-2026-07-10",
        "level": "INFO",
    }  # fmt: skip
    assert line["duration_ms"] > 0
    assert (lines["/v1/nonsense/one"]["route"], lines["/v1/nonsense/one"]["status"]) == (
        "none",
        404,
    )
    assert json.dumps(line)


def test_metrics_are_summed_over_the_workers(service: Service) -> None:
    for _ in range(40):
        service.get("/v1/members/POL")
    time.sleep(0.5)  # those answered from memory are counted many at once
    text = service.get("/metrics").body.decode()
    found = re.search(
        r'^burdenshare_requests_total\{method="GET",route="/v1/members/<member>",status="200"\} (\S+)$',
        text,
        re.MULTILINE,
    )
    assert found is not None
    assert float(found[1]) == 40
    again = re.search(r'^burdenshare_cached_answers_total\{route="/v1/members/<member>"\} (\S+)$', text, re.MULTILINE)  # fmt: skip
    assert again is not None
    # Each worker asks Flask once, and before it has heard of the data's revision once more or so.
    assert 30 <= float(again[1]) < 40
    assert "burdenshare_request_seconds_bucket" in text

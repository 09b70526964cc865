"""deploy/nginx: it starts, keeps what it may, and changes nothing of what an answer promises."""

import http.client
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from limits import parse

from service import create_app
from service.config import Config
from service.http import caching
from service.http.catalogue import CATALOGUE
from tests.faults.conftest import Answer, free_port

from .nginx import NGINX, Nginx, Service, nginx

pytestmark = pytest.mark.skipif(
    NGINX is None, reason="needs nginx: apt-get install --no-install-recommends nginx-light"
)

QUESTION = "/v1/spending-years?year=2024&share_gdp_pct_gte=2"
PINNED = "/v1/spending-years?release=nato-2024-06-17"
FILE = "/v1/spending-years.csv?release=nato-2024-06-17"
MEMBERS = {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}


@contextmanager
def served(**config: Any) -> Iterator[Service]:
    """Serve an application on a port, one proxy in front of it."""
    app = create_app(Config(trusted_proxies=1, **config))
    service = Service(app)
    service.start()
    try:
        yield service
    finally:
        service.stop()
        app.extensions["database"].close()


@pytest.fixture
def service(database_url: str) -> Iterator[Service]:
    with served(database_url=database_url) as service:
        yield service


@pytest.fixture
def front(service: Service) -> Iterator[Nginx]:
    with nginx(service.port) as front:
        yield front


def is_problem(answer: Answer, status: int, code: str) -> bool:
    """Tell whether nginx's own problem is one that the service could have answered with."""
    problem, headers = answer.json, answer.headers
    kind = CATALOGUE.get(code)
    return (
        (answer.status, problem["status"], problem["code"]) == (status, status, code)
        and (kind is None or (problem["title"], problem["type"]) == (kind.title, f"/v1/problems/{code}"))
        and set(problem) == MEMBERS
        and problem["request_id"] == headers["x-request-id"]
        and headers["content-type"] == "application/problem+json"
        and headers["cache-control"] == "no-store"
        and headers["access-control-allow-origin"] == "*"
    )  # fmt: skip


def test_an_equal_question_is_answered_without_the_service(front: Nginx, service: Service) -> None:
    direct = service.ask(QUESTION)
    service.asked.clear()
    first, second = front.ask(QUESTION), front.ask(QUESTION)
    assert len(service.asked) == 1
    assert direct.body == first.body == second.body
    changing = {"x-request-id", "date", "server", "content-length", "connection", "accept-ranges"}
    for answer in (first, second):
        assert answer.headers.keys() - changing == direct.headers.keys() - changing
        for name in direct.headers.keys() - changing:
            assert answer.headers[name] == direct.headers[name], name
    # Whoever keeps it can tell how old it is.
    assert first.headers["date"] == second.headers["date"]


def test_each_answer_has_the_id_of_its_own_request(front: Nginx, service: Service) -> None:
    ids = [front.ask(QUESTION).headers["x-request-id"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert service.header("X-Request-Id") == ids[:1]
    assert front.ask(QUESTION, x_request_id="mine-1").headers["x-request-id"] == "mine-1"
    assert front.ask(QUESTION, x_request_id="m{ine}").headers["x-request-id"] not in ("m{ine}", "")


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_client_that_has_it_gets_a_304(front: Nginx, service: Service, is_kept: bool) -> None:
    direct = service.ask(QUESTION)
    if is_kept:
        front.ask(QUESTION)
    service.asked.clear()
    answer = front.ask(QUESTION, if_none_match=f'"other", W/{direct.headers["etag"]}')
    assert (answer.status, answer.body) == (304, b"")
    assert len(service.asked) == (0 if is_kept else 1)
    for name in ("etag", "cache-control", "vary", "access-control-allow-origin", "last-modified"):
        assert answer.headers[name] == direct.headers[name]
    since = direct.headers["last-modified"]
    assert front.ask(QUESTION, if_modified_since=since).status == 304
    assert front.ask(QUESTION, if_none_match='"other"', if_modified_since=since).status == 200


def test_guards_of_writes_are_passed_over_as_the_service_does(front: Nginx) -> None:
    front.ask(QUESTION)
    assert front.ask(QUESTION, if_match='"other"').status == 200
    before = "Mon, 01 Jan 2001 00:00:00 GMT"
    assert front.ask(QUESTION, if_unmodified_since=before).status == 200


def test_what_is_kept_is_had_in_parts(front: Nginx, service: Service) -> None:
    whole = front.ask(PINNED)
    assert whole.status == 200
    assert whole.headers["cache-control"] == "public, max-age=31536000, immutable"
    part = front.ask(PINNED, range="bytes=100-299")
    assert (part.status, part.body) == (206, whole.body[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(whole.body)}"
    assert part.headers["etag"] == whole.headers["etag"]
    rest = front.ask(PINNED, range="bytes=300-", if_range=whole.headers["etag"])
    assert (rest.status, rest.body) == (206, whole.body[300:])
    other = front.ask(PINNED, range="bytes=300-", if_range='"other"')
    assert (other.status, other.body) == (200, whole.body)
    assert len(service.asked) == 1


def test_of_a_file_sent_while_it_is_read_the_whole_is_had(front: Nginx, service: Service) -> None:
    """nginx keeps it as it came, without a length; a range may always be answered with the whole."""
    whole, part = front.ask(FILE), front.ask(FILE, range="bytes=100-299")
    assert (part.status, part.body) == (200, whole.body)
    assert len(service.asked) == 1


def test_head_is_answered_from_what_get_left(front: Nginx, service: Service) -> None:
    whole, head = front.ask(QUESTION), front.ask(QUESTION, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(whole.body)
    assert head.headers["etag"] == whole.headers["etag"]
    assert len(service.asked) == 1


CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
SAFARI = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


ACCEPTED = (
    "*/*", "application/json", "application/json, text/plain, */*", "application/json, */*;q=0.5", CHROME, SAFARI, "text/csv",
    "text/csv;q=0.1, */*;q=0.05", "application/json;q=0.1, text/csv", "application/json, */*;q=0", "text/html, text/csv;q=0.9, */*;q=0.1",
    "text/*", "TEXT/CSV", "application/x-ndjson", XLSX, "image/png", "text/html", "*/*;q=0", "text/html, */*;q=0.0",
)  # fmt: skip


@pytest.mark.parametrize("path", ["/v1/members?region=europe", "/v1/members.csv?region=europe"])
def test_what_is_accepted_is_what_the_service_makes_of_it(
    front: Nginx, service: Service, path: str
) -> None:
    for accept in (*ACCEPTED, *reversed(ACCEPTED)):
        direct, answer = service.ask(path, accept=accept), front.ask(path, accept=accept)
        assert answer.status == direct.status, accept
        for name in ("content-type", "etag"):
            assert answer.headers.get(name) == direct.headers.get(name), accept


def test_spellings_of_the_same_share_one_answer(front: Nginx, service: Service) -> None:
    assert front.ask(QUESTION).status == 200
    for accept in ("*/*", ""):
        for encoding in ("", "identity", "gzip;q=0", "gzip; q=0.0, deflate", "compress", "*"):
            front.ask(QUESTION, accept=accept, accept_encoding=encoding)
    assert len(service.asked) == 1
    for encoding in ("gzip, br", "br,gzip", "br;q=1.0, gzip;q=0.8, *;q=0.1", "GZIP,deflate,BR"):
        front.ask(QUESTION, accept_encoding=encoding)
    assert len(service.asked) == 2
    for accept in (CHROME, SAFARI):
        front.ask(QUESTION, accept=accept)
    assert len(service.asked) == 3
    front.ask("/v1/members.csv", accept=CHROME)
    front.ask("/v1/members.csv", accept="text/csv")
    assert len(service.asked) == 4
    front.ask(QUESTION, accept_encoding="gzip, deflate, br")
    assert len(service.asked) == 4
    assert service.header("Accept-Encoding") == [
        "identity;q=0.1",
        "br, gzip, identity;q=0.1",
        "identity;q=0.1",
        "identity;q=0.1",
    ]


def test_errors_are_not_kept(front: Nginx, service: Service) -> None:
    for path, status in (
        ("/v1/spending-years?memebr=POL", 400),
        ("/v1/nonsense", 404),
        ("/v1/members?cursor=x", 400),
    ):
        service.asked.clear()
        for _ in range(2):
            answer = front.ask(path)
            assert answer.status == status
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["cache-control"] == "no-store"
            assert answer.json["request_id"] == answer.headers["x-request-id"]
        assert len(service.asked) == 2
    posted = front.ask(QUESTION, "POST")
    assert (posted.status, set(posted.headers["allow"].split(", "))) == (
        405,
        {"GET", "HEAD", "OPTIONS"},
    )
    assert front.ask(QUESTION, "OPTIONS").status == 204


def test_a_database_that_is_away_is_the_service_s_own_503() -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    with (
        served(database_url=nowhere, pool_timeout_s=0.2) as service,
        nginx(service.port) as front,
    ):
        answer = front.ask(QUESTION)
        assert (answer.status, answer.json["code"]) == (503, "database_unavailable")
        assert answer.headers["retry-after"] == "5"


def test_what_is_left_to_an_address_is_not_told_to_another(database_url: str) -> None:
    with (
        served(database_url=database_url, rate_limit=parse("2/minute")) as service,
        nginx(service.port) as front,
    ):
        assert front.ask(QUESTION).headers["ratelimit"].startswith('"default";r=1;')
        kept = front.ask(QUESTION)
        assert "ratelimit" not in kept.headers
        assert front.ask("/v1/nonsense").headers["ratelimit"].startswith('"default";r=0;')
        refused = front.ask("/v1/members")
        assert refused.status == 429
        assert refused.headers["ratelimit"].startswith('"default";r=0;')
        assert int(refused.headers["retry-after"]) > 0
        # What is there costs nothing.
        assert front.ask(QUESTION).status == 200


def kept_for(monkeypatch: pytest.MonkeyPatch, fresh: int, revalidate: int, error: int) -> None:
    monkeypatch.setattr(
        caching,
        "FRESH",
        f"public, max-age={fresh}, stale-while-revalidate={revalidate}, stale-if-error={error}",
    )


def test_stale_answers_go_on_while_the_service_is_down(
    front: Nginx, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_for(monkeypatch, 1, 0, 86400)
    kept = front.ask(QUESTION)
    service.stop()
    time.sleep(2.1)
    stale = front.ask(QUESTION)
    assert (stale.status, stale.body) == (200, kept.body)
    assert stale.headers["date"] == kept.headers["date"]
    assert is_problem(front.ask("/v1/members?x=%22"), 503, "service_unavailable")
    assert front.ask("/v1/members").headers["retry-after"] == "5"
    assert front.ask("/v1/members", "HEAD").status == 503
    service.start()
    assert front.ask("/v1/members").status == 200
    assert front.ask(QUESTION).headers["date"] != kept.headers["date"]


def test_stale_answers_end_when_the_service_said(
    front: Nginx, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_for(monkeypatch, 1, 0, 1)
    assert front.ask(QUESTION).status == 200
    service.stop()
    time.sleep(3.1)
    assert is_problem(front.ask(QUESTION), 503, "service_unavailable")


def test_nobody_waits_for_a_renewal(
    front: Nginx, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_for(monkeypatch, 1, 60, 60)
    kept = front.ask(QUESTION)
    time.sleep(2.1)
    service.delay_s = 0.5
    started = time.monotonic()
    assert front.ask(QUESTION).headers["date"] == kept.headers["date"]
    assert time.monotonic() - started < 0.4
    time.sleep(1)
    assert len(service.asked) == 2
    assert front.ask(QUESTION).headers["date"] != kept.headers["date"]


def test_equal_misses_at_once_ask_the_service_once(front: Nginx, service: Service) -> None:
    service.delay_s = 0.2
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(front.ask, [QUESTION] * 12))
    assert {answer.status for answer in answers} == {200}
    assert len(service.asked) == 1


CUT = b"HTTP/1.1 200 OK\r\nCache-Control: public, max-age=300\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf,\r\n"


def cut(listener: socket.socket, times: int) -> None:
    """Answer as the service does whose file fails: without the last chunk."""
    for _ in range(times):
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(CUT)


def test_a_file_broken_off_is_broken_for_the_client_and_not_kept() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        listener.settimeout(20)
        done = pool.submit(cut, listener, 2)
        with nginx(listener.getsockname()[1]) as front:
            for _ in range(2):
                with pytest.raises(http.client.IncompleteRead) as broken:
                    front.ask(FILE)
                assert broken.value.partial == b"half,"
        done.result()


def test_the_service_is_asked_over_connections_that_stay() -> None:
    callers = []

    class Staying(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            callers.append(self.client_address)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Staying)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    with server, nginx(server.server_port) as front:
        for _ in range(10):
            assert front.ask("/v1").status == 204
        server.shutdown()
    assert len(callers) == 10
    # One of each worker of nginx.
    assert len(set(callers)) <= 2


def test_another_machine_is_asked_when_one_is_away(service: Service) -> None:
    with nginx(free_port(), service.port) as front:
        paths = [f"/v1/spending-years?year={year}" for year in range(2015, 2021)]
        assert {front.ask(path).status for path in paths} == {200}


def test_probes_are_asked_each_time_and_metrics_are_kept_in(front: Nginx, service: Service) -> None:
    for path in ("/healthz", "/readyz"):
        assert [front.ask(path).status for _ in range(2)] == [200, 200]
    assert len(service.asked) == 4
    for path in ("/metrics", "//metrics", "/%6detrics", "/v1/../metrics"):
        assert is_problem(front.ask(path), 404, "not_found")
    assert len(service.asked) == 4


def test_a_query_as_long_as_the_service_takes_gets_through(front: Nginx, service: Service) -> None:
    names = ",".join(["United%20Kingdom"] * 199)
    path = f"/v1/spending-years?limit=1&member={names}"
    answer = front.ask(path)
    assert (answer.status, answer.body) == (200, service.ask(path).body)
    assert len(answer.headers["link"]) > len(path)


def test_what_nginx_refuses_is_a_problem_too(front: Nginx, service: Service) -> None:
    longer = front.ask("/v1/members?_=" + "x" * 5000)
    assert (longer.status, longer.json["code"]) == (414, "uri_too_long")
    assert len(service.asked) == 1
    assert is_problem(front.ask("/v1/members?_=" + "x" * 9000), 414, "uri_too_long")
    assert is_problem(front.ask("/v1/members", x_much="x" * 9000), 400, "bad_request")
    assert is_problem(front.ask("/v1/members", content_length="20000"), 413, "content_too_large")
    traced = front.ask("/v1/members", "TRACE")
    assert is_problem(traced, 405, "method_not_allowed")
    assert traced.headers["allow"] == "GET, HEAD, OPTIONS"
    assert front.ask("/.problem/503").status == 404
    with socket.create_connection(("127.0.0.1", front.port)) as connection:
        connection.sendall(b"NOT HTTP AT ALL\r\n\r\n")
        assert b'"code":"bad_request"' in connection.makefile("rb").read()
    assert len(service.asked) == 1


def test_the_service_is_told_who_asks_and_where(front: Nginx, service: Service) -> None:
    feed = front.ask("/v1/changelog.atom", host="data.example:8443", x_forwarded_for="10.9.8.7")
    assert b"http://data.example:8443/" in feed.body
    assert service.header("X-Forwarded-For") == ["10.9.8.7, 127.0.0.1"]
    assert service.header("X-Forwarded-Proto") == ["http"]
    # Another address's links are another answer.
    assert b"http://other.example/" in front.ask("/v1/changelog.atom", host="other.example").body


def test_the_cache_is_emptied_by_removing_its_files(front: Nginx, service: Service) -> None:
    front.ask(PINNED)
    for path in (front.folder / "cache").iterdir():
        shutil.rmtree(path)
    front.reload()
    deadline = time.monotonic() + 10
    while len(service.asked) == 1:
        assert time.monotonic() < deadline
        assert front.ask(PINNED).status == 200
        time.sleep(0.05)

"""What is answered from memory is what Flask would answer, and is never older than a moment."""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import werkzeug.test

from importers.load import load
from service import clock, create_app
from service.config import Config, from_environment
from service.front import application
from service.http import answers
from service.http.files import BrokenOffError
from service.storage.database import Database

from ...conftest import DATA
from ...contract import DECODERS
from ...test_conventions import EXAMPLES
from .conftest import Answer, Client, fronting

QUESTION = "/v1/spending-years?year=2024&share_gdp_pct_gte=2"
NOT_KEPT = {"/healthz", "/readyz", "/metrics"}


@pytest.mark.parametrize("target", [*EXAMPLES.values(), "/openapi.yaml", "/openapi.json", "/docs", "/v1/members/POL"])  # fmt: skip
def test_what_is_kept_is_what_flask_answers(front: Client, target: str) -> None:
    first = front.get(target)
    assert front.asked == 1
    second = front.get(target)
    assert first.status == 200
    if target.partition("?")[0] in NOT_KEPT or target.endswith(".zip"):
        assert front.asked == 2
        return
    assert front.asked == 1
    assert second.lasting[0::2] == first.lasting[0::2]
    # A list in a file has no length until it is known.
    first.headers.setdefault("content-length", str(len(first.body)))
    assert second.lasting[1] == first.lasting[1]
    assert second.headers["x-request-id"] != first.headers["x-request-id"]


IN_JSON = [
    *(target for operation, target in EXAMPLES.items() if "." not in target.partition("?")[0]),
    "/v1/members/POL",
    "/v1/members?limit=3&fields_are=none&utm_source=x",
    "/v1/spending-years?member=Polen,DEU&year_gte=2020&sort=-year&limit=4",
    "/v1/observations?area=T%C3%BCrkiye&indicator=share_gdp_pct&limit=2",
    "/v1/observations?area=POL&value_gte=1000000000",
]


@pytest.mark.parametrize("coding", ["", "zstd", "br;q=0.9, gzip;q=0.8", "gzip"])
@pytest.mark.parametrize("target", IN_JSON)
def test_what_an_endpoint_answers_is_what_flask_answers(
    front: Client, target: str, coding: str
) -> None:
    headers = {"x-request-id": "ours-3"} | ({"accept-encoding": coding} if coding else {})
    answer = front.get(target, **headers)
    flask = werkzeug.test.Client(front.front.app).get(target, headers=headers)
    assert (answer.status, answer.body) == (flask.status_code, flask.data)
    assert answer.headers == {name.lower(): value for name, value in flask.headers}
    assert front.direct == 1


def test_a_fault_in_an_answer_is_answered_and_logged_once(
    front: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(answers, "order_by", fail)
    monkeypatch.setattr(logging.getLogger("burdenshare"), "propagate", True)
    answer = front.get(QUESTION, x_request_id="ours-2")
    assert (answer.status, answer.json["code"]) == (500, "internal_error")
    assert answer.headers["content-type"] == "application/problem+json"
    [line] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert line.getMessage() == "fault in request ours-2"
    assert line.exc_info is not None
    assert line.exc_info[0] is ZeroDivisionError


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_client_did_not_wait_for_is_logged_and_counted(
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fails: bool,
) -> None:
    app = create_app(from_environment({"DATABASE_URL": database_url, "RATE_LIMIT": "5/minute", "LOG_LEVEL": "INFO"}))  # fmt: skip
    monkeypatch.setattr(logging.getLogger("burdenshare"), "propagate", True)
    order_by = answers.order_by

    def slow(*given: Any) -> Any:
        time.sleep(0.2)
        return {}[0] if fails else order_by(*given)

    async def leave() -> None:
        task = asyncio.ensure_future(front.send(QUESTION))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        front.front.record.flush()

    status = 500 if fails else 200
    name = f'requests_total{{method="GET",route="/v1/spending-years",status="{status}"}}'
    try:
        with fronting(app) as front:
            before = metric(front, name)
            with monkeypatch.context() as patched:
                patched.setattr(answers, "order_by", slow)
                asyncio.run(leave())
            assert metric(front, name) == before + 1
            assert front.front.flights == {}
            assert front.get("/v1/members").headers["ratelimit"].startswith('"default";r=3')
            faults = [record for record in caplog.records if record.levelno >= logging.ERROR]
            assert len(faults) == fails
    finally:
        logging.getLogger("burdenshare").setLevel("WARNING")
        app.extensions["database"].close()


def test_two_slashes_lead_where_flask_says(front: Client) -> None:
    answer = front.get("//v1/members?limit=1")
    assert answer.json["links"]["self"] == "/v1/members?limit=1"  # `//v1` would be a host
    assert (answer.status, front.direct) == (200, 0)


def test_an_empty_if_none_match_asks_nothing(front: Client) -> None:
    since = front.get(QUESTION).headers["last-modified"]
    for match in ("", " ", ","):
        headers = {"if_none_match": match, "if_modified_since": since}
        assert front.get(QUESTION, **headers).status == 304


def test_what_has_failed_is_not_asked_of_the_database_again(
    front: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, reads = Database.read, []

    def counting(database: Database, work: Any) -> Any:
        reads.append(work)
        return read(database, work)

    monkeypatch.setattr(Database, "read", counting)
    assert front.get("/v1/members?member=Atlantis").status == 400
    assert front.get("/v1/members/XXX").status == 404
    assert len(reads) == 2


@pytest.mark.parametrize("spelling", [
    "/v1/spending-years?share_gdp_pct_gte=2&year=2024",
    "/v1/spending-years?year=2024&share_gdp_pct_gte=2&utm_source=x&_=1732",
    "/v1/spending-years?year=%32024&share_gdp_pct_gte=2",
])  # fmt: skip
def test_one_question_in_other_words_is_answered_once(front: Client, spelling: str) -> None:
    first = front.get(QUESTION)
    assert front.get(spelling).lasting == first.lasting
    assert front.asked == 1


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html;q=0.9, application/json;q=0.8", ""])  # fmt: skip
def test_accept_leads_to_the_same_answer_in_the_same_format(front: Client, accept: str) -> None:
    first = front.get(QUESTION)
    assert front.get(QUESTION, accept=accept).lasting == first.lasting
    assert front.asked == 1


def test_each_format_is_kept_apart(front: Client) -> None:
    as_json = front.get(QUESTION)
    as_csv = front.get(QUESTION, accept="text/csv")
    assert as_csv.headers["content-type"].startswith("text/csv")
    assert front.get(QUESTION, accept="text/csv").body == as_csv.body
    assert front.get(QUESTION).lasting == as_json.lasting
    assert front.asked == 2


@pytest.mark.parametrize(("right", "wrong", "status"), [
    ("/v1/search?q=spending,Wales", "/v1/search?q=spending&q=Wales", 400),
    ("/v1/members?limit=5", "/v1/members?limit=5&limit=5", 400),
    ("/v1/members", "/v1//members", 404),
    ("/v1/members", "/v1/members?cursor=x", 400),
    ("/v1/members", "/v1/members/", 404),
    ("/v1/members", "/v1/members?utm_x=" + "x" * 4000, 414),
])  # fmt: skip
def test_what_flask_refuses_is_refused(front: Client, right: str, wrong: str, status: int) -> None:
    assert front.get(right).status == 200
    refused = [front.get(wrong) for _ in range(2)]
    assert [one.status for one in refused] == [status, status]
    assert refused[0].headers["cache-control"] == "no-store"
    assert front.asked == 3  # an error is not kept


def test_what_no_format_serves_is_refused(front: Client) -> None:
    assert front.get(QUESTION).status == 200
    assert front.get(QUESTION, accept="image/png").status == 406


def test_a_body_and_a_method_are_left_to_flask(front: Client) -> None:
    assert front.get("/v1/members").status == 200
    assert front.get("/v1/members", content_length="9999").status == 413
    answer = asyncio.run(front.send("/v1/members", method="POST"))
    assert (answer.status, "HEAD" in answer.headers["allow"]) == (405, True)
    assert asyncio.run(front.send("/v1/members", method="OPTIONS")).status == 204


def test_a_head_is_a_get_without_a_body(front: Client) -> None:
    got = front.get(QUESTION)
    head = front.head(QUESTION)
    assert head.lasting == (got.status, got.lasting[1], b"")
    assert front.asked == 1


def test_addresses_in_an_answer_are_those_it_was_asked_at(front: Client) -> None:
    target = "/v1/members.xlsx?member=POL"
    front.get(target)
    front.get(target, x_forwarded_proto="https")  # which no proxy said that is trusted
    assert front.asked == 1
    front.front.reader.trusted_proxies = 1
    front.get(target, x_forwarded_proto="http, https")
    assert front.asked == 2


@pytest.mark.parametrize("match", ['{etag}', 'W/{etag}', '"x", {etag}', '"a",W/{etag} , "b"', "*"])  # fmt: skip
def test_a_client_that_has_it_is_told_so(front: Client, match: str) -> None:
    got = front.get(QUESTION)
    known = front.get(QUESTION, if_none_match=match.format(etag=got.headers["etag"]))
    assert (known.status, known.body, front.asked) == (304, b"", 1)
    for name in ("etag", "cache-control", "vary", "access-control-allow-origin"):
        assert known.headers[name] == got.headers[name]
    assert not {"content-type", "content-length", "content-encoding"} & known.headers.keys()


def test_a_304_out_of_the_cache_is_that_of_flask(front: Client) -> None:
    etag = front.get("/v1/members").headers["etag"]
    out_of_the_cache = front.get("/v1/members", if_none_match=etag)
    entries = front.front.entries
    entries.drop(next(iter(entries.by_key.values())))
    assert front.get("/v1/members", if_none_match=etag).lasting == out_of_the_cache.lasting
    assert front.asked == 2


def test_if_none_match_comes_before_if_modified_since(front: Client) -> None:
    got = front.get(QUESTION)
    changed = got.headers["last-modified"]
    assert front.get(QUESTION, if_modified_since=changed).status == 304
    assert front.get(QUESTION, if_modified_since="Thu, 01 Jan 2015 00:00:00 GMT").status == 200
    assert front.get(QUESTION, if_modified_since="nonsense").status == 200
    assert front.get(QUESTION, if_modified_since=changed, if_none_match='"x"').status == 200
    assert front.asked == 1


@pytest.mark.parametrize("target", [QUESTION, "/v1/observations.csv?year=2024", "/openapi.yaml"])
def test_each_content_coding_is_the_same_in_fewer_bytes(front: Client, target: str) -> None:
    plain = front.get(target)
    tags = {plain.headers["etag"]}
    for coding, decode in DECODERS.items():
        for _ in range(2):
            coded = front.get(target, accept_encoding=coding)
            assert coded.headers["content-encoding"] == coding
            assert decode(coded.body) == plain.body
            assert len(coded.body) < len(plain.body) / 2
            known = front.get(target, accept_encoding=coding, if_none_match=coded.headers["etag"])
            assert (known.status, known.headers["etag"]) == (304, coded.headers["etag"])
        tags.add(coded.headers["etag"])
    assert len(tags) == 4
    assert front.asked == 4


@pytest.mark.parametrize(("accepted", "coding"), [
    ("gzip, deflate, br, zstd", "zstd"),
    ("gzip, deflate, br", "br"),
    ("gzip;q=1.0, br;q=0.5", "gzip"),
    ("*", "zstd"),
    ("identity", None),
    ("zstd;q=0, gzip", "gzip"),
    ("deflate", None),
])  # fmt: skip
def test_the_coding_is_what_the_client_likes_best(front: Client, accepted: str, coding: str | None) -> None:  # fmt: skip
    assert front.get(QUESTION, accept_encoding=accepted).headers.get("content-encoding") == coding


def test_small_and_packed_answers_are_left_as_they_are(front: Client) -> None:
    for target in ("/healthz", "/v1/members.xlsx"):
        assert "content-encoding" not in front.get(target, accept_encoding="gzip").headers


def test_the_clients_own_request_id_is_kept(front: Client) -> None:
    front.get(QUESTION)
    assert front.get(QUESTION, x_request_id="ours-1").headers["x-request-id"] == "ours-1"
    assert front.get(QUESTION, x_request_id="no good").headers["x-request-id"] != "no good"


def test_many_equal_questions_at_once_reach_flask_once(front: Client) -> None:
    async def all_at_once() -> list[Answer]:
        return await asyncio.gather(*(front.send(QUESTION) for _ in range(50)))

    answers = asyncio.run(all_at_once())
    assert {answer.body for answer in answers} == {answers[0].body}
    assert front.asked == 1
    assert front.front.flights == {}
    entries = front.front.entries
    entries.drop(next(iter(entries.by_key.values())))
    assert (entries.bytes, entries.by_spelling) == (0, {})


def test_many_files_at_once_are_all_sent(database_url: str) -> None:
    app = create_app(Config(database_url=database_url, pool_size=2))

    async def all_at_once(front: Client) -> list[Answer]:
        years = range(2014, 2027)
        targets = [f"/v1/observations.csv?year={year}&sort={sort}" for year in years for sort in ("value", "-value", "area")]  # fmt: skip
        return await asyncio.gather(*map(front.send, targets))

    with fronting(app) as front:
        assert {answer.status for answer in asyncio.run(all_at_once(front))} == {200}
    app.extensions["database"].close()


def test_a_long_answer_that_has_a_length_is_kept(front: Client) -> None:
    target = "/v1/observations?limit=10000&source=nato&release=nato-2024-06-17"
    first = front.get(target)
    assert len(first.body) > 2**20
    second = front.get(target)
    assert (front.asked, second.body, second.headers["content-length"]) == (1, first.body, str(len(first.body)))  # fmt: skip


def test_questions_that_fail_do_not_wait_in_line(front: Client) -> None:
    async def all_at_once() -> list[Answer]:
        return await asyncio.gather(*(front.send("/v1/members/XXX") for _ in range(10)))

    assert {answer.status for answer in asyncio.run(all_at_once())} == {404}
    assert front.front.flights == {}


def test_answers_that_take_long_do_not_keep_others_waiting(database_url: str) -> None:
    app = create_app(Config(database_url=database_url, pool_size=1))

    async def while_busy(front: Client) -> tuple[Answer, bool]:
        busy = asyncio.ensure_future(front.front.threads.run(time.sleep, 1))
        await asyncio.sleep(0)
        answer = await front.send(QUESTION)
        is_still_busy = not busy.done()
        await busy
        return answer, is_still_busy

    with fronting(app) as front:
        front.get("/v1/members")  # which opens the pool
        answer, is_still_busy = asyncio.run(while_busy(front))
        assert (answer.status, is_still_busy) == (200, True)
    app.extensions["database"].close()


def test_a_header_given_twice_is_left_to_flask(front: Client) -> None:
    front.get(QUESTION)
    twice = ((b"accept", b"image/png"), (b"accept", b"text/csv"))
    answer = asyncio.run(front.send(QUESTION, more=twice))
    assert answer.headers["content-type"].startswith("text/csv")


def test_a_new_revision_is_seen_within_a_second(scratch_database: str) -> None:
    load(scratch_database, DATA)
    app = create_app(Config(database_url=scratch_database))
    with fronting(app) as front:
        before = front.get("/v1/releases")
        revise(scratch_database)
        time.sleep(1)
        after = front.get("/v1/releases")
        assert after.headers["etag"] != before.headers["etag"]
        assert front.asked == 2
    app.extensions["database"].close()


def revise(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE dataset SET revision = gen_random_uuid()")


def test_what_holds_on_a_day_is_asked_anew_on_the_next(
    front: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    front.get(QUESTION)
    today = clock.today()
    monkeypatch.setattr(clock, "today", lambda: today.replace(year=today.year + 1))
    time.sleep(1)
    front.get(QUESTION)
    assert front.asked == 2


def test_without_news_of_the_database_the_age_is_told(front: Client) -> None:
    got = front.get(QUESTION)
    assert "age" not in front.get(QUESTION).headers
    front.front.watch.stop()
    front.front.watch.heard_at -= 90
    answer = front.get(QUESTION)
    assert 90 <= int(answer.headers.pop("age")) < 100
    assert answer.lasting == got.lasting
    front.front.watch.heard_at -= 86_400
    front.get(QUESTION)
    assert front.asked == 2  # nobody vouches for what is so old


@pytest.fixture
def limited(database_url: str) -> Iterator[Client]:
    config = from_environment({"DATABASE_URL": database_url, "RATE_LIMIT": "5/minute", "TRUSTED_PROXIES": "1"})  # fmt: skip
    app = create_app(config)
    with fronting(app) as client:
        yield client
    app.extensions["database"].close()


def test_the_rate_limit_holds_for_what_is_kept(limited: Client) -> None:
    left = [limited.get(QUESTION, x_forwarded_for="1.1.1.1, 9.9.9.9") for _ in range(5)]
    assert [one.headers["ratelimit"].split(";")[1] for one in left] == [f"r={at}" for at in (4, 3, 2, 1, 0)]  # fmt: skip
    assert limited.asked == 1
    refused = limited.get(QUESTION, x_forwarded_for="2.2.2.2, 9.9.9.9")
    assert (refused.status, refused.json["code"]) == (429, "too_many_requests")
    assert limited.get(QUESTION, x_forwarded_for="9.9.9.9, 1.1.1.1").status == 200


def test_the_bound_on_bytes_holds(database_url: str) -> None:
    app = create_app(Config(database_url=database_url, cache_bytes=600_000))
    with fronting(app) as front:
        for year in range(2014, 2027):
            for member in ("POL", "DEU", "FRA", "ITA", "ESP", "EST"):
                front.get(f"/v1/spending-years?member={member}&year={year}")
                assert front.front.entries.bytes <= 600_000
        entries = front.front.entries
        assert 40 < len(entries.by_key) < 78
        front.get("/v1/observations?limit=10000")  # too large to push out the rest
        assert 40 < len(entries.by_key) < 78
    app.extensions["database"].close()


def test_a_file_that_breaks_off_has_no_end_and_is_not_kept(
    front: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = front.front.ask

    def broken(asked: Any, made: list[Any]) -> None:
        whole(asked, made)
        made[0].parts = breaking(made[0].parts)

    def breaking(parts: Iterator[bytes]) -> Iterator[bytes]:
        yield next(parts)
        raise BrokenOffError

    monkeypatch.setattr(front.front, "ask", broken)
    answer = front.get("/v1/observations.csv")
    assert (answer.status, answer.is_whole) == (200, False)
    assert len(front.front.entries.by_key) == 0
    monkeypatch.undo()
    assert front.get("/v1/observations.csv").is_whole


def test_a_client_that_goes_ends_the_file(front: Client) -> None:
    async def leave() -> int:
        sent = 0

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            nonlocal sent
            sent += 1

        await front.front(scope_of("/v1/observations.ndjson"), receive, send)
        return sent

    assert asyncio.run(leave()) <= 2
    # The connection that the rows came by is given back.
    assert all(front.get(f"/v1/members/{code}").status == 200 for code in ("POL", "DEU", "FRA", "ITA", "ESP"))  # fmt: skip


def test_a_client_that_takes_nothing_is_given_up(
    front: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(application, "SILENCE_S", 0.2)
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.sleep(3600)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(3600)
        sent.append(message)

    asyncio.run(front.front(scope_of("/v1/observations.ndjson"), receive, send))
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert "a client took nothing of an answer" in caplog.text
    assert all(front.get(f"/v1/members/{code}").status == 200 for code in ("POL", "DEU", "FRA", "ITA", "ESP"))  # fmt: skip


def scope_of(path: str) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "raw_path": path.encode(), "query_string": b"", "headers": [(b"host", b"x")], "scheme": "http", "http_version": "1.1", "root_path": "", "server": None, "client": None}  # fmt: skip


def test_what_is_no_http_is_refused(front: Client) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    asyncio.run(front.front({"type": "websocket"}, receive, send))
    assert sent == [{"type": "websocket.close"}]


def test_what_is_kept_is_logged_and_counted(
    database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    app = create_app(Config(database_url=database_url, log_level="INFO"))
    for handler in logging.getLogger("burdenshare").handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(sys.stderr)
    try:
        with fronting(app) as front:
            before = counted(front), again(front)
            front.get(QUESTION)
            answer = front.get(QUESTION, x_request_id="ours")
            assert answer.status == 200
            front.front.record.flush()
            assert (counted(front), again(front)) == (before[0] + 2, before[1] + 1)
            front.get("/v1/spending-years.csv?year=2024")
            front.front.record.flush()
        lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]  # fmt: skip
        [of_file] = [line for line in lines if line.get("route") == "/v1/spending-years.csv"]
        assert of_file["release"] == "nato-2026-07-10"
        line = next(line for line in lines if line.get("cached"))
        made = next(line for line in lines if not line.get("cached") and line["message"] == "request")  # fmt: skip
        assert line.keys() == {*made, "cached"}
        assert {name: line[name] for name in ("request_id", "method", "route", "path", "status", "release")} == {
            "request_id": "ours",
            "method": "GET",
            "route": "/v1/spending-years",
            "path": "/v1/spending-years",
            "status": 200,
            "release": "nato-2026-07-10",
        }  # fmt: skip
    finally:
        logging.getLogger("burdenshare").setLevel("WARNING")
        app.extensions["database"].close()


def counted(front: Client) -> float:
    return metric(front, 'requests_total{method="GET",route="/v1/spending-years",status="200"}')


def again(front: Client) -> float:
    return metric(front, 'cached_answers_total{route="/v1/spending-years"}')


def metric(front: Client, name: str) -> float:
    lines = front.get("/metrics").body.decode().splitlines()
    found = [line for line in lines if line.startswith(f"burdenshare_{name} ")]
    return float(found[0].rpartition(" ")[2]) if found else 0

"""The comparison of two versions asks enough, finds each kind of difference, and nothing else."""

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask, Response
from werkzeug.serving import make_server

from recording.__main__ import main
from recording.comparison import Answer, compare_one, differences
from recording.requests import Request, requests_of
from tests.contract import contract

REQUESTS = requests_of(contract())


def test_it_asks_at_least_two_thousand_requests_of_every_operation() -> None:
    assert len(REQUESTS) >= 2000
    assert len(set(REQUESTS)) == len(REQUESTS)
    asked = {request.path.partition("?")[0] for request in REQUESTS}
    assert all(path in asked for path in contract()["paths"] if "{" not in path)


def test_it_asks_every_parameter_rightly_and_wrongly() -> None:
    paths = {request.path for request in REQUESTS}
    for parameter in ("member=DEU,FRA", "member=~", "share_gdp_pct_gte=2.0", "share_gdp_pct_gte=~"):
        assert f"/v1/spending-years?{parameter}" in paths
    assert "/v1/search?q=spain&kind=~" in paths or any(
        path.startswith("/v1/search?q=") and path.endswith("&kind=~") for path in paths
    )


@pytest.mark.parametrize(
    ("new", "what"),
    [
        (Answer(404, {"etag": "1"}, b"body"), "status"),
        (Answer(200, {"etag": "2"}, b"body"), "etag"),
        (Answer(200, {}, b"body"), "etag"),
        (Answer(200, {"etag": "1", "vary": "Accept"}, b"body"), "vary"),
        (Answer(200, {"etag": "1"}, b"bodY"), "body"),
        (Answer(200, {"etag": "1"}, b"body "), "body"),
    ],
)
def test_each_kind_of_difference_is_found(new: Answer, what: str) -> None:
    old = Answer(200, {"etag": "1"}, b"body")
    assert [found[0] for found in differences(old, new)] == [what]
    assert list(differences(old, old)) == []


def test_what_may_differ_is_no_difference() -> None:
    one = Answer(200, {"date": "1", "x-request-id": "a", "age": "3", "content-length": "0"}, b"")
    assert list(differences(one, Answer(200, {"date": "2", "x-request-id": "b"}, b""))) == []


@pytest.fixture
def changed(app: Flask) -> Iterator[str]:
    """Return the URL of a version that answers one question otherwise."""
    other = Flask("changed")

    @other.get("/", defaults={"path": ""})
    @other.get("/<path:path>")
    def answer(path: str) -> Response:
        return Response("other", status=200)

    server = make_server("127.0.0.1", 0, other, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_version_is_like_itself_and_unlike_another(address: str, changed: str) -> None:
    for request in REQUESTS[:: len(REQUESTS) // 100]:
        assert compare_one(address, address, request) is None, request
    found = compare_one(address, changed, Request("/v1/members/POL"))
    assert found is not None
    assert "GET /v1/members/POL" in str(found)


def test_a_version_that_does_not_answer_is_one_line(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([address, "http://127.0.0.1:1"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")

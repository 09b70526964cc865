"""Every status that the contract declares is provoked, on every operation."""

from collections.abc import Iterator

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from limits import parse

from service import create_app
from service.config import Config
from service.http.door import as_response
from service.http.download import Download
from service.http.endpoint import Constant, Reading
from service.http.problems import answer_error
from service.problems import ProblemError

from .contract import CheckingClient, contract
from .test_conventions import EXAMPLES, joined


def declaring(status: str) -> list[str]:
    """Return the paths whose operation declares a status."""
    return [path for path in EXAMPLES if status in contract()["paths"][path]["get"]["responses"]]


def provoke(client: FlaskClient, url: str, status: str) -> int:
    """Ask in the way that ought to bring this status, and return the one that came."""
    if status == "304":
        return client.get(url, headers={"If-None-Match": "*"}).status_code
    if status == "400":
        return client.get(joined(url, "nonsense=1")).status_code
    if status == "404":
        return client.get(url.rpartition("/")[0] + "/nonsense").status_code
    if status in ("206", "416"):
        part = "bytes=0-9" if status == "206" else "bytes=99999999-"
        return client.get(url, headers={"Range": part}).status_code
    if status == "406":
        return client.get(url, headers={"Accept": "image/png"}).status_code
    if status == "413":
        return client.get(url, data=b"x" * 9999).status_code
    if status == "414":
        return client.get(joined(url, f"_={'x' * 5000}")).status_code
    return client.get(url).status_code


CASES = [
    (path, status)
    for path, item in contract()["paths"].items()
    for status in item["get"]["responses"]
    if status not in ("410", "429", "500", "503")
]


@pytest.mark.parametrize(("path", "status"), CASES)
def test_a_declared_status_can_be_had(client: FlaskClient, path: str, status: str) -> None:
    assert str(provoke(client, EXAMPLES[path], status)) == status


@pytest.mark.parametrize("path", declaring("410"))
def test_410_can_be_had(withdrawn_app: Flask, path: str) -> None:
    url, query = EXAMPLES[path].partition("?")[0], "?release=nato-2026-07-10"
    in_path = path.replace("{release}", "nato-2026-07-10")
    named = in_path if in_path != path else url + query
    assert withdrawn_app.test_client().get(named).status_code == 410


@pytest.fixture(scope="module")
def exhausted() -> Iterator[FlaskClient]:
    app = create_app(Config(rate_limit=parse("1/hour")))
    app.test_client_class = CheckingClient
    client = app.test_client()
    assert client.get("/v1/codelists").status_code == 200
    yield client
    app.extensions["database"].close()


@pytest.mark.parametrize("path", declaring("429"))
def test_429_can_be_had(exhausted: FlaskClient, path: str) -> None:
    assert exhausted.get(EXAMPLES[path]).status_code == 429


@pytest.fixture(scope="module")
def away() -> Iterator[FlaskClient]:
    app = create_app(Config("postgresql://127.0.0.1:1/nowhere", pool_timeout_s=0.1))
    app.test_client_class = CheckingClient
    yield app.test_client()
    app.extensions["database"].close()


@pytest.mark.parametrize("path", declaring("503"))
def test_503_can_be_had(away: FlaskClient, path: str) -> None:
    assert away.get(EXAMPLES[path]).status_code == 503


@pytest.mark.parametrize("path", declaring("500"))
def test_500_can_be_had(client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    for kind in (Reading, Constant, Download):
        monkeypatch.setattr(kind, "make", fail)
    assert client.get(EXAMPLES[path]).status_code == 500


def answered(status: int, code: str) -> Response:
    """Return a problem as the service writes it, with whatever status."""
    answer = answer_error(ProblemError(code, "Injected."), "/v1/problems", b"", "ours-1")
    answer.status = status
    return as_response(answer)


@pytest.mark.parametrize(
    ("status", "code"), [(404, "not_found"), (503, "database_unavailable"), (405, "bad_request")]
)
def test_a_status_that_is_not_declared_fails_whichever_test_meets_it(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, status: int, code: str
) -> None:
    monkeypatch.setitem(
        app.view_functions, "problems.list_problems", lambda: answered(status, code)
    )
    with pytest.raises(AssertionError, match=f"/v1/problems answered {status}, which the contract"):
        client.get("/v1/problems")


def test_a_success_that_is_not_declared_fails_too(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "problems.list_problems", lambda: Response("{}", 202))
    with pytest.raises(AssertionError, match="/v1/problems answered 202, which the contract"):
        client.get("/v1/problems")


def test_a_header_that_is_not_declared_fails_too(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = app.view_functions["problems.list_problems"]

    def with_release() -> Response:
        response = view()
        response.headers["X-Data-Release"] = "nato-2026-07-10"
        return response

    monkeypatch.setitem(app.view_functions, "problems.list_problems", with_release)
    with pytest.raises(AssertionError, match="the contract leaves out X-Data-Release"):
        client.get("/v1/problems")

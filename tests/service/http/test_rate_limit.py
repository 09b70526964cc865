"""A limit on requests, only where the operator sets one."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from limits import parse

from service import create_app
from service.config import Config, ConfigError, from_environment

from ...contract import CheckingClient


@pytest.fixture
def limited(database_url: str) -> Iterator[FlaskClient]:
    app = create_app(Config(database_url, rate_limit=parse("3/minute"), trusted_proxies=1))
    app.test_client_class = CheckingClient
    yield app.test_client()
    app.extensions["database"].close()


def test_without_a_limit_nothing_is_said_of_one(client: FlaskClient) -> None:
    assert "RateLimit" not in client.get("/v1/members").headers


def test_what_is_left_stands_in_every_answer(limited: FlaskClient) -> None:
    for left in (2, 1, 0):
        answer = limited.get("/v1/codelists")
        assert answer.headers["RateLimit-Policy"] == '"default";q=3;w=60'
        assert answer.headers["RateLimit"].startswith(f'"default";r={left};t=')


def test_one_request_too_many_is_429(limited: FlaskClient) -> None:
    for _ in range(3):
        assert limited.get("/v1/codelists").status_code == 200
    answer = limited.get("/v1/members/POL")
    assert (answer.status_code, answer.json["code"]) == (429, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit"].startswith('"default";r=0;t=')
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_answer_that_the_client_has_is_free(limited: FlaskClient) -> None:
    tag = limited.get("/v1/codelists").headers["ETag"]
    for _ in range(5):
        again = limited.get("/v1/codelists", headers={"If-None-Match": tag})
        assert again.status_code == 304
    assert again.headers["RateLimit"].startswith('"default";r=2;')


def test_each_address_has_its_own(limited: FlaskClient) -> None:
    for address in ("192.0.2.1", "192.0.2.2"):
        for _ in range(3):
            answer = limited.get("/v1/codelists", headers={"X-Forwarded-For": address})
            assert answer.status_code == 200


def test_whoever_watches_is_never_limited(limited: FlaskClient) -> None:
    for _ in range(5):
        for path in ("/healthz", "/readyz", "/metrics"):
            assert limited.get(path).status_code == 200


def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="RATE_LIMIT='many' is not a rate such as 600/minute"):
        from_environment({"RATE_LIMIT": "many"})

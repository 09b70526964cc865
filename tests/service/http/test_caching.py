"""ETag, Last-Modified, Cache-Control and 304."""

import pytest
from flask.testing import FlaskClient

URLS = ["/v1/members", "/v1/spending-years?year=2024", "/v1/codelists", "/openapi.yaml", "/v1"]


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
def test_what_the_client_has_is_not_sent_again(client: FlaskClient, url: str, form: str) -> None:
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": form.format(first.headers["ETag"])})
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin"):
        assert again.headers[name] == first.headers[name]


@pytest.mark.parametrize("url", URLS)
def test_another_tag_is_answered_in_full(client: FlaskClient, url: str) -> None:
    assert client.get(url, headers={"If-None-Match": '"x"'}).status_code == 200


def test_if_none_match_goes_before_if_modified_since(client: FlaskClient) -> None:
    modified = client.get("/v1/members").headers["Last-Modified"]
    since = {"If-Modified-Since": modified}
    assert client.get("/v1/members", headers=since).status_code == 304
    both = since | {"If-None-Match": '"x"'}
    assert client.get("/v1/members", headers=both).status_code == 200


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("region=europe&limit=5", "limit=5&region=europe"),
        ("member=DEU,FRA", "member=DEU&member=FRA"),
        ("limit=5", "limit=5&utm_source=x&_=1"),
    ],
)
def test_one_query_in_two_spellings_is_one_answer(
    client: FlaskClient, one: str, other: str
) -> None:
    answers = [client.get(f"/v1/members?{query}") for query in (one, other)]
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]
    assert answers[0].data == answers[1].data


@pytest.mark.parametrize("header", ["If-Match", "If-Unmodified-Since"])
@pytest.mark.parametrize("url", URLS)
def test_what_guards_writes_is_passed_over(client: FlaskClient, url: str, header: str) -> None:
    assert client.get(url, headers={header: '"x"'}).status_code == 200


def test_a_probe_is_always_answered_in_full(client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz"):
        assert client.get(path, headers={"If-None-Match": "*"}).status_code == 200


def test_two_queries_have_two_tags(client: FlaskClient) -> None:
    tags = [client.get(url).headers["ETag"] for url in (*URLS, "/v1/members?region=europe")]
    assert len(set(tags)) == len(tags)
    assert all(tag.startswith('"') for tag in tags)


def test_an_answer_that_holds_more_than_a_release_is_not_kept_for_ever(client: FlaskClient) -> None:
    for path in ("/v1/claims", "/v1/claims/press-2025-06-04-usa-share"):
        answer = client.get(f"{path}?release=nato-2024-06-17")
        assert answer.headers["Cache-Control"].startswith("public, max-age=300")


def test_an_answer_pinned_to_a_release_never_changes(client: FlaskClient) -> None:
    pinned = client.get("/v1/spending-years?release=nato-2024-06-17")
    assert pinned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for query in (
        "",
        "?release=latest",
        "?release=first",
        "?as_of=2024-07-01",
        "?release=nato-2023-07-07",
    ):
        answer = client.get(f"/v1/spending-years{query}")
        assert answer.headers["Cache-Control"].startswith("public, max-age=300")


def test_an_error_is_never_kept(client: FlaskClient) -> None:
    answer = client.get("/v1/members?x=1", headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (400, "no-store")
    assert "ETag" not in answer.headers

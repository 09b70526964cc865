"""The manners that hold on every route, held as tests over all of them."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.http.endpoint import endpoints_of
from service.http.probes import PROBES

from .contract import DOCUMENTS, FILES, contract


def example(path: str, parameters: list[dict[str, Any]]) -> str:
    """Return a good URL for a path of the contract, made of its parameters' examples."""
    given = {at["name"]: at["example"] for at in parameters if at["required"]}
    url = re.sub(r"\{(\w+)\}", lambda name: str(given.pop(name[1])), path)
    return f"{url}?{urlencode(given)}" if given else url


def joined(url: str, query: str) -> str:
    """Return a URL with more in its query string."""
    return f"{url}{'&' if '?' in url else '?'}{query}"


def shown(description: str) -> str:
    """Return the URL that an operation's description shows, in the spelling of `links.self`."""
    path, mark, query = description.rpartition("Example: `")[2].rstrip("`").partition("?")
    return path + mark + "&".join(sorted(query.split("&")))


# One good URL for every path of the contract; of a file the one shown, which few rows answer.
EXAMPLES = {
    path: shown(item["get"]["description"])
    if path.endswith(FILES)
    else example(path, item["get"]["parameters"])
    for path, item in contract()["paths"].items()
}
MEDIA_TYPES = {
    EXAMPLES[path]: next(iter(item["get"]["responses"]["200"]["content"]))
    for path, item in contract()["paths"].items()
}
JSON_URLS = [url for url, media_type in MEDIA_TYPES.items() if media_type == "application/json"]
LISTS = [path for path, item in contract()["paths"].items() if item["get"]["operationId"].startswith("list") and not path.endswith(FILES)]  # fmt: skip
# Where Accept has other formats to choose, the one that comes first after JSON.
CHOICES = {EXAMPLES[path]: "text/csv" for path in LISTS} | {"/v1/changelog": "application/atom+xml"}
# Where the path says which format, whatever Accept says.
SUFFIXED = [url for path, url in EXAMPLES.items() if path.endswith((*FILES, *DOCUMENTS))]
BAD = {
    "an unknown parameter": ("/v1/members?nonsense=1", 400),
    "an unknown path": ("/v1/nonsense", 404),
    "an unknown member": ("/v1/members/nonsense", 404),
    "a trailing slash": ("/v1/members/", 404),
    "a long line": ("/v1/members?member=" + "DEU," * 1200, 414),
}


def every_url() -> list[str]:
    return [*EXAMPLES.values(), "/openapi.yaml", "/openapi.json", "/docs"]


@pytest.mark.parametrize("url", JSON_URLS)
def test_one_envelope(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200, answer.json
    assert set(answer.json) == {"data", "meta", "links"}
    assert answer.json["links"]["self"] == url
    assert answer.json["meta"]["api_version"] == "0.9.0"
    assert len(answer.headers.getlist("Link")) == 1


@pytest.mark.parametrize("url", [EXAMPLES[path] for path in LISTS])
def test_a_list_counts_and_links(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    meta, links = answer.json["meta"], answer.json["links"]
    assert meta["count"] == len(answer.json["data"]) <= meta["total"]
    assert (links["next"] is None) == (meta["count"] == meta["total"])
    assert f'<{url}>; rel="self"' in answer.headers["Link"].split(", ")


def is_problem(answer: Any, status: int, url: str) -> bool:
    problem = answer.json
    assert answer.status_code == problem["status"] == status
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert problem["type"] == f"/v1/problems/{problem['code']}"
    assert problem["instance"] == url
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    return True


@pytest.mark.parametrize(("url", "status"), BAD.values(), ids=BAD.keys())
def test_one_error_shape(client: FlaskClient, url: str, status: int) -> None:
    answer = client.get(url)
    assert is_problem(answer, status, url)
    assert client.get(answer.json["type"]).json["data"]["status"] == status


@pytest.mark.parametrize("url", every_url())
def test_other_methods_are_refused_naming_those_that_are_not(client: FlaskClient, url: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "NONSENSE"):
        answer = client.open(url, method=method)
        assert is_problem(answer, 405, url)
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("url", [*every_url(), "/v1/nonsense", "/v1/members?nonsense=1"])
def test_head_is_get_without_the_body(client: FlaskClient, url: str) -> None:
    get, head = client.get(url), client.head(url)
    changing = {"X-Request-Id", "Date"}
    if get.status_code >= 400:
        changing.add("Content-Length")  # the body holds the request's id
    assert head.data == b""
    assert head.status_code == get.status_code
    assert [pair for pair in head.headers if pair[0] not in changing] == [
        pair for pair in get.headers if pair[0] not in changing
    ]


@pytest.mark.parametrize("url", [*every_url(), *(url for url, _ in BAD.values())])
def test_any_page_of_the_web_may_read_it(client: FlaskClient, url: str) -> None:
    answer = client.get(url, headers={"Origin": "https://example.org"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == "*"  # no credentials: all of them


@pytest.mark.parametrize("url", [*every_url(), *(url for url, _ in BAD.values()), "/metrics"])
def test_no_browser_runs_guesses_or_frames_an_answer_or_tells_of_the_page(
    client: FlaskClient, url: str
) -> None:
    headers = client.get(url).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers.get("Referrer-Policy") == ("no-referrer" if url == "/docs" else None)
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    if url != "/docs":
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")


OF_A_BODY = {
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Length",
    "Content-Security-Policy",
    "Content-Type",
    "Last-Modified",
    "Referrer-Policy",
    "X-Content-Type-Options",
}


@pytest.mark.parametrize("url", [url for url in every_url() if url not in PROBES])
def test_a_304_says_all_but_what_is_said_of_a_body(client: FlaskClient, url: str) -> None:
    got = client.get(url)
    known = client.get(url, headers={"If-None-Match": got.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    assert set(known.headers.keys()) == set(got.headers.keys()) - OF_A_BODY
    assert known.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("url", every_url())
def test_a_preflight_is_answered_without_a_body(client: FlaskClient, url: str) -> None:
    answer = client.options(
        url,
        headers={
            "Origin": "https://example.org",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "x-request-id",
        },
    )
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Access-Control-Max-Age"] == "86400"
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("url", EXAMPLES.values())
def test_every_path_refuses_a_parameter_it_does_not_take(client: FlaskClient, url: str) -> None:
    answer = client.get(joined(url, "nonsense=1"))
    assert is_problem(answer, 400, joined(url, "nonsense=1"))
    assert answer.json["code"] == "unknown_parameter"
    [error] = answer.json["errors"]
    assert (error["in"], error["name"]) == ("query", "nonsense")


@pytest.mark.parametrize("url", EXAMPLES.values())
def test_what_only_tracks_is_dropped(client: FlaskClient, url: str) -> None:
    answer = client.get(joined(url, "_=1&utm_source=x&utm_whatever=y&fbclid=z&gclid=1&_=2"))
    assert answer.status_code == 200
    if not url.partition("?")[0].endswith(".xlsx"):  # which says when it was made
        assert answer.data == client.get(url).data
    assert f'<{url}>; rel="self"' in answer.headers["Link"].split(", ")


@pytest.mark.parametrize("url", [url for url in EXAMPLES.values() if url not in SUFFIXED])
@pytest.mark.parametrize(
    "accept",
    ["text/plain", "image/png", "{own};q=0", "{own};q=0,*/*", "text/html"],
)
def test_a_format_that_is_not_there_is_406(client: FlaskClient, url: str, accept: str) -> None:
    accept = accept.format(own=MEDIA_TYPES[url])
    answer = client.get(url, headers={"Accept": accept})
    if url in CHOICES and accept.endswith("*/*"):
        assert answer.mimetype == CHOICES[url]
    else:
        assert is_problem(answer, 406, url)


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        "application/json",
        "application/*",
        "text/html,*/*;q=0.1",
        "application/JSON",
        "application/json; charset=utf-8",
        "application/json;version=2;q=0.5",
        "text/html;q=0,application/*",
    ],
)
def test_json_is_the_default(client: FlaskClient, accept: str | None) -> None:
    answer = client.get("/v1/members", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")


@pytest.mark.parametrize("url", EXAMPLES.values())
def test_a_request_id_is_taken_over_or_made(client: FlaskClient, url: str) -> None:
    given = client.get(url, headers={"X-Request-Id": "abc-123"})
    assert given.headers["X-Request-Id"] == "abc-123"
    for wrong in ("", "x" * 65, "a b", "é"):
        made = client.get(url, headers={"X-Request-Id": wrong}).headers["X-Request-Id"]
        assert re.fullmatch("[0-9a-f]{32}", made)


def test_a_body_is_refused_when_it_is_large(client: FlaskClient) -> None:
    answer = client.get("/v1/members", data=b"x" * 5000)
    assert is_problem(answer, 413, "/v1/members")
    assert client.get("/v1/members", data=b"{}").status_code == 200


def test_every_view_says_what_it_is_for(app: Flask) -> None:
    for endpoint in endpoints_of(app).values():
        if endpoint.returns is not None:
            assert endpoint.doc.splitlines()[0].rstrip().endswith((".", ":")), endpoint.path


def test_one_word_per_subject() -> None:
    """URL, resource file, schema file, query folder: the same word."""
    root = Path(__file__).parents[1]
    for path in LISTS:
        subject = path.rpartition("/")[2].replace("-", "_")
        assert (root / "service" / "resources" / f"{subject}.py").exists()
        assert (root / "schemas" / f"{subject}.py").exists()
        if subject not in ("codelists", "problems"):  # these are the contract's own
            assert (root / "sql" / "queries" / subject / "list.sql").exists()

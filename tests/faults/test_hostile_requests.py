"""Whatever a stranger sends, on every kind of path: no answer is a 5xx, and each refusal a problem."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from .conftest import Service, running
from .raw import RawAnswer, ask

# One path of each kind.
PATHS = (
    "/v1/members?limit=2",
    "/v1/members/POL",
    "/v1/members.csv",
    "/v1/members.ndjson",
    "/v1/members.xlsx?member=POL",
    "/v1/spending-years.parquet?member=POL&year=2024",
    "/v1/observations.jsonstat?area=POL&year=2024",
    "/v1/observations.sdmx.csv?area=POL&year=2024",
    "/v1/changelog.atom",
    "/v1/datasets.jsonld",
    "/v1/datasets.dcat.jsonld",
    "/v1/structures/observations.xml",
    "/v1/exports/latest.zip",
    "/v1/problems",
    "/docs",
    "/docs/swagger-ui.css",
    "/openapi.yaml",
    "/metrics",
    "/healthz",
    "/readyz",
    "/v1/nonsense",
)
NO_DATES = (
    "Thu, 01 Jan 99999999999 00:00:00 GMT",
    "Thu, 01 Jan 2026 00:00:00 +99999999",
    "Thu, 01 Jan 2026 00:00:00 +" + "9" * 4000,
    "Thu, 01 Jan 0000 00:00:00 GMT",
    "Thu, 99 Jan 2026 99:99:99 GMT",
    "9" * 5000,
    "-1",
    ", , ,",
    "\xe4\xf6",
)
# The last one is a date, far away.
DATES = (*NO_DATES, "Fri, 31 Dec 9999 23:59:59 -2359")
LONG = "9" * 5000
HOSTILE: dict[str, tuple[str, ...]] = {
    "Accept": ("*/*;q=nan", "*/*;q=1e999", f"*/*;q={LONG}", "a/b;" * 200, ";;;", "/", '"', "text/csv;q=\xb2", "\xe4"),
    "Accept-Encoding": ("gzip;q=nan", "*;q=inf", f"br;q={LONG}", ",,,", "identity;q=0,*;q=0", "\xe4", "gzip;q=\xb2"),
    "If-None-Match": ("*", 'W/"', '"', '"' * 100, "\xe4\xff", ",".join(['"a"'] * 800), LONG),
    "If-Modified-Since": DATES,
    "If-Unmodified-Since": DATES,
    "If-Match": ("*", '"x"', "W/", "\xe4"),
    "If-Range": (*DATES, 'W/"x"', '"x"', "W/"),
    "Range": (f"bytes={LONG}-", f"bytes=0-{LONG}", f"bytes=-{LONG}", "bytes=-0", "bytes=5-2", "bytes=" + "0-1," * 500 + "2-3", "bytes=\xb2-", "="),
    "X-Forwarded-For": ("x", "\xe4", "1.2.3.4, " * 300, ",,,"),
    "X-Forwarded-Proto": ("javascript", "HTTPS", "\xe4", "https, javascript", "a b"),
    "X-Forwarded-Host": ("xn--a", "a b"),
    "X-Request-Id": ("\xe4", "x" * 65, "a b"),
    "Content-Length": (LONG, "99999", "4096"),
    "Transfer-Encoding": ("chunked",),
    "Expect": ("100-continue", "x", "\xe4"),
    "Content-Type": ("x", "\xe4;charset=\xff", "multipart/form-data"),
    "Authorization": ("Basic \xff", "Basic !!!", "Bearer x"),
    "Cookie": ("\xe4=\xff",),
    "Origin": ("\xe4", "null"),
    "Access-Control-Request-Headers": ("\xe4",),
    "Cache-Control": (f"max-age={LONG}", "\xff"),
    "Connection": ("upgrade", "x"),
}  # fmt: skip
WRONG_HOSTS = (
    "", "xn--a", "XN--A.org", "a.xn--0", "xn--", "a b", "a\tb", "a..b", ".", ".a", "x" * 64, "x." * 130, "user@host", "a/b", "a?b", "a#b", "a\\b",
    "a,b", "%41", "\xe4.org", "<script>", "a:b", "a:-1", "a:65536", "a:" + LONG, "a:1:2", "::1", "[::1", "[x]", "[::1]x", "[1::2::3]",
    "[fe80::1%25eth0]", "256.1.1.1", "1.2.3", "a.1",
)  # fmt: skip
RIGHT_HOSTS = (
    "localhost", "LOCALHOST:8000", "example.org.", "127.0.0.1:8000", "[::1]", "[::1]:8000", "[::ffff:1.2.3.4]:80", "a_b", "a:", "x" * 63,
    "xn--4ca.org", "xn--strae-oqa.de", "xn--fiqs8s:443",
)  # fmt: skip
LINKING = ("/v1/changelog.atom", "/v1/datasets.jsonld", "/v1/datasets.dcat.jsonld", "/v1/exports/latest.zip")  # fmt: skip


@pytest.fixture(scope="module")
def public(urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return the service as strangers reach it, with one worker, so that a cached answer is met."""
    with running(urls, tmp_path_factory.mktemp("public"), WORKERS="1") as found:
        yield found


@pytest.fixture(scope="module")
def proxied(urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return the service behind a proxy that it trusts."""
    folder = tmp_path_factory.mktemp("proxied")
    with running(urls, folder, WORKERS="1", TRUSTED_PROXIES="1") as found:
        yield found


def is_fair(answer: RawAnswer) -> bool:
    """Whether an answer is no fault, has its reason, and is a problem where it is a refusal."""
    has_reason = answer.line.partition(" ")[2] == reason_of(answer.status)
    return has_reason and (answer.status < 400 or (answer.status < 500 and answer.is_problem))


def reason_of(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


@pytest.mark.parametrize("path", PATHS)
def test_no_header_makes_a_fault(public: Service, path: str) -> None:
    for name, values in HOSTILE.items():
        for value in values:
            for method in ("GET", "GET", "HEAD", "OPTIONS"):  # the second may be from the cache
                answer = ask(public, path, f"{name}: {value}", method=method)
                assert is_fair(answer), (method, name, value[:40], answer.line)
    assert "Traceback" not in public.log.read_text("utf-8")


@pytest.mark.parametrize("path", PATHS)
def test_no_header_that_a_proxy_lets_through_makes_a_fault(proxied: Service, path: str) -> None:
    for name in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"):
        for value in HOSTILE[name]:
            for _ in range(2):
                answer = ask(proxied, path, f"{name}: {value}")
                assert is_fair(answer), (name, value[:40], answer.line)
    assert "Traceback" not in proxied.log.read_text("utf-8")


@pytest.mark.parametrize("path", PATHS)
def test_a_malformed_host_is_a_problem_that_names_it(public: Service, path: str) -> None:
    for host in (*WRONG_HOSTS, None):
        ask(public, path)  # so that the answer to a right one is in the cache
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = ask(public, path, method=method, host=host)
            assert (answer.line, answer.is_problem) == ("HTTP/1.1 400 Bad Request", True), host
            if method != "HEAD":
                [error] = json.loads(answer.body)["errors"]
                assert (error["in"], error["name"]) == ("header", "Host"), host
    for host in RIGHT_HOSTS:
        assert ask(public, path, host=host).status == ask(public, path).status, host


@pytest.mark.parametrize("path", LINKING[:3])
@pytest.mark.parametrize("host", RIGHT_HOSTS)
def test_links_lead_to_the_host_that_was_asked(public: Service, path: str, host: str) -> None:
    text = ask(public, path, host=host).body.decode()
    address = f"http://{host.removesuffix(':80')}/v1"
    assert address in text
    assert "http:///" not in text
    asked = ask(public, f"http://{host}{path}", host="other.example").body.decode()
    assert (address in asked, "other.example" in asked) == (True, False)


@pytest.mark.parametrize("path", LINKING)
def test_the_host_of_a_whole_uri_is_checked_too(public: Service, path: str) -> None:
    for host in ("xn--a", "a..b", "user@host", "256.1.1.1"):
        answer = ask(public, f"http://{host}{path}")
        assert (answer.status, answer.is_problem) == (400, True), host
        assert ask(public, f"http://localhost{path}", host=host).status == 400


def test_before_http_1_1_no_host_is_needed(public: Service) -> None:
    for path in ("/v1/members", "/v1/changelog.atom"):
        answer = ask(public, path, host=None, version="1.0")
        assert answer.status == 200
        assert ask(public, path, host=None).status == 400  # whatever the cache has by then
    assert re.search(rb'href="http://127\.0\.0\.1:\d+/v1', answer.body)


@pytest.mark.parametrize("path", ["/v1/members", *LINKING])
def test_a_proxy_s_scheme_is_http_or_https(proxied: Service, path: str) -> None:
    for scheme in ("javascript", "\xe4", "https, javascript", "a b"):
        for _ in range(2):
            answer = ask(proxied, path, f"X-Forwarded-Proto: {scheme}")
            assert (answer.status, answer.is_problem) == (400, True), scheme
            [error] = json.loads(answer.body)["errors"]
            assert (error["in"], error["name"]) == ("header", "X-Forwarded-Proto")
    for scheme in ("http", "https", "HTTPS", "javascript, https"):
        assert ask(proxied, path, f"X-Forwarded-Proto: {scheme}").status == 200, scheme


@pytest.mark.parametrize("path", ["/v1/members", "/v1/members.csv", "/docs/swagger-ui.css"])
@pytest.mark.parametrize("date", NO_DATES)
def test_a_date_that_is_none_is_ignored(public: Service, path: str, date: str) -> None:
    plain = ask(public, path)
    for _ in range(2):
        assert ask(public, path, f"If-Modified-Since: {date}").body == plain.body


# What a stranger can cause: where, with which header, and how.
STATUSES = {
    200: ("/v1/members", (), "GET"),
    204: ("/v1/members", (), "OPTIONS"),
    206: ("/v1/exports/latest.zip", ("Range: bytes=0-1",), "GET"),
    304: ("/v1/members", ("If-None-Match: *",), "GET"),
    400: ("/v1/members?x=1", (), "GET"),
    404: ("/v1/nonsense", (), "GET"),
    405: ("/v1/members", (), "POST"),
    406: ("/v1/members", ("Accept: image/png",), "GET"),
    413: ("/v1/members", ("Content-Length: 9999",), "GET"),
    414: ("/v1/members?member=" + "x" * 5000, (), "GET"),
    416: ("/v1/exports/latest.zip", ("Range: bytes=99999999-",), "GET"),
}


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_its_reason(public: Service, status: int) -> None:
    path, fields, method = STATUSES[status]
    assert ask(public, path, *fields, method=method).line == f"HTTP/1.1 {reason_of(status)}"

"""The changelog, as a list and as a feed, and what was taken in since."""

import csv
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import feedparser
import psycopg
import pytest
from flask.testing import FlaskClient

from importers.load import load
from service import create_app
from service.config import Config
from tests.conftest import DATA, made_database, served
from tests.contract import FILES, contract
from tests.feeds import ATOM, faults

FEED = "/v1/changelog.atom"
RELEASES = ["nato-2023-07-07", "nato-2024-06-17", "nato-2025-08-28", "nato-2026-07-10", "sipri-2025-04-28"]  # fmt: skip
WRITTEN = list(csv.DictReader((DATA / "changelog.csv").read_text("utf-8").splitlines()))


def answer(client: FlaskClient, url: str) -> Any:
    found = client.get(url)
    assert found.status_code == 200, found.json
    return found.json


def ids(client: FlaskClient, query: str) -> list[str]:
    return [row["id"] for row in answer(client, f"/v1/changelog?{query}")["data"]]


@contextmanager
def taken_in_over_months(server_url: str) -> Iterator[tuple[FlaskClient, str]]:
    """Serve a database in which each release was taken in on its own day of 2026."""
    with made_database(server_url) as url:
        load(url, DATA)
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE changelog SET loaded_at = '2026-01-01 00:00:00.7+00'")
            for month, release in enumerate(RELEASES, start=2):
                connection.execute(
                    "UPDATE release SET loaded_at = %s WHERE id = %s",
                    [datetime(2026, month, 1, 12, 0, 0, 900000, tzinfo=UTC), release],
                )
            connection.execute("UPDATE dataset SET changed_at = '2026-06-01 12:00:01+00'")
        with served(url) as app:
            yield app.test_client(), url


@pytest.fixture(scope="module")
def dated(server_url: str) -> Iterator[FlaskClient]:
    with taken_in_over_months(server_url) as (client, _):
        yield client


@pytest.fixture
def own(server_url: str) -> Iterator[tuple[FlaskClient, str]]:
    """Return the same for a test that changes it, with the URL of the database's owner."""
    with taken_in_over_months(server_url) as found:
        yield found


def test_a_release_is_an_entry_of_its_own(dated: FlaskClient) -> None:
    whole = answer(dated, "/v1/changelog?limit=1&kind=data")
    assert whole["data"] == [
        {
            "id": "release-sipri-2025-04-28",
            "kind": "data",
            "title": "Release sipri-2025-04-28: SIPRI Military Expenditure Database",
            "summary": "189 figures of 2023 to 2024, published on 2025-04-28 by Stockholm "
            "International Peace Research Institute (SIPRI); only a part of them is held.",
            "version": None,
            "release": "sipri-2025-04-28",
            "published_on": "2025-04-28",
            "updated_at": "2026-06-01T12:00:00Z",
            "path": "/v1/releases/sipri-2025-04-28",
            "is_breaking": False,
        }
    ]
    assert whole["meta"] == {
        "api_version": "0.9.0",
        "count": 1,
        "total": len(RELEASES) + sum(row["kind"] == "data" for row in WRITTEN),
        "updated_at": "2026-06-01T12:00:01Z",
    }


def test_the_newest_comes_first_by_when_it_was_taken_in(dated: FlaskClient) -> None:
    rows = sorted(WRITTEN, key=lambda row: row["id"])
    rows.sort(key=lambda row: row["published_on"], reverse=True)
    written = [row["id"] for row in rows]
    assert ids(dated, "") == [*(f"release-{at}" for at in reversed(RELEASES)), *written]
    paged, url = [], "/v1/changelog?limit=3"
    while url:
        page = answer(dated, url)
        paged += [row["id"] for row in page["data"]]
        url = page["links"]["next"]
    assert paged == ids(dated, "")


def test_what_is_written_down_is_served_as_it_stands(client: FlaskClient) -> None:
    rows = {row["id"]: row for row in answer(client, "/v1/changelog")["data"]}
    for row in WRITTEN:
        served = rows[row["id"]]
        assert {name: served[name] or "" for name in row if name != "is_breaking"} == {
            name: cell for name, cell in row.items() if name != "is_breaking"
        }
        assert served["is_breaking"] is (row["is_breaking"] == "true")
        assert served["release"] is None


def test_the_version_in_force_is_the_newest_of_the_changelog(client: FlaskClient) -> None:
    versions = {tuple(map(int, row["version"].split("."))) for row in WRITTEN if row["version"]}
    in_force = answer(client, "/v1")["meta"]["api_version"]
    assert ".".join(map(str, max(versions))) == in_force


def test_every_list_of_the_contract_is_named() -> None:
    lists = [path for path, item in contract()["paths"].items() if item["get"]["operationId"].startswith("list") and not path.endswith(FILES)]  # fmt: skip
    words = " ".join(
        f"{row['title']} {row['summary']}" for row in WRITTEN if row["version"]
    ).lower()
    assert lists
    assert [path for path in lists if path.rpartition("/")[2].replace("-", " ") not in words] == []


def test_every_path_leads_somewhere(client: FlaskClient) -> None:
    for row in answer(client, "/v1/changelog")["data"]:
        assert row["path"] is None or client.get(row["path"]).status_code == 200, row


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("kind=contract", lambda row: row["kind"] == "contract"),
        ("kind=data", lambda row: row["kind"] == "data"),
        ("published_on_lte=2024-12-31", lambda row: row["published_on"] <= "2024-12-31"),
        ("published_on_gte=2026-11-22", lambda row: row["published_on"] >= "2026-11-22"),
        ("is_breaking=false", lambda row: row["is_breaking"] is False),
    ],
)
def test_filters(client: FlaskClient, query: str, keeps: Any) -> None:
    every = answer(client, "/v1/changelog")["data"]
    kept = [row for row in every if keeps(row)]
    assert kept
    assert answer(client, f"/v1/changelog?{query}")["data"] == kept


def test_known_but_empty(client: FlaskClient) -> None:
    for url in (
        "/v1/changelog?is_breaking=true",
        "/v1/changelog?updated_since=9999-12-31T23:59:59Z",
        "/v1/releases?updated_since=9999-12-31T23:59:59Z",
    ):
        found = answer(client, url)
        assert (found["data"], found["meta"]["total"], found["links"]["next"]) == ([], 0, None)


@pytest.mark.parametrize(
    ("since", "kept"),
    [
        ("2026-05-01T12:00:00Z", 2),  # the very instant that the row shows
        ("2026-05-01T12:00:01Z", 1),
        ("2026-05-01T14:00:00%2B02:00", 2),
        ("2026-05-01T07:00:00-05:00", 2),
        ("2026-05-01T12:00:00.000000Z", 2),
        ("2026-05-01T12:00:00.5Z", 1),
        ("2026-05-01", 2),
        ("2026-05-02", 1),
        ("0001-01-01", 5),
        ("9999-12-31", 0),
    ],
)
def test_what_was_taken_in_since(dated: FlaskClient, since: str, kept: int) -> None:
    rows = answer(dated, f"/v1/releases?updated_since={since}&sort=-updated_at")["data"]
    expected = RELEASES[len(RELEASES) - kept :]
    assert [row["id"] for row in rows] == expected[::-1]
    logged = ids(dated, f"updated_since={since}&kind=data")
    assert [name for name in logged if name.startswith("release-")] == [
        f"release-{name}" for name in expected[::-1]
    ]


def test_an_answer_says_from_when_to_ask_next(own: tuple[FlaskClient, str]) -> None:
    """Whoever asks with the instant of the last answer misses nothing that is taken in later."""
    client, url = own
    since = answer(client, "/v1/changelog")["meta"]["updated_at"]
    assert ids(client, f"updated_since={since}") == []
    with psycopg.connect(url) as connection:  # as a later load would: within the same second
        later = "2026-06-01 12:00:01.4+00"
        connection.execute("UPDATE release SET loaded_at = %s WHERE id = %s", [later, RELEASES[0]])
        connection.execute("UPDATE dataset SET changed_at = %s, revision = gen_random_uuid()", [later])  # fmt: skip
    assert ids(client, f"updated_since={since}") == [f"release-{RELEASES[0]}"]


@pytest.mark.parametrize("path", ["/v1/releases", "/v1/changelog", FEED])
@pytest.mark.parametrize(
    "given",
    [
        "yesterday",
        "",
        "2026",
        "2026-07",
        "2026-02-30",
        "2026-13-01T00:00:00Z",
        "2026-07-01T00:00:00",  # whose midnight?
        "2026-07-01T00:00:00+02:00",  # a + that is not encoded is a space
        "2026-07-01 00:00:00Z",
        "2026-07-01T25:00:00Z",
        "2026-07-01T00:00:00%2B25:00",
        "2026-07-01T00:00Z",
        "20260701T000000Z",
        "0000-01-01",
        "10000-01-01",
        "0001-01-01T00:00:00%2B14:00",  # before the year 1 in UTC
        "9999-12-31T23:59:59-14:00",
        "1751328000",
        "%D9%A2026-07-01",
    ],
)
def test_what_is_no_instant_is_refused(client: FlaskClient, path: str, given: str) -> None:
    found = client.get(f"{path}?updated_since={given}")
    [error] = found.json["errors"]
    assert (found.status_code, found.json["code"]) == (400, "invalid_value")
    assert (error["in"], error["name"]) == ("query", "updated_since")
    assert "such as 2026-07-01T00:00:00Z" in error["detail"]
    assert (error["allowed"], error["did_you_mean"]) == ([], None)


# The feed


def feed(client: FlaskClient, query: str = "") -> bytes:
    found = client.get(f"{FEED}{query}")
    assert found.status_code == 200, found.json
    assert found.headers["Content-Type"] == "application/atom+xml"
    return found.data


def of(parent: ET.Element, name: str) -> list[str | None]:
    return [at.text for at in parent.findall(f"{ATOM}{name}")]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?kind=contract",
        "?kind=data&limit=2",
        "?sort=id",
        "?updated_since=9999-12-31",
        "?utm_source=%3C%22%26",
    ],
)
def test_the_feed_is_valid(client: FlaskClient, query: str) -> None:
    text = feed(client, query)
    assert faults(text) == []
    read = feedparser.parse(text)
    assert (read.bozo, read.version) == (False, "atom10")
    rows = answer(client, f"/v1/changelog{query}")["data"]
    assert [(at.title, at.updated, at.content[0].value) for at in read.entries] == [
        (row["title"], row["updated_at"], row["summary"]) for row in rows
    ]


def bent(text: bytes, before: str, after: str) -> bytes:
    assert before.encode() in text
    return text.replace(before.encode(), after.encode(), 1)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("</feed>", "", "not well-formed"),
        ('xmlns="http://www.w3.org/2005/Atom"', 'xmlns="http://purl.org/atom/ns#"', "grammar"),
        ("<id>urn:uuid:6d9d1c1f-5d0b-4c0e-8a34-0d6d5f0f9d5a</id>", "", "grammar"),
        ("urn:uuid:6d9d1c1f-5d0b-4c0e-8a34-0d6d5f0f9d5a", "changelog", "grammar"),
        ("<title>Burdenshare: what changed</title>", "", "grammar"),
        ("<title>Burdenshare: what changed</title>", "<title/><title/>", "grammar"),
        ("<title>", '<title type="markdown">', "grammar"),
        ("<updated>", "<updated>on ", "grammar"),
        ("T00:00:00Z</published>", "</published>", "grammar"),
        ("T00:00:00Z</published>", "T00:00:00</published>", "grammar"),
        ("<published>", "<issued/><published>", "grammar"),
        ("<name>Burdenshare</name>", "", "grammar"),
        ("<name>Burdenshare</name>", "<name/>", "grammar"),
        ('<category term="data" />', "<category/>", "grammar"),
        ("<author>\n    <name>Burdenshare</name>\n  </author>", "", "4.1.1: neither"),
        ('rel="self"', 'rel="via"', "rel=self"),
        ('rel="self" type="application/atom+xml"', 'rel="alternate" type="application/json"', "two alternate"),
        ("http://localhost/v1/releases/", "/v1/releases/", "not absolute"),
    ],
)  # fmt: skip
def test_the_validator_refuses_what_is_wrong(
    client: FlaskClient, before: str, after: str, fault: str
) -> None:
    found = faults(bent(feed(client), before, after))
    assert any(fault in text for text in found), found


def test_the_validator_refuses_an_entry_twice_and_one_that_leads_nowhere(
    client: FlaskClient,
) -> None:
    text = feed(client, "?limit=1").decode()
    entry = text[text.index("  <entry>") : text.index("</feed>")]
    assert any("2 times" in at for at in faults(text.replace(entry, entry * 2).encode()))
    lines = [at for at in entry.splitlines() if "<link" not in at and "<content" not in at]
    bare = text.replace(entry, "\n".join(lines) + "\n").encode()
    assert faults(bare) == ["4.1.2: an entry has neither content nor an alternate link"]


def test_an_entry_in_full(dated: FlaskClient) -> None:
    read = ET.fromstring(feed(dated, "?kind=data&limit=1"))
    [entry] = read.findall(f"{ATOM}entry")
    assert {at.tag.removeprefix(ATOM): at.text or dict(at.attrib) for at in entry} == {
        "id": of(entry, "id")[0],
        "title": "Release sipri-2025-04-28: SIPRI Military Expenditure Database",
        "published": "2025-04-28T00:00:00Z",
        "updated": "2026-06-01T12:00:00Z",
        "category": {"term": "data"},
        "link": {
            "rel": "alternate",
            "type": "application/json",
            "href": "http://localhost/v1/releases/sipri-2025-04-28",
        },
        "content": "189 figures of 2023 to 2024, published on 2025-04-28 by Stockholm "
        "International Peace Research Institute (SIPRI); only a part of them is held.",
    }
    links = {at.get("rel"): at.get("href") for at in read.findall(f"{ATOM}link")}
    assert links.pop("next", "").startswith(f"http://localhost{FEED}?kind=data&limit=1&cursor=")
    assert links == {
        "self": f"http://localhost{FEED}?kind=data&limit=1",
        "alternate": "http://localhost/v1/changelog?kind=data",
    }


def test_a_breaking_change_says_so(own: tuple[FlaskClient, str]) -> None:
    client, url = own
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE changelog SET is_breaking = true WHERE id = 'api-0.9.0'")
    assert ids(client, "is_breaking=true") == ["api-0.9.0"]
    [entry] = ET.fromstring(feed(client, "?is_breaking=true")).findall(f"{ATOM}entry")
    assert [at.get("term") for at in entry.findall(f"{ATOM}category")] == ["contract", "breaking"]


def test_ids_are_the_same_wherever_it_is_served(client: FlaskClient) -> None:
    texts = [client.get(FEED, base_url=base).data for base in ("http://localhost", "https://a.example:8443")]  # fmt: skip
    here, there = (ET.fromstring(text) for text in texts)
    for name in ("id", "title", "updated"):
        assert of(here, name) == of(there, name)
        assert [of(at, name) for at in here.findall(f"{ATOM}entry")] == [
            of(at, name) for at in there.findall(f"{ATOM}entry")
        ]
    assert b'href="https://a.example:8443/v1/changelog.atom"' in texts[1]
    assert b"localhost" not in texts[1]


def test_another_filter_is_another_feed_and_another_page_is_not(client: FlaskClient) -> None:
    names = [of(ET.fromstring(feed(client, query)), "id") for query in ("", "?limit=2", "?kind=data")]  # fmt: skip
    assert names[0] == names[1] != names[2]


def test_the_next_page_of_the_feed_goes_on(client: FlaskClient) -> None:
    titles, url = [], f"{FEED}?limit=4"
    while url:
        found = client.get(url)
        read = ET.fromstring(found.data)
        titles += [of(at, "title")[0] for at in read.findall(f"{ATOM}entry")]
        url = next((at.get("href", "") for at in read.findall(f"{ATOM}link") if at.get("rel") == "next"), "")  # fmt: skip
    assert titles == [row["title"] for row in answer(client, "/v1/changelog")["data"]]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/atom+xml", "application/atom+xml"),
        ("application/atom+xml, application/json;q=0.9", "application/atom+xml"),
        ("application/json;q=0,*/*", "application/atom+xml"),
        ("application/atom+xml;q=0.5, application/json", "application/json"),
        ("application/*", "application/json"),
        ("*/*", "application/json"),
    ],
)
def test_accept_chooses_at_the_list(client: FlaskClient, accept: str, media_type: str) -> None:
    found = client.get("/v1/changelog", headers={"Accept": accept})
    assert (found.status_code, found.mimetype) == (200, media_type)
    if media_type == "application/atom+xml":
        assert found.data == feed(client)
    assert "Accept" in found.headers["Vary"]


@pytest.mark.parametrize("accept", ["application/json", "text/xml", "application/atom+xml;q=0"])
def test_the_suffix_wins(client: FlaskClient, accept: str) -> None:
    found = client.get(FEED, headers={"Accept": accept})
    assert (found.status_code, found.mimetype) == (200, "application/atom+xml")
    assert found.data == feed(client)


def test_two_formats_have_two_tags_and_each_its_304(client: FlaskClient) -> None:
    accepts = ("application/json", "application/atom+xml")
    tags = [client.get("/v1/changelog", headers={"Accept": at}).headers["ETag"] for at in accepts]
    assert tags[0] != tags[1]
    for tag, status in zip(tags, (200, 304), strict=True):
        headers = {"Accept": accepts[1], "If-None-Match": tag}
        assert client.get("/v1/changelog", headers=headers).status_code == status
    modified = client.get(FEED).headers["Last-Modified"]
    assert client.get(FEED, headers={"If-Modified-Since": modified}).status_code == 304


def test_the_list_and_the_index_name_the_feed(client: FlaskClient) -> None:
    links = client.get("/v1/changelog").headers["Link"].split(", ")
    assert f'<{FEED}>; rel="alternate"; type="application/atom+xml"' in links
    resources = {at["name"]: at["path"] for at in answer(client, "/v1")["data"]["resources"]}
    assert resources["changelog.atom"] == FEED


def test_behind_a_proxy_the_feed_links_as_it_was_asked(database_url: str) -> None:
    for proxies, scheme in ((1, "https"), (0, "http")):
        app = create_app(Config(database_url, trusted_proxies=proxies))
        found = app.test_client().get(FEED, headers={"X-Forwarded-Proto": "https"})
        app.extensions["database"].close()
        assert f'href="{scheme}://localhost{FEED}"' in found.text

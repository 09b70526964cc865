"""The README's requests answer as it says."""

import re
import shlex
from pathlib import Path

import pytest
from flask.testing import FlaskClient

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
URLS = [
    shlex.split(line)[-1].removeprefix("http://127.0.0.1:8000")
    for line in README.splitlines()
    if line.startswith("curl ")
]


def test_there_are_six_requests() -> None:
    assert len(URLS) == 6


@pytest.mark.parametrize("url", URLS)
def test_a_request_of_the_readme_is_answered(client: FlaskClient, url: str) -> None:
    status = 400 if "memebr" in url else 200
    assert client.get(url).status_code == status


def test_the_headline_is_true(client: FlaskClient) -> None:
    counts = {
        query: client.get(URLS[0] + query).json["meta"]["total"]
        for query in ("", "&as_of=2025-09-01", "&as_of=2024-07-01")
    }
    assert list(counts.values()) == [17, 18, 23]
    assert "`meta.total` is 17" in README
    assert "`&as_of=2025-09-01` it is 18, with `&as_of=2024-07-01` it is 23" in README


def test_the_five_requests_show_what_they_say(client: FlaskClient) -> None:
    poland, cell, hague, uk, slip = (client.get(url).json for url in URLS[1:])
    assert round(poland["data"]["share_gdp_pct"], 2) == 4.12
    assert cell["data"][0]["source_cell"] == "TABLE3!N32"
    assert sorted(row["value"] for row in hague["data"]) == [1.5, 3.5, 5.0]
    assert {row["member"] for row in uk["data"]} == {"GBR"}
    assert [row["made_on"] for row in uk["data"]] == sorted(
        (row["made_on"] for row in uk["data"]), reverse=True
    )
    assert slip["errors"][0]["did_you_mean"] == "member"


def test_every_variable_is_documented() -> None:
    root = Path(__file__).parents[1]
    code = "\n".join(
        path.read_text("utf-8")
        for path in [*(root / "service").rglob("*.py"), root / "gunicorn.conf.py"]
    )
    read = set(re.findall(r'(?:environment|environ)[^"\n]*"([A-Z][A-Z_]+)"', code))
    table = (root / "docs" / "operations.md").read_text("utf-8")
    assert {"DATABASE_URL", "PORT", "POOL_SIZE"} <= read
    # Variables of WSGI, what PostgreSQL's own programs are started with, and what
    # gunicorn.conf.py says to the workers.
    read -= {
        "RAW_URI",
        "PATH_INFO",
        "REQUEST_METHOD",
        "SERVER_PROTOCOL",
        "HTTP_HOST",
        "HTTP_X_REQUEST_ID",
        "ARROW_DEFAULT_MEMORY_POOL",
        "LC_ALL",
        "OPENPYXL_LXML",
        "PG",
        "PROMETHEUS_MULTIPROC_DIR",
    }
    assert read <= set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))


def test_the_table_of_releases_is_true(client: FlaskClient) -> None:
    text = (Path(__file__).parents[1] / "docs" / "data.md").read_text("utf-8")
    for row in client.get("/v1/releases").json["data"]:
        cutoff = row["cutoff_on"] or "not known"
        assert (
            f"| `{row['id']}` | {row['published_on']} | {cutoff} | {row['year_first']}\u2013{row['year_last']} "
            f"| {row['constant_base_year']} | {row['coverage']} | {row['figure_count']:,} |"
        ) in text

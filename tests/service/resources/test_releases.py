"""A release that was withdrawn: its id is known, its figures are served nowhere."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import WITHDRAWN

from .test_vintages import PATHS

CLAIMS = ["/v1/claims", "/v1/claims/nato-2024-06-17-two-percent"]


@pytest.fixture
def left(withdrawn_app: Flask) -> FlaskClient:
    """Return a client of a service that has withdrawn NATO's oldest and newest full release, and SIPRI's."""
    return withdrawn_app.test_client()


@pytest.mark.parametrize("name", WITHDRAWN)
@pytest.mark.parametrize("path", [*PATHS, *CLAIMS])
def test_naming_it_is_answered_with_the_day_and_the_reason(
    left: FlaskClient, path: str, name: str
) -> None:
    answer = left.get(f"{path}?release={name}")
    said = f"{name} was withdrawn on 2026-11-20: {name} was wrong."
    assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json | {"request_id": ""} == {
        "type": "/v1/problems/gone",
        "title": "Gone",
        "status": 410,
        "detail": f"release: {said}",
        "instance": f"{path}?release={name}",
        "code": "gone",
        "request_id": "",
        "errors": [
            {
                "in": "query",
                "name": "release",
                "code": "gone",
                "detail": said,
                "allowed": [],
                "did_you_mean": None,
            }
        ],
    }


def test_its_own_path_is_gone(left: FlaskClient) -> None:
    answer = left.get("/v1/releases/nato-2026-07-10")
    assert (answer.status_code, answer.json["code"]) == (410, "gone")
    [error] = answer.json["errors"]
    assert (error["in"], error["name"]) == ("path", "release")
    assert error["detail"] == (
        "nato-2026-07-10 was withdrawn on 2026-11-20: nato-2026-07-10 was wrong."
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("query", "release"),
    [
        ("", "nato-2025-08-28"),
        ("release=latest", "nato-2025-08-28"),
        ("release=first", "nato-2025-08-28"),
        ("as_of=2099-01-01", "nato-2025-08-28"),
        ("as_of=2024-07-01", "nato-2023-07-07"),
    ],
)
def test_no_choice_falls_on_it(left: FlaskClient, path: str, query: str, release: str) -> None:
    assert left.get(f"{path}?{query}").json["meta"]["release"] == release


def test_what_else_is_wrong_is_said_with_it(left: FlaskClient) -> None:
    answer = left.get("/v1/observations?release=nato-2026-07-10&memebr=POL")
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
    codes = {error["name"]: error["code"] for error in answer.json["errors"]}
    assert codes == {"release": "gone", "memebr": "unknown_parameter"}


def test_nobody_is_sent_to_it(left: FlaskClient) -> None:
    [error] = left.get("/v1/observations?release=nato-2026-07-11").json["errors"]
    assert not set(WITHDRAWN) & {error["did_you_mean"], *error["allowed"]}
    assert left.get("/v1").json["data"]["data_release"] == "nato-2025-08-28"


def test_the_list_says_when_and_why(left: FlaskClient) -> None:
    rows = {row["id"]: row for row in left.get("/v1/releases").json["data"]}
    assert len(rows) == 5
    for name, row in rows.items():
        is_withdrawn = name in WITHDRAWN
        assert row["withdrawn_on"] == ("2026-11-20" if is_withdrawn else None)
        assert row["withdrawn_reason"] == (f"{name} was wrong." if is_withdrawn else None)
        assert (row["figure_count"] == 0) == (row["indicators"] == []) == is_withdrawn
    assert rows["nato-2026-07-10"]["year_last"] == 2026


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("withdrawn=true", [*WITHDRAWN]),
        ("withdrawn=false", ["nato-2023-07-07", "nato-2025-08-28"]),
        ("withdrawn_on_gte=2026-11-20", [*WITHDRAWN]),
        ("withdrawn_on_lte=2026-11-19", []),
        ("withdrawn=true&sort=-withdrawn_on,-id", [*reversed(WITHDRAWN)]),
    ],
)
def test_the_list_narrows_to_them(left: FlaskClient, query: str, names: list[str]) -> None:
    assert [row["id"] for row in left.get(f"/v1/releases?{query}").json["data"]] == names


@pytest.mark.parametrize(
    "url",
    [
        "/v1/observations?release=nato-2025-08-28&limit=5000",
        "/v1/spending-years?as_of=2025-09-01",
        "/v1/quadrants?as_of=2025-09-01",
    ],
)
def test_the_others_are_served_as_before(client: FlaskClient, left: FlaskClient, url: str) -> None:
    assert left.get(url).json == client.get(url).json


def test_no_claim_is_checked_in_it(left: FlaskClient) -> None:
    answer = left.get("/v1/claims").json
    assert [release["id"] for release in answer["meta"]["releases"]] == ["nato-2025-08-28"]
    checked = {row[key] for row in answer["data"] for key in ("release", "release_then")}
    assert not checked & set(WITHDRAWN)


def test_a_claim_whose_source_has_nothing_left_cannot_be_checked(left: FlaskClient) -> None:
    listed = left.get("/v1/claims").json["data"]
    rows = [row for row in listed if row["source"] == "sipri"]
    assert rows
    for row in rows:
        answer = left.get(f"/v1/claims/{row['id']}").json
        assert (answer["data"], answer["meta"]["releases"]) == (row, [])
        assert (row["release"], row["verdict"]) == (None, "not_checkable")
        assert "no release of sipri published by then is held" in row["explanation"]


def test_a_source_with_nothing_left_is_named(left: FlaskClient) -> None:
    answer = left.get("/v1/observations?source=sipri")
    assert (answer.status_code, answer.json["errors"][0]["name"]) == (400, "source")


def test_no_commitment_is_judged_by_it(left: FlaskClient) -> None:
    pledges = left.get(
        "/v1/commitments?state=fulfilled,lapsed&indicator=share_gdp_pct&due_year_lte=2025"
    ).json["data"]
    figures = left.get("/v1/observations?release=nato-2025-08-28&indicator=share_gdp_pct").json
    found = {(row["area"], row["year"]): row["value"] for row in figures["data"]}
    states = {
        row["id"]: "fulfilled"
        if found[row["member"], row["due_year"]] >= row["value"]
        else "lapsed"
        for row in pledges
    }
    assert states
    assert {row["id"]: row["state"] for row in pledges} == states


def test_nothing_is_compared_with_it_counted_in_it_or_found_in_it(left: FlaskClient) -> None:
    kinds = "revision,precision,rebase,currency"
    pairs = {
        (row["from_release"], row["to_release"])
        for row in left.get(f"/v1/revisions?limit=10000&kind={kinds}").json["data"]
    }
    assert pairs == {("nato-2023-07-07", "nato-2025-08-28")}
    rows = left.get("/v1/availability?limit=10000&source=nato,sipri").json["data"]
    assert {row["release"] for row in rows} == {"nato-2023-07-07", "nato-2025-08-28"}
    found = left.get("/v1/search?q=2026&kind=release,note").json["data"]
    assert [row["id"] for row in found if "nato-2026-07-10" in row["url"] + row["id"]] == []


def test_its_withdrawal_is_a_change_that_may_break_a_program(left: FlaskClient) -> None:
    change, *others = left.get("/v1/changelog?is_breaking=true&sort=id").json["data"]
    assert len(others) == 2
    updated_at = change.pop("updated_at")
    assert change == {
        "id": "release-nato-2024-06-17-withdrawn",
        "kind": "data",
        "title": "Release nato-2024-06-17 withdrawn",
        "summary": "nato-2024-06-17 was wrong.",
        "version": None,
        "release": "nato-2024-06-17",
        "published_on": "2026-11-20",
        "path": "/v1/releases",
        "is_breaking": True,
    }
    [release] = left.get("/v1/releases?withdrawn=true&source=sipri").json["data"]
    assert release["updated_at"] >= updated_at
    assert left.get(f"/v1/releases?updated_since={release['updated_at']}").json["data"]

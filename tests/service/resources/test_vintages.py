"""source, release and as_of, on every route that serves figures."""

import pytest
from flask.testing import FlaskClient

PATHS = [
    "/v1/spending-years",
    "/v1/observations",
    "/v1/spending-years/POL/2023",
    "/v1/targets/wales-2014-spending/assessments",
    "/v1/quadrants",
    "/v1/aggregates",
    "/v1/rankings",
    "/v1/paths",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("query", "release"),
    [
        ("", "nato-2026-07-10"),
        ("release=latest", "nato-2026-07-10"),
        ("release=first", "nato-2024-06-17"),
        ("release=nato-2023-07-07", "nato-2023-07-07"),
        ("release=nato-2025-08-28&source=nato", "nato-2025-08-28"),
        ("as_of=2023-07-07", "nato-2023-07-07"),
        ("as_of=2024-06-16", "nato-2023-07-07"),
        ("as_of=2024-06-17", "nato-2024-06-17"),
        ("as_of=2025-08-28", "nato-2025-08-28"),
        ("as_of=2026-07-09", "nato-2025-08-28"),
        ("as_of=2099-01-01", "nato-2026-07-10"),
    ],
)
def test_which_release_answers(client: FlaskClient, path: str, query: str, release: str) -> None:
    meta = client.get(f"{path}?{query}").json["meta"]
    assert meta["release"] == release
    assert meta["source"] == "nato"
    assert meta["citation"].startswith("NATO, ")
    assert "credit" in meta["licence"]


@pytest.mark.parametrize("path", PATHS)
def test_before_the_first_release_is_refused_naming_it(client: FlaskClient, path: str) -> None:
    answer = client.get(f"{path}?as_of=2023-07-06")
    assert (answer.status_code, answer.json["code"]) == (400, "before_first_release")
    assert "nato-2023-07-07" in answer.json["detail"]


@pytest.mark.parametrize("path", PATHS)
def test_a_release_and_a_day_exclude_each_other(client: FlaskClient, path: str) -> None:
    answer = client.get(f"{path}?as_of=2025-01-01&release=latest")
    assert (answer.status_code, answer.json["code"]) == (400, "conflicting_parameters")
    assert [error["name"] for error in answer.json["errors"]] == ["as_of", "release"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("query", "name", "near"),
    [
        ("release=nato-2025-08-27", "release", "nato-2025-08-28"),
        ("release=newest", "release", None),
        ("release=lates", "release", "latest"),
        ("source=natto", "source", "nato"),
        ("as_of=2025-02-30", "as_of", None),
        ("as_of=20250101", "as_of", None),
        ("as_of=yesterday", "as_of", None),
    ],
)
def test_what_is_not_known_is_named(
    client: FlaskClient, path: str, query: str, name: str, near: str | None
) -> None:
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 400
    [error] = answer.json["errors"]
    assert (error["in"], error["name"], error["did_you_mean"]) == ("query", name, near)


def test_the_release_stands_in_the_headers(client: FlaskClient) -> None:
    answer = client.get("/v1/spending-years?as_of=2025-01-01")
    assert answer.headers["X-Data-Release"] == "nato-2024-06-17"
    assert answer.json["meta"]["as_of"] == "2025-01-01"

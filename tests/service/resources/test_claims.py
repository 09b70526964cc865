"""Claims: each is checked against the figures at every request, as known then and today."""

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from importers.load import load
from schemas.codelists import codes_of
from tests.conftest import DATA, made_database, served

Json = dict[str, Any]

RELEASES = ["nato-2023-07-07", "nato-2024-06-17", "nato-2025-08-28", "nato-2026-07-10", "sipri-2025-04-28"]  # fmt: skip
LINES = (DATA / "claims.csv").read_text("utf-8").splitlines()
STORED = {row["id"]: row for row in csv.DictReader(LINES)}
DOCS = (Path(__file__).parents[3] / "docs" / "data.md").read_text("utf-8")


def answer(client: FlaskClient, url: str) -> Any:
    response = client.get(url)
    assert response.status_code == 200, response.json
    assert response.json is not None
    return response.json["data"]


def claim(client: FlaskClient, name: str, query: str = "") -> Json:
    found = answer(client, f"/v1/claims/{name}{query}")
    assert isinstance(found, dict)
    return found


def verdicts(client: FlaskClient, name: str, *days: str) -> list[tuple[str, str]]:
    """Return, for each day, the release that answers and the verdict."""
    found = [claim(client, name, f"?as_of={day}") for day in days]
    return [(row["release"], row["verdict"]) for row in found]


@pytest.fixture
def own(server_url: str) -> Iterator[tuple[FlaskClient, str]]:
    """Return a client of a database of the test's own, and the URL of its owner."""
    with made_database(server_url) as url:
        load(url, DATA)
        with served(url) as app:
            yield app.test_client(), url


def revise(url: str, release: str, member: str, year: int, indicator: str, value: str) -> None:
    """Change one figure in both of its places."""
    with psycopg.connect(url) as connection:
        for query, parameters in (
            (
                "UPDATE observation SET value = %s, missing_reason = NULL "
                "WHERE release = %s AND area = %s AND year = %s AND indicator = %s",
                [value, release, member, year, indicator],
            ),
            (
                f"UPDATE spending_year SET {indicator} = %s "
                "WHERE release = %s AND member = %s AND year = %s",
                [value, release, member, year],
            ),
            ("UPDATE dataset SET revision = gen_random_uuid()", []),
        ):
            assert connection.execute(query.encode(), parameters).rowcount == 1


def test_every_claim_has_a_verdict(client: FlaskClient) -> None:
    rows = answer(client, "/v1/claims")
    assert {row["id"] for row in rows} == STORED.keys()
    for row in rows:
        assert {row["verdict"], row["verdict_then"]} <= set(codes_of("verdicts"))
        assert row["explanation"].endswith(".")
        assert row["sources"]
    assert {row["verdict"] for row in rows} == set(codes_of("verdicts"))


@pytest.mark.parametrize(
    ("name", "claimed", "found", "unit", "verdict"),
    [
        ("total", 1506, 1506.08, "usd_bn", "holds"),
        ("world-share", 55, 55.41, "pct", "holds"),
        ("usa-total", 997, 997.31, "usd_bn", "holds"),
        ("usa-share", 66, 66.22, "pct", "holds"),
        ("two-percent", 18, 17, "members", "holds_if_rounded"),
        ("all-rose", 0, 0, "members", "holds"),
    ],
)
def test_what_sipri_said(
    client: FlaskClient, name: str, claimed: float, found: float, unit: str, verdict: str
) -> None:
    row = claim(client, f"sipri-2025-06-05-{name}")
    assert (row["claimed_value"], round(row["found_value"], 2), row["unit"]) == (claimed, found, unit)  # fmt: skip
    assert row["verdict"] == row["verdict_then"] == verdict
    assert row["release"] == row["release_then"] == "sipri-2025-04-28"


def test_eighteen_of_32_holds_only_with_sweden_rounded_up(client: FlaskClient) -> None:
    text = claim(client, "sipri-2025-06-05-two-percent")["explanation"]
    assert "17 of 32 members have at least 2 (ALB, BGR, " in text
    assert "and if rounded to one decimal SWE 1.998 too" in text
    assert "it holds only if the figures are rounded to one decimal first" in text


def test_all_members_increased_depends_on_the_release(client: FlaskClient) -> None:
    name = "sipri-2025-06-05-all-rose-nato"
    assert verdicts(client, name, "2025-06-05", "2025-09-01", "2026-11-22") == [
        ("nato-2024-06-17", "differs"),
        ("nato-2025-08-28", "holds"),
        ("nato-2026-07-10", "differs"),
    ]
    then, today = (claim(client, name, f"?release={at}") for at in ("first", "latest"))
    assert "1 of 32 members have at most 0 (SVN -1.4" in then["explanation"]
    assert "1 of 32 members have at most 0 (FIN -0.2" in today["explanation"]
    assert (today["release_then"], today["found_value_then"], today["verdict_then"]) == (
        "nato-2024-06-17", 1, "differs",
    )  # fmt: skip


def test_about_three_point_four_depends_on_the_release(client: FlaskClient) -> None:
    found = {
        release: claim(client, "press-2025-06-04-usa-share", f"?release={release}")
        for release in RELEASES[1:4]
    }
    assert {key: (round(row["found_value"], 2), row["verdict"]) for key, row in found.items()} == {
        "nato-2024-06-17": (3.38, "holds"),
        "nato-2025-08-28": (3.21, "differs"),
        "nato-2026-07-10": (3.3, "differs"),
    }
    sipri = claim(client, "press-2025-06-04-usa-share-sipri")
    assert (round(sipri["found_value"], 2), sipri["verdict"]) == (3.42, "holds")


def test_nato_itself_no_longer_counts_23(client: FlaskClient) -> None:
    row = claim(client, "nato-2024-06-17-two-percent")
    assert (row["found_value_then"], row["verdict_then"]) == (23, "holds")
    assert (row["found_value"], row["verdict"]) == (17, "differs")


def test_spain_reached_two_per_cent(client: FlaskClient) -> None:
    name = "press-2025-06-05-spain-two-percent"
    assert verdicts(client, name, "2025-06-05", "2025-09-01", "2026-11-22") == [
        ("nato-2024-06-17", "not_checkable"),
        ("nato-2025-08-28", "holds"),
        ("nato-2026-07-10", "holds"),
    ]


@pytest.mark.parametrize(
    ("name", "then", "today"),
    [
        ("hegseth-2025-06-05-five-percent", 0, 0),
        ("trump-2025-01-21-five-percent", 0, 0),
        ("rutte-2025-05-09-core", 1, 1),
        ("rutte-2025-06-04-equalise", 1.36, 1.34),
        ("ministers-2025-06-05-usa-share", 65.63, 65.26),
        ("ministers-2025-06-05-usa-against-others", 190.99, 187.83),
    ],
)
def test_a_demand_is_no_fact_but_how_things_stood_is_found(
    client: FlaskClient, name: str, then: float, today: float
) -> None:
    row = claim(client, name)
    assert row["claimed_value"] is None
    assert row["verdict"] == row["verdict_then"] == "not_checkable"
    assert (round(row["found_value_then"], 2), round(row["found_value"], 2)) == (then, today)
    assert "no figure was claimed" in row["explanation"]


@pytest.mark.parametrize("release", RELEASES)
def test_the_check_url_gives_the_figures_of_the_check(client: FlaskClient, release: str) -> None:
    for row in answer(client, f"/v1/claims?release={release}"):
        assert row["release"] == release
        assert f"release={release}" in row["check_url"]
        found = computed(client, STORED[row["id"]], row["check_url"])
        assert row["found_value"] == (None if found is None else pytest.approx(float(found))), row


def computed(client: FlaskClient, stored: dict[str, str], url: str) -> Decimal | None:
    """Return what a check must find, reckoned from the rows of its URL; None: not all are there."""
    rows = answer(client, url)
    kind, name = stored["check_kind"], stored["indicator"]
    if kind in ("members_at_least", "members_at_most"):
        whole = answer(client, re.sub(r"&\w+_[gl]te=[0-9.]+", "", url))
        held = [row for row in whole if row[name] is not None]
        return Decimal(len(rows)) if len(held) == 31 else None
    values = {
        (row.get("area") or row["member"], row["year"]): Decimal(str(value))
        for row in rows
        if (value := row.get("value", row.get(name))) is not None
    }
    year = int(stored["year"])
    areas = {area for area, at in values if at == year} - {"WORLD", "NATO_TOTAL", "NATO_EUR_CAN"}
    one, other = (values.get((stored[key], year)) for key in ("member", "area"))
    scale = 1000 if stored["unit"] == "usd_bn" else 1
    if kind == "member_value":
        return None if one is None else one / scale
    if kind == "gap_to_area":
        return None if one is None or other is None else one - other
    if len(areas) < 31:
        return None
    total = sum((values[area, year] for area in areas), Decimal())
    if kind == "members_not_rising":
        return Decimal(sum(values[area, year] <= values[area, year - 1] for area in areas))
    return {
        "members_sum": lambda: total / scale,
        "member_share": lambda: 100 * (one or 0) / total,
        "member_to_rest": lambda: 100 * (one or 0) / (total - (one or 0)),
        "share_of_area": lambda: 100 * total / (other or 1),
    }[kind]()


def test_the_check_url_of_a_source_without_a_release_is_good_too(client: FlaskClient) -> None:
    for row in answer(client, "/v1/claims?as_of=2024-07-01"):
        answer(client, row["check_url"])
        if row["source"] == "sipri":
            assert (row["release"], row["found_value"], row["verdict"]) == (None, None, "not_checkable")  # fmt: skip
            assert "no release of sipri published by then is held" in row["explanation"]


def test_a_release_with_holes_is_no_ground_to_judge_by(client: FlaskClient) -> None:
    rows = answer(client, "/v1/claims?release=nato-2023-07-07")
    assert len(rows) == 10
    for row in rows:
        assert (row["found_value"], row["verdict"]) == (None, "not_checkable")
        assert "nato-2023-07-07 has no figure for " in row["explanation"]
        assert "(not covered)" in row["explanation"]


def test_a_release_without_money_says_that_it_is_not_held(client: FlaskClient) -> None:
    for name in ("usa-share", "usa-against-others"):
        row = claim(client, f"ministers-2025-06-05-{name}", "?release=nato-2025-08-28")
        assert (row["found_value"], row["verdict"]) == (None, "not_checkable")
        assert "has no figure for 31 of the 32 members (not_held)" in row["explanation"]


def test_another_figure_is_another_verdict(own: tuple[FlaskClient, str]) -> None:
    client, url = own
    name, release = "sipri-2025-06-05-two-percent", "sipri-2025-04-28"
    assert claim(client, name)["verdict"] == "holds_if_rounded"
    revise(url, release, "SWE", 2024, "share_gdp_pct", "2.001")
    row = claim(client, name)
    assert (row["found_value"], row["verdict"]) == (18, "holds")
    assert len(answer(client, row["check_url"])) == 18
    revise(url, release, "SWE", 2024, "share_gdp_pct", "1.94")
    assert claim(client, name)["verdict"] == "differs"
    revise(url, release, "USA", 2024, "spending_usd_m_current", "997500")
    assert claim(client, "sipri-2025-06-05-usa-total")["verdict"] == "differs"
    revise(url, "nato-2026-07-10", "FIN", 2024, "real_change_pct", "0.01")
    assert claim(client, "sipri-2025-06-05-all-rose-nato")["verdict"] == "holds"


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ("3.35", "holds"),
        ("3.3499999999", "differs"),
        ("3.4499999999", "holds"),
        ("3.45", "differs"),
    ],
)
def test_rounding_is_decimal_and_half_up(
    own: tuple[FlaskClient, str], found: str, verdict: str
) -> None:
    client, url = own
    revise(url, "nato-2026-07-10", "USA", 2024, "share_gdp_pct", found)
    assert claim(client, "press-2025-06-04-usa-share")["verdict"] == verdict


@pytest.mark.parametrize(
    ("found", "verdict"),
    [("2.4", "holds"), ("2", "holds"), ("1.95", "holds_if_rounded"), ("1.949", "differs")],
)
def test_a_level_is_reached_by_any_more_than_it(
    own: tuple[FlaskClient, str], found: str, verdict: str
) -> None:
    client, url = own
    revise(url, "nato-2026-07-10", "ESP", 2025, "share_gdp_pct", found)
    assert claim(client, "press-2025-06-05-spain-two-percent")["verdict"] == verdict


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("topic=change", lambda row: row["topic"] == "change"),
        ("topic=change,two_percent", lambda row: row["topic"] in ("change", "two_percent")),
        ("verdict=holds_if_rounded", lambda row: row["verdict"] == "holds_if_rounded"),
        ("verdict=differs&verdict_then=holds", lambda row: (row["verdict"], row["verdict_then"]) == ("differs", "holds")),
        ("source=sipri", lambda row: row["source"] == "sipri"),
        ("release=sipri-2025-04-28", lambda row: row["source"] == "sipri"),
        ("release=latest", lambda row: True),
        ("said_on_lte=2025-01-31", lambda row: row["said_on"] <= "2025-01-31"),
        ("found_value_gte=17&found_value_lte=18", lambda row: row["found_value"] is not None and 17 <= row["found_value"] <= 18),
        ("claimed_value_gte=997", lambda row: row["claimed_value"] is not None and row["claimed_value"] >= 997),
        ("year=2025", lambda row: row["year"] == 2025),
    ],
)  # fmt: skip
def test_claims_are_filtered_exactly(client: FlaskClient, query: str, keeps: Any) -> None:
    kept = [row for row in answer(client, "/v1/claims") if keeps(row)]
    assert kept, "the case shows nothing unless it keeps something"
    assert answer(client, f"/v1/claims?{query}") == kept


def test_a_day_or_a_release_that_cannot_be_is_refused(client: FlaskClient) -> None:
    sipri = "/v1/claims/sipri-2025-06-05-total"
    for url, code in {
        "/v1/claims?as_of=2020-01-01": "before_first_release",
        "/v1/claims?as_of=2024-07-01&source=sipri": "before_first_release",
        f"{sipri}?as_of=2024-07-01": "before_first_release",
        f"{sipri}?release=nato-2024-06-17": "conflicting_parameters",
        f"{sipri}?source=nato": "conflicting_parameters",
        f"{sipri}?source=nato&as_of=2025-06-05": "conflicting_parameters",
        f"{sipri}?source=nato&release=sipri-2025-04-28": "conflicting_parameters",
        f"{sipri}?as_of=2025-06-05&release=latest": "conflicting_parameters",
    }.items():
        refused = client.get(url)
        assert (refused.status_code, refused.json["code"]) == (400, code), url


def test_the_answer_names_what_the_claims_were_checked_in(client: FlaskClient) -> None:
    every = client.get("/v1/claims?as_of=2025-06-05").json["meta"]
    one = client.get("/v1/claims/sipri-2025-06-05-total").json["meta"]
    assert [release["id"] for release in every["releases"]] == ["nato-2024-06-17", "sipri-2025-04-28"]  # fmt: skip
    assert [release["id"] for release in one["releases"]] == ["sipri-2025-04-28"]
    assert every["as_of"] == "2025-06-05"
    for release in [*every["releases"], *one["releases"]]:
        assert release["citation"]
        assert release["licence"]
    assert every["rule"] == one["rule"]
    assert "half-up" in every["rule"]


EXAMPLE = re.compile(r"^\| `([\w-]+)` \| `([\w-]+)` \| ([\d.]+|none) \| ([\d.]+|none) \| `(\w+)` \|$", re.M)  # fmt: skip


def test_there_are_worked_examples() -> None:
    assert len(EXAMPLE.findall(DOCS)) >= 10


@pytest.mark.parametrize(("name", "release", "claimed", "found", "verdict"), EXAMPLE.findall(DOCS))
def test_a_worked_example_of_the_docs_is_true(
    client: FlaskClient, name: str, release: str, claimed: str, found: str, verdict: str
) -> None:
    row = claim(client, name, f"?release={release}")
    assert row["claimed_value"] == (None if claimed == "none" else float(claimed))
    if found == "none":
        assert row["found_value"] is None
    else:
        digits = len(found.partition(".")[2])
        assert round(Decimal(str(row["found_value"])), digits) == Decimal(found)
    assert row["verdict"] == verdict

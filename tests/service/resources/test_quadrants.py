"""GET /v1/quadrants"""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

PATH = "/v1/quadrants"
RELEASES = {
    "nato-2023-07-07": 2023,
    "nato-2024-06-17": 2024,
    "nato-2025-08-28": 2025,
    "nato-2026-07-10": 2026,
    "sipri-2025-04-28": 2024,
}
QUADRANTS = {
    ("met", "met"): "both",
    ("met", "not_met"): "only_spending",
    ("not_met", "met"): "only_equipment",
    ("not_met", "not_met"): "neither",
}

Row = dict[str, Any]


def get(client: FlaskClient, url: str) -> Row:
    answer = client.get(url)
    assert answer.status_code == 200, answer.json
    assert isinstance(answer.json, dict)
    return answer.json


def counts(meta: Row) -> dict[str, int]:
    return {name.removesuffix("_count"): meta[name] for name in meta if name.endswith("_count")}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", (16, 1, 11, 3, 0, 1)),
        ("&as_of=2024-07-01", (23, 0, 6, 2, 0, 1)),
        ("&source=sipri", (0, 0, 0, 0, 31, 1)),
    ],
)
def test_the_allies_of_2024_by_both_guidelines(
    client: FlaskClient, query: str, expected: tuple[int, ...]
) -> None:
    names = ("both", "only_spending", "only_equipment", "neither", "unknown", "not_applicable")
    found = get(client, f"{PATH}?year=2024{query}")
    assert counts(found["meta"]) == dict(zip(names, expected, strict=True))


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("rounding", [None, 0, 1])
def test_every_quadrant_is_what_both_assessments_say(
    client: FlaskClient, release: str, rounding: int | None
) -> None:
    by = "" if rounding is None else f"&rounding={rounding}"
    years = range(2014, RELEASES[release] + 1)
    verdicts = {
        target: {
            (row["member"], row["year"]): row["met"]
            for row in get(client, f"/v1/targets/{target}/assessments?release={release}{by}")[
                "data"
            ]
        }
        for target in ("wales-2014-spending", "wales-2014-equipment")
    }
    for year in years:
        found = get(client, f"{PATH}?year={year}&release={release}{by}")
        spending, equipment = (
            {key: met for key, met in every.items() if key[1] == year}
            for every in verdicts.values()
        )
        assert [(row["member"], row["year"]) for row in found["data"]] == list(spending)
        for row in found["data"]:
            key = row["member"], year
            both = spending[key], equipment[key]
            assert (row["spending_met"], row["equipment_met"]) == both
            other = "not_applicable" if "not_applicable" in both else "unknown"
            assert row["quadrant"] == QUADRANTS.get(both, other)
        assert counts(found["meta"]) == dict.fromkeys(counts(found["meta"]), 0) | Counter(
            row["quadrant"] for row in found["data"]
        )


@pytest.mark.parametrize(("release", "year"), RELEASES.items())
def test_the_year_is_the_newest_of_the_release_unless_asked_for(
    client: FlaskClient, release: str, year: int
) -> None:
    found = get(client, f"{PATH}?release={release}")
    assert found["data"]
    assert {row["year"] for row in found["data"]} == {found["meta"]["year"]} == {year}
    assert get(client, f"{PATH}?release={release}&year={year}")["data"] == found["data"]


def test_values_stand_as_published_and_missing_ones_with_their_reason(client: FlaskClient) -> None:
    for release in RELEASES:
        rows = get(client, f"/v1/spending-years?release={release}")["data"]
        figures = {(row["member"], row["year"]): row for row in rows}
        for row in get(client, f"{PATH}?release={release}")["data"]:
            year = figures[row["member"], row["year"]]
            for name in ("stage", "share_gdp_pct", "equipment_share_pct"):
                assert row[name] == year[name]
            assert row["missing"] == [
                missing
                for missing in year["missing"]
                if missing["field"] in ("share_gdp_pct", "equipment_share_pct")
            ]


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("quadrant=neither", lambda row: row["quadrant"] == "neither"),
        ("quadrant=both,only_spending", lambda row: row["spending_met"] == "met"),
        ("member=uk,Poland", lambda row: row["member"] in ("GBR", "POL")),
        ("share_gdp_pct_gte=3", lambda row: (row["share_gdp_pct"] or 0) >= 3),
        ("equipment_share_pct_lte=20", lambda row: (row["equipment_share_pct"] or 99) <= 20),
    ],
)
def test_filters_keep_exactly_what_they_say(client: FlaskClient, query: str, keeps: Any) -> None:
    every = get(client, f"{PATH}?year=2024")["data"]
    kept = [row for row in every if keeps(row)]
    assert kept
    assert get(client, f"{PATH}?year=2024&{query}")["data"] == kept


def test_rounding_is_half_up(client: FlaskClient) -> None:
    found = get(client, f"{PATH}?year=2024&rounding=0")
    for row in found["data"]:
        if row["share_gdp_pct"] is not None:
            rounded = Decimal(repr(row["share_gdp_pct"])).quantize(Decimal(1), ROUND_HALF_UP)
            assert (row["spending_met"] == "met") == (rounded >= 2)
    assert "rounded half up to 0 decimals" in found["meta"]["rule"]


def test_a_span_of_years_is_refused(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?year_gte=2020")
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_parameter")

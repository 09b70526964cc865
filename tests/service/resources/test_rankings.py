"""GET /v1/rankings"""

import csv
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from schemas.codelists import codes_of

DATA = Path(__file__).parents[3] / "data"
PATH = "/v1/rankings"
RELEASES = {
    "nato-2023-07-07": "not_held",
    "nato-2024-06-17": "not_published",
    "nato-2025-08-28": "not_published",
    "nato-2026-07-10": "not_published",
    "sipri-2025-04-28": "not_held",
}
ADDITIVE = (
    "spending_usd_m_current",
    "spending_usd_m_constant",
    "gdp_usd_m_current",
    "gdp_usd_m_constant",
    "personnel_thousands",
)

Row = dict[str, Any]


def get(client: FlaskClient, query: str, path: str = PATH) -> Row:
    answer = client.get(f"{path}?limit=10000&{query}")
    assert answer.status_code == 200, answer.json
    assert isinstance(answer.json, dict)
    return answer.json


def rows(client: FlaskClient, query: str, path: str = PATH) -> list[Row]:
    data = get(client, query, path)["data"]
    assert isinstance(data, list)
    return data


def table(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def joined() -> dict[str, int]:
    return {row["code"]: int(row["acceded_on"][:4]) for row in table("members.csv")}


@cache
def units() -> dict[str, str]:
    """Return the units of the indicators that a spending year has."""
    return {row["id"]: row["unit"] for row in table("indicators.csv") if row["is_yearly"] == "true"}


@cache
def figures(release: str) -> dict[str, dict[tuple[str, int], dict[str, str]]]:
    """Return the rows of figures.csv of the members, by indicator."""
    found: dict[str, dict[tuple[str, int], dict[str, str]]] = {}
    for row in table(f"releases/{release}/figures.csv"):
        if row["area"] in joined():
            found.setdefault(row["indicator"], {})[row["area"], int(row["year"])] = row
    return found


class Naive:
    """The ranking of one indicator of one release, counted in Python from the file."""

    def __init__(self, release: str, indicator: str):
        self.release, self.indicator = release, indicator
        self.cells = figures(release)[indicator]
        self.values = {
            (member, year): Decimal(row["value"])
            for (member, year), row in self.cells.items()
            if row["value"] and year >= joined()[member]
        }

    def of(self, year: int) -> dict[str, Decimal]:
        return {member: value for (member, at), value in self.values.items() if at == year}

    def rank(self, member: str, year: int) -> int | None:
        if (member, year) not in self.values:
            return None
        own = self.values[member, year]
        return 1 + sum(value > own for value in self.of(year).values())

    def is_tied(self, member: str, year: int) -> bool:
        own = self.values.get((member, year))
        return own is not None and list(self.of(year).values()).count(own) > 1

    def share(self, member: str, year: int, without: tuple[str, ...] = ()) -> float | None:
        if self.indicator not in ADDITIVE or member in without or member not in self.of(year):
            return None
        others = [value for code, value in self.of(year).items() if code not in without]
        return float(100 * Fraction(self.values[member, year]) / Fraction(sum(others)))

    def missing_members(self, year: int) -> list[str]:
        return sorted(
            member
            for member, first in joined().items()
            if year >= first
            and member not in self.of(year)
            and (member != "ISL" or self.indicator.startswith("gdp_"))
        )

    def why_unranked(self, member: str, year: int) -> str | None:
        if self.rank(member, year) is not None:
            return None
        if year < joined()[member]:
            return "not_applicable"
        if (member, year) not in self.cells:
            return RELEASES[self.release]
        return self.cells[member, year]["missing_reason"]

    def missing(self, member: str, year: int) -> list[Row]:
        rank = self.why_unranked(member, year)
        share = (rank or "not_applicable") if self.indicator in ADDITIVE else "not_applicable"
        has_share = rank is None and self.indicator in ADDITIVE
        reasons = {
            "value": self.cells[member, year]["missing_reason"] or None,
            "rank": rank,
            "previous_rank": self.why_unranked(member, year - 1),
            "share_of_alliance_pct": None if has_share else share,
            "share_of_alliance_excl_usa_pct": None if has_share and member != "USA" else share,
        }
        return [{"field": field, "reason": why} for field, why in reasons.items() if why]

    def row(self, member: str, year: int) -> Row:
        cell = self.cells[member, year]
        return {
            "member": member,
            "indicator": self.indicator,
            "year": year,
            "value": float(cell["value"]) if cell["value"] else None,
            "unit": units()[self.indicator],
            "rank": self.rank(member, year),
            "is_tied": self.is_tied(member, year),
            "previous_rank": self.rank(member, year - 1),
            "out_of": len(self.of(year)),
            "share_of_alliance_pct": close(self.share(member, year)),
            "share_of_alliance_excl_usa_pct": close(self.share(member, year, ("USA",))),
            "missing_members": self.missing_members(year),
            "stage": cell["stage"],
            "source": self.release.partition("-")[0],
            "release": self.release,
            "missing": self.missing(member, year),
        }


def close(share: float | None) -> Any:
    return None if share is None else pytest.approx(share, rel=1e-14)


@pytest.mark.parametrize("release", RELEASES)
def test_every_ranking_agrees_with_a_naive_one(client: FlaskClient, release: str) -> None:
    assert len(units()) == 15
    ties = 0
    for indicator in units():
        naive = Naive(release, indicator)
        found = rows(client, f"indicator={indicator}&release={release}")
        assert [(row["member"], row["year"]) for row in found] == sorted(naive.cells)
        for row in found:
            assert row == naive.row(row["member"], row["year"])
        ties += sum(row["is_tied"] for row in found)
    assert release != "nato-2026-07-10" or ties > 100  # so that ties are among what was tried


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("indicator", ADDITIVE)
def test_shares_add_up_to_the_whole_and_are_of_the_computed_total(
    client: FlaskClient, release: str, indicator: str
) -> None:
    query = f"indicator={indicator}&release={release}"
    totals = {
        (row["area"], row["year"]): row
        for group in ("nato", "nato-excl-usa")
        for row in rows(client, f"{query}&kind=computed&group={group}", "/v1/aggregates")
    }
    found = rows(client, query)
    for year in {row["year"] for row in found}:
        ranked = [row for row in found if row["year"] == year and row["rank"] is not None]
        for group, field in (
            ("nato", "share_of_alliance_pct"),
            ("nato-excl-usa", "share_of_alliance_excl_usa_pct"),
        ):
            total = totals[group, year]
            shares = [row[field] for row in ranked if row[field] is not None]
            if not shares:
                assert total["value"] is None
                continue
            assert sum(shares) == pytest.approx(100, abs=1e-10)
            for row in ranked:
                if row[field] is not None:
                    assert row[field] == pytest.approx(100 * row["value"] / total["value"])
            without = [code for code in ranked[0]["missing_members"] if code in total["members"]]
            assert without == total["missing_members"]


def test_who_spent_most_in_2024(client: FlaskClient) -> None:
    found = get(client, "indicator=spending_usd_m_current&year=2024&sort=rank&rank_lte=2")
    assert [row["member"] for row in found["data"]] == ["USA", "DEU"]
    assert found["data"][1] == {
        "member": "DEU",
        "indicator": "spending_usd_m_current",
        "year": 2024,
        "value": 93747.0,
        "unit": "usd_m",
        "rank": 2,
        "is_tied": False,
        "previous_rank": 3,
        "out_of": 31,
        "share_of_alliance_pct": pytest.approx(100 * 93747 / 1482904),
        "share_of_alliance_excl_usa_pct": pytest.approx(100 * 93747 / (1482904 - 967707)),
        "missing_members": [],
        "stage": "actual",
        "source": "nato",
        "release": "nato-2026-07-10",
        "missing": [],
    }
    assert "1, 2, 2, 4" in found["meta"]["rule"]
    assert "spending_usd_m_current" in found["meta"]["rule"]


def test_the_share_of_gdp_is_ranked_unless_another_is_asked_for(client: FlaskClient) -> None:
    found = rows(client, "")
    assert found == rows(client, "indicator=share_gdp_pct")
    assert {row["indicator"] for row in found} == {"share_gdp_pct"}


def test_a_newcomer_is_ranked_from_the_year_it_joined(client: FlaskClient) -> None:
    before, first, second = rows(client, "member=Sweden&year_gte=2023&year_lte=2025")
    assert (before["rank"], before["out_of"], before["value"]) == (None, 30, 1.71)
    assert {"field": "rank", "reason": "not_applicable"} in before["missing"]
    assert (first["rank"], first["previous_rank"], first["out_of"]) == (10, None, 31)
    assert {"field": "previous_rank", "reason": "not_applicable"} in first["missing"]
    assert second["previous_rank"] == 10


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("member=uk,Poland", lambda row: row["member"] in ("GBR", "POL")),
        ("rank_lte=3&year=2024", lambda row: row["year"] == 2024 and (row["rank"] or 99) <= 3),
        ("is_tied=true", lambda row: row["is_tied"]),
        ("stage=estimate", lambda row: row["stage"] == "estimate"),
        ("group=nato&year=2023", lambda row: row["year"] == 2023 and row["member"] != "SWE"),
        ("group=eu-members&member=GBR", lambda row: row["member"] == "GBR" and row["year"] < 2020),
        ("previous_rank_gte=30", lambda row: (row["previous_rank"] or 0) >= 30),
        ("latest=each", lambda row: row["year"] == 2026 and row["member"] != "ISL"),
        ("latest=common", lambda row: row["year"] == 2026),
        (
            "latest=common&group=nato-excl-usa",
            lambda row: row["year"] == 2026 and row["member"] != "USA",
        ),
    ],
)
def test_filters_leave_rows_out_and_change_no_rank(
    client: FlaskClient, query: str, keeps: Any
) -> None:
    kept = [row for row in rows(client, "") if keeps(row)]
    assert kept
    assert rows(client, query) == kept


@pytest.mark.parametrize("group", [None, *codes_of("groups")])
def test_latest_common_is_the_newest_year_that_all_have(
    client: FlaskClient, group: str | None
) -> None:
    """Personnel of 2025 lacks the United States, the United Kingdom and France."""
    query = "indicator=personnel_thousands&release=nato-2025-08-28"
    chosen = f"{query}&group={group}" if group else query
    assert {row["year"] for row in rows(client, f"{chosen}&latest=common")} == {2024}
    assert {row["year"] for row in rows(client, f"{query}&member=DEU&latest=common")} == {2025}


@pytest.mark.parametrize("indicator", ["spending_lcu_m_current", "spending_lcu_m_constant"])
def test_ranks_of_different_currencies_say_so(client: FlaskClient, indicator: str) -> None:
    caution = "The currencies differ"
    assert caution in get(client, f"indicator={indicator}&year=2024")["meta"]["rule"]
    assert caution not in get(client, "year=2024")["meta"]["rule"]


def test_what_no_row_of_a_member_has_is_refused(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?indicator=real_change_since_2014_pct")
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_value")
    [error] = answer.json["errors"]
    assert (error["name"], set(error["allowed"])) == ("indicator", set(units()))
    assert error["detail"] == (
        "'real_change_since_2014_pct' is not a known yearly indicator; /v1/indicators lists them."
    )


def test_a_year_without_figures_is_an_empty_list(client: FlaskClient) -> None:
    found = get(client, "year=2050")
    assert (found["data"], found["meta"]["total"]) == ([], 0)

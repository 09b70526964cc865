"""GET /v1/aggregates"""

import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.codelists import codes_of

Row = dict[str, Any]

PATH = "/v1/aggregates"
GROUPS = codes_of("groups")
# Releases with money, with NATO's own decimals of dollars and of thousand persons.
WITH_MONEY = {"nato-2024-06-17": None, "nato-2026-07-10": (0, 1)}
RELEASES = ["nato-2023-07-07", *WITH_MONEY, "nato-2025-08-28", "sipri-2025-04-28"]
PRINTED = {"NATO_TOTAL": "nato", "NATO_EUR_CAN": "nato-europe-canada"}
SPENDING = ("spending_usd_m_current", "spending_usd_m_constant")
GDP = ("gdp_usd_m_current", "gdp_usd_m_constant")
SHARES = (
    "equipment_share_pct",
    "personnel_share_pct",
    "infrastructure_share_pct",
    "other_share_pct",
)
WITH_ICELAND = (
    *GDP,
    "share_gdp_pct",
    "spending_per_capita_usd_constant",
    "gdp_per_capita_usd_k_constant",
)
NEVER = {
    "spending_lcu_m_current": "not_applicable",
    "spending_lcu_m_constant": "not_applicable",
    "spending_per_capita_usd_constant": "not_published",
    "gdp_per_capita_usd_k_constant": "not_published",
}
JOINED = {"MNE": 2017, "MKD": 2020, "FIN": 2023, "SWE": 2024}


def rows(client: FlaskClient, query: str, path: str = PATH) -> list[Row]:
    answer = client.get(f"{path}?limit=10000&{query}")
    assert answer.status_code == 200, answer.json
    data = answer.json["data"]
    assert isinstance(data, list)
    return data


def by_cell(found: list[Row]) -> dict[tuple[str, int], Row]:
    return {(row["indicator"], row["year"]): row for row in found}


def test_a_printed_total_and_a_computed_one_are_different_rows(client: FlaskClient) -> None:
    query = "indicator=spending_usd_m_current&year=2024&release=first"
    found = rows(client, f"{query}&sort=-area&group=nato")
    computed, total, europe = found
    assert (computed["area"], total["area"], europe["area"]) == (
        "nato",
        "NATO_TOTAL",
        "NATO_EUR_CAN",
    )
    assert total == {
        "area": "NATO_TOTAL",
        "kind": "published",
        "year": 2024,
        "indicator": "spending_usd_m_current",
        "value": pytest.approx(1474399.476573),
        "unit": "usd_m",
        "stage": "estimate",
        "members": sorted(set(total["members"])),
        "missing_members": [],
        "missing_reason": None,
        "source": "nato",
        "release": "nato-2024-06-17",
    }
    same = {"area": "nato", "kind": "computed", "value": pytest.approx(total["value"])}
    assert computed == total | same
    assert europe["members"] == [code for code in total["members"] if code != "USA"]


@pytest.mark.parametrize("release", WITH_MONEY)
@pytest.mark.parametrize("area", PRINTED)
def test_what_nato_printed_is_the_sum_of_the_members(
    client: FlaskClient, release: str, area: str
) -> None:
    """Within half a unit of the last printed digit for each number added, and for the sum."""
    computed = by_cell(rows(client, f"kind=computed&group={PRINTED[area]}&release={release}"))
    found = rows(client, f"area={area}&release={release}")
    summed = [row for row in found if row["indicator"] in (*SPENDING, "personnel_thousands")]
    assert len(summed) == 3 * (11 if release == "nato-2024-06-17" else 13)
    for row in summed:
        ours = computed[row["indicator"], row["year"]]
        assert row["members"] == ours["members"]
        assert ours["missing_members"] == row["missing_members"] == []
        decimals = WITH_MONEY[release]
        if decimals is None:  # the workbook's own digits, but for how it holds them in binary
            assert ours["value"] == pytest.approx(row["value"], rel=1e-12)
        else:
            half = 0.5 / 10 ** decimals[row["indicator"] == "personnel_thousands"]
            allowed = half * (len(row["members"]) + 1)
            assert abs(ours["value"] - row["value"]) <= allowed + 1e-9


@pytest.mark.parametrize(
    ("release", "tolerance"), [("nato-2024-06-17", 1e-9), ("nato-2026-07-10", 0.0075)]
)
@pytest.mark.parametrize("area", PRINTED)
def test_a_groups_share_of_gdp_is_the_printed_one(
    client: FlaskClient, release: str, tolerance: float, area: str
) -> None:
    """In 2026 to two decimals, and Iceland's GDP, 0.1 % of Europe's and Canada's, is not held."""
    query = f"indicator=share_gdp_pct&release={release}"
    printed = by_cell(rows(client, f"{query}&area={area}"))
    computed = by_cell(rows(client, f"{query}&kind=computed&group={PRINTED[area]}"))
    assert printed.keys() == computed.keys()
    for cell, row in computed.items():
        assert row["value"] == pytest.approx(printed[cell]["value"], abs=tolerance, rel=0)
        assert row["missing_members"] == ([] if release == "nato-2024-06-17" else ["ISL"])


@pytest.mark.parametrize("area", PRINTED)
def test_with_icelands_gdp_the_share_would_be_the_printed_one(
    client: FlaskClient, area: str
) -> None:
    printed = by_cell(rows(client, f"area={area}"))
    spent = by_cell(rows(client, f"indicator={SPENDING[1]}&kind=computed&group={PRINTED[area]}"))
    for (_, year), row in spent.items():
        share = 100 * row["value"] / printed["gdp_usd_m_constant", year]["value"]
        assert share == pytest.approx(printed["share_gdp_pct", year]["value"], abs=0.00501, rel=0)


@pytest.mark.parametrize("release", WITH_MONEY)
def test_real_change_is_nato_s_but_where_an_ally_joined(client: FlaskClient, release: str) -> None:
    """NATO compares with the year before as it was composed then, we with the same members."""
    query = f"indicator=real_change_pct&release={release}"
    for area, group in PRINTED.items():
        printed = by_cell(rows(client, f"{query}&area={area}"))
        computed = by_cell(rows(client, f"{query}&kind=computed&group={group}"))
        assert computed["real_change_pct", 2014]["missing_reason"] == "not_held"
        for (_, year), row in computed.items():
            if year > 2014:
                off = abs(row["value"] - printed["real_change_pct", year]["value"])
                assert (off > 0.006) == (year in JOINED.values()), (area, year, off)


@pytest.mark.parametrize("release", WITH_MONEY)
def test_a_member_counts_from_the_year_it_joined(client: FlaskClient, release: str) -> None:
    forces = rows(client, "has_armed_forces=true", "/v1/members")
    for row in rows(client, f"indicator=spending_usd_m_current&release={release}"):
        expected = {
            member["code"]
            for member in forces
            if JOINED.get(member["code"], 0) <= row["year"]
            and (member["code"] != "USA" or row["area"] != "NATO_EUR_CAN")
        }
        assert row["members"] == sorted(expected), (row["area"], row["year"])
    sizes = {
        row["year"]: len(row["members"])
        for row in rows(client, f"area=NATO_TOTAL&indicator=personnel_thousands&release={release}")
    }
    assert [sizes[year] for year in (2016, 2017, 2020, 2023, 2024)] == [27, 28, 29, 30, 31]


def test_iceland_counts_in_gdp_and_population_alone(client: FlaskClient) -> None:
    for row in rows(client, "group=nato&release=first"):
        assert ("ISL" in row["members"]) == (row["indicator"] in WITH_ICELAND)
    for row in rows(client, "member=ISL&kind=computed&release=first"):
        assert (row["value"] is not None) == (row["indicator"] in GDP)
        assert (row["missing_reason"] == "not_applicable") == (
            row["indicator"] not in WITH_ICELAND[:2] + WITH_ICELAND[3:]
        )


@pytest.mark.parametrize(
    ("year", "belongs"), [(2014, True), (2019, True), (2020, False), (2024, False)]
)
def test_the_united_kingdom_is_an_eu_member_through_2019(
    client: FlaskClient, year: int, belongs: bool
) -> None:
    [row] = rows(
        client, f"group=eu-members&kind=computed&year={year}&indicator=personnel_thousands"
    )
    assert ("GBR" in row["members"]) == belongs
    assert ("SWE" in row["members"]) == (year >= 2024)
    assert not {"NOR", "TUR", "USA", "ALB"} & set(row["members"])


def test_the_world_and_the_allies_as_sipri_counts_them(client: FlaskClient) -> None:
    found = rows(client, "source=sipri&indicator=spending_usd_m_current&year=2024")
    world, nato = found
    assert (world["area"], world["kind"], world["members"], world["missing_members"]) == (
        "WORLD",
        "published",
        [],
        [],
    )
    assert (nato["area"], round(nato["value"]), len(nato["members"])) == ("nato", 1506080, 31)
    assert round(100 * nato["value"] / world["value"], 1) == 55.4


def test_a_sum_leaves_out_what_is_blank_and_says_so(client: FlaskClient) -> None:
    query = "release=nato-2025-08-28&indicator=personnel_thousands&year=2025&area=NATO_TOTAL"
    [printed] = rows(client, query)
    [computed] = rows(client, f"{query.rpartition('&')[0]}&kind=computed")
    assert printed["value"] == pytest.approx(computed["value"], rel=1e-6)
    assert round(printed["value"]) == 1820
    assert printed["missing_members"] == computed["missing_members"] == ["FRA", "GBR", "USA"]


@pytest.mark.parametrize(
    ("release", "held"), [("nato-2023-07-07", set()), ("nato-2025-08-28", {"personnel_thousands"})]
)
def test_without_money_a_computed_figure_is_null_with_a_reason(
    client: FlaskClient, release: str, held: set[str]
) -> None:
    for group in GROUPS:
        found = rows(client, f"kind=computed&group={group}&release={release}")
        assert {row["indicator"] for row in found if row["value"] is not None} == held
        for row in found:
            if row["value"] is None:
                assert row["missing_reason"] == NEVER.get(row["indicator"], "not_held")
    assert (release == "nato-2023-07-07") == (
        rows(client, f"kind=published&release={release}") == []
    )


def test_a_group_of_ones_own_is_a_list_in_any_spelling(client: FlaskClient) -> None:
    expected = rows(client, "member=FRA,DEU&kind=computed&year=2024")
    assert {row["area"] for row in expected} == {"DEU+FRA"}
    for query in ("member=DEU&member=FRA", "member=Germany,fr,de"):
        assert rows(client, f"{query}&kind=computed&year=2024") == expected
    [alone] = rows(client, "member=SWE&kind=computed&year=2023&indicator=personnel_thousands")
    assert (alone["value"], alone["missing_reason"], alone["members"]) == (
        None,
        "not_applicable",
        [],
    )


@pytest.mark.parametrize(
    ("query", "code", "names", "near"),
    [
        ("group=nato-eu", "unknown_value", ["group"], "nato-europe"),
        ("group=DEU,FRA", "unknown_value", ["group"], None),
        ("group=nato&group=nato", "repeated_parameter", ["group"], None),
        ("group=nato&member=DEU", "conflicting_parameters", ["group", "member"], None),
        ("member=Germny", "unknown_value", ["member"], "DEU"),
        ("member=NATO_TOTAL", "unknown_value", ["member"], None),
        ("area=NATO_TOTL", "unknown_value", ["area"], "NATO_TOTAL"),
        ("area=DEU", "unknown_value", ["area"], None),
        ("kind=printed", "unknown_value", ["kind"], None),
        ("latest=each", "unknown_parameter", ["latest"], None),
    ],
)  # fmt: skip
def test_what_is_no_group_is_refused(
    client: FlaskClient, query: str, code: str, names: list[str], near: str | None
) -> None:
    answer = client.get(f"{PATH}?{query}")
    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert [error["name"] for error in answer.json["errors"]] == names
    if near:
        assert answer.json["errors"][0]["did_you_mean"] == near


@pytest.mark.parametrize("area", ["NATO_TOTAL", "NATO_EUR_CAN", "WORLD", "nato-europe"])
def test_an_aggregate_is_never_a_member(client: FlaskClient, area: str) -> None:
    assert client.get(f"/v1/spending-years?member={area}").status_code == 400
    assert client.get(f"/v1/members/{area}").status_code == 404


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("kind=computed", lambda row: row["kind"] == "computed"),
        ("kind=published", lambda row: row["kind"] == "published"),
        ("area=NATO_EUR_CAN", lambda row: row["area"] == "NATO_EUR_CAN"),
        ("indicator=gdp_usd_m_current,share_gdp_pct", lambda row: row["indicator"] in ("gdp_usd_m_current", "share_gdp_pct")),
        ("year=2024", lambda row: row["year"] == 2024),
        ("year_gte=2020&year_lte=2021", lambda row: row["year"] in (2020, 2021)),
        ("stage=actual", lambda row: row["stage"] == "actual"),
        ("value_gte=1000000", lambda row: row["value"] is not None and row["value"] >= 1000000),
    ],
)  # fmt: skip
def test_filters_keep_exactly_what_they_say(
    client: FlaskClient, query: str, keeps: Callable[[Row], bool]
) -> None:
    every = rows(client, "")
    kept = [row for row in every if keeps(row)]
    assert kept
    assert rows(client, query) == kept


class Naive:
    """The same figures made plainly of /v1/spending-years and /v1/members."""

    def __init__(self, client: FlaskClient, release: str) -> None:
        found = rows(client, f"release={release}", "/v1/spending-years")
        self.spent = {(row["member"], row["year"]): row for row in found}
        self.members = rows(client, "", "/v1/members")

    def composing(self, group: str | set[str], year: int, indicator: str) -> list[str]:
        return [
            member["code"]
            for member in self.members
            if int(member["acceded_on"][:4]) <= year
            and (member["has_armed_forces"] or indicator in WITH_ICELAND)
            and is_in(member, group, year)
        ]

    def get(self, member: str, year: int, field: str) -> Fraction | None:
        value = self.spent.get((member, year), {}).get(field)
        return None if value is None else Fraction(repr(value))

    def parts(self, member: str, year: int, indicator: str) -> tuple[Fraction | None, ...]:
        if indicator == "share_gdp_pct":
            spent = Fraction(0) if member == "ISL" else self.get(member, year, SPENDING[1])
            return spent, self.get(member, year, GDP[1])
        if indicator == "real_change_pct":
            return self.get(member, year, SPENDING[1]), self.get(member, year - 1, SPENDING[1])
        if indicator in SHARES:
            return self.get(member, year, indicator), self.get(member, year, SPENDING[0])
        return (self.get(member, year, indicator),)

    def answer(self, group: str | set[str], year: int, indicator: str) -> Row:
        members = self.composing(group, year, indicator)
        parts = {member: self.parts(member, year, indicator) for member in members}
        if indicator in NEVER:
            parts = {}
        lacking = [member for member, part in parts.items() if None in part]
        whole = {member: part for member, part in parts.items() if None not in part}
        value = (
            made(indicator, list(whole.values()))
            if set(whole) - {"ISL"} or indicator in GDP
            else None
        )
        return {"members": members, "missing_members": lacking, "value": value}


def is_in(member: Row, group: str | set[str], year: int) -> bool:
    if isinstance(group, set):
        return member["code"] in group
    since, until = member["eu_member_since"], member["eu_member_until"]
    return {
        "nato": True,
        "nato-excl-usa": member["code"] != "USA",
        "nato-europe": member["region"] == "europe",
        "nato-europe-canada": member["region"] == "europe" or member["code"] == "CAN",
        "eu-members": bool(since) and since <= f"{year}-12-31" < (until or "9999"),
    }[group]


def made(indicator: str, parts: list[Any]) -> Any:
    if not parts:
        return None
    if len(parts[0]) == 1:
        return sum(part for (part,) in parts)
    whole = sum(whole for _, whole in parts)
    if indicator in SHARES:
        return sum(part * whole for part, whole in parts) / whole
    share = 100 * sum(part for part, _ in parts) / whole
    return share - 100 if indicator == "real_change_pct" else share


def agrees(naive: Naive, group: str | set[str], found: list[Row]) -> None:
    for row in found:
        expected = naive.answer(group, row["year"], row["indicator"])
        value = expected.pop("value")
        assert {name: row[name] for name in expected} == expected, row
        assert row["value"] == (
            None if value is None else pytest.approx(float(value), rel=1e-9, abs=1e-9)
        ), row
        assert (row["value"] is None) == (row["missing_reason"] is not None), row
        stages = {
            naive.spent[key]["stage"]
            for key in naive.spent
            if key[0] in row["members"] and key[1] == row["year"]
        }
        assert row["stage"] == ("estimate" if "estimate" in stages else "actual"), row


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("group", GROUPS)
def test_every_figure_of_every_group_is_what_plain_addition_makes_of_it(
    client: FlaskClient, release: str, group: str
) -> None:
    naive = Naive(client, release)
    found = rows(client, f"kind=computed&group={group}&release={release}")
    cells = Counter((row["indicator"], row["year"]) for row in found)
    years = {year for _, year in naive.spent}
    assert set(cells.values()) == {1}
    assert len(cells) == 15 * len(years)
    agrees(naive, group, found)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_so_it_is_of_any_list_of_members(client: FlaskClient, data: st.DataObject) -> None:
    release = data.draw(st.sampled_from(RELEASES))
    naive = Naive(client, release)
    codes = st.sampled_from([member["code"] for member in naive.members])
    group = data.draw(st.sets(codes, min_size=1, max_size=32))
    found = rows(client, f"kind=computed&member={','.join(group)}&release={release}")
    assert {row["area"] for row in found} == {"+".join(sorted(group))}
    agrees(naive, group, found)


SECTION = (
    (Path(__file__).parents[3] / "docs" / "data.md")
    .read_text("utf-8")
    .partition("\n## Aggregates\n")[2]
    .partition("\n## ")[0]
)
EXAMPLE = re.compile(
    r"^\| `(\S+)` \| (\S+) \| ([\u2212\d,.]+|null) \| (\d+) \| (.*?) \|$", re.MULTILINE
)


def test_the_examples_of_the_documentation_are_true(client: FlaskClient) -> None:
    examples = EXAMPLE.findall(SECTION)
    assert len(examples) == 10
    for query, area, value, members, missing in examples:
        [row] = [row for row in rows(client, query) if row["area"] == area]
        decimals = len(value.partition(".")[2])
        shown = (
            "null"
            if row["value"] is None
            else f"{row['value']:,.{decimals}f}".replace("-", "\u2212")
        )
        lacking = ", ".join(row["missing_members"]) or "none"
        assert (shown, str(len(row["members"])), lacking) == (value, members, missing), query


def test_every_indicator_has_its_formula_in_the_documentation(client: FlaskClient) -> None:
    computed = {row["indicator"] for row in rows(client, "kind=computed")}
    formulas = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", SECTION, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(formulas))) == computed

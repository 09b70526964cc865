"""GET /v1/paths"""

from fractions import Fraction
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from schemas.codelists import codes_of

PATH = "/v1/paths"
RELEASES = {
    "nato-2023-07-07": 2023,
    "nato-2024-06-17": 2024,
    "nato-2025-08-28": 2025,
    "nato-2026-07-10": 2026,
    "sipri-2025-04-28": 2024,
}
MEASURED = {
    "hague-2025-core": 3.5,
    "rutte-2025-core": 3.5,
    "ministers-2006-spending": 2.0,
    "wales-2014-spending": 2.0,
    "vilnius-2023-spending": 2.0,
}
ALLOWED = sorted([*MEASURED, "hague-2025-total", "us-2025-total"])
MONEY = ("gdp_usd_m", "spending_usd_m", "additional_usd_m")
# Each example asks the service once or more, and each answer is held against the contract.
OFTEN = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

Row = dict[str, Any]


def get(client: FlaskClient, query: str, path: str = PATH) -> Row:
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 200, answer.json
    assert isinstance(answer.json, dict)
    return answer.json


def rows(client: FlaskClient, query: str, path: str = PATH) -> list[Row]:
    data = get(client, query, path)["data"]
    assert isinstance(data, list)
    return data


def exact(value: Any) -> Fraction:
    """Return the decimal number that a double stands for."""
    return Fraction(repr(value))


# By hand. Spain in the release of July 2026: 2.00 per cent of a GDP of 2,088,363 million dollars.
# To 3.5 in the nine years to 2035 it is 1.5 points, a sixth of a point a year. Without growth the
# last year's addition is 1.5 / 100 * 2,088,363 = 31,325.445; the first year's a ninth of it,
# 3,480.605; and their sum (1 + 2 + ... + 9) = 45 times the first's, 156,627.225.
def test_spain_in_equal_steps(client: FlaskClient) -> None:
    found = get(client, "member=Spain")
    [row] = found["data"]
    shares = [2 + k / 6 for k in range(1, 10)]
    assert row == {
        "target": "hague-2025-core",
        "member": "ESP",
        "group": None,
        "start_year": 2026,
        "end_year": 2035,
        "start_value": 2.0,
        "target_value": 3.5,
        "step_pp": pytest.approx(1 / 6, rel=1e-15),
        "needed_step_pp": pytest.approx(1 / 6, rel=1e-15),
        "reaches_target": True,
        "reached_in": 2035,
        "years": [
            {
                "year": 2026 + k,
                "share_gdp_pct": pytest.approx(share, rel=1e-15),
                "gdp_usd_m": 2088363.0,
                "spending_usd_m": pytest.approx(41767.26 + 3480.605 * k, rel=1e-15),
                "additional_usd_m": pytest.approx(3480.605 * k, rel=1e-15),
            }
            for k, share in enumerate(shares, 1)
        ],
        "cumulative_additional_usd_m": 156627.225,
        "proposal_step_pp": 0.2,
        "proposal_reaches_target": True,
        "proposal_reached_in": 2034,
        "assumptions": {
            "gdp_growth_pct": 0.0,
            "deflator_pct": 0.0,
            "price_basis": "current",
            "constant_base_year": 2021,
            "step": "equal",
        },
        "source": "nato",
        "release": "nato-2026-07-10",
        "missing": [],
    }
    assert row["years"][-1]["share_gdp_pct"] == 3.5
    assert row["years"][-1]["additional_usd_m"] == 31325.445
    assert "stops at target_value" in found["meta"]["rule"]


# By hand. GDP grows each year by 1.015 * 1.02 = 1.0353: 2,088,363 * 1.0353 = 2,162,082.2139 and
# that * 1.0353 = 2,238,403.71605067. Of these 2.2 and 2.4 per cent are 47,565.8087058 and
# 53,721.68918521608; against 2 per cent of each year 0.2 and 0.4 per cent more: 4,324.1644278 and
# 8,953.61486420268, together 13,277.77929200268. To be at 3.5 by 2028 would take 1.5 / 2 a year.
def test_spain_in_given_steps_with_growth_and_rising_prices(client: FlaskClient) -> None:
    query = "member=ESP&step_pp=0.2&gdp_growth_pct=1.5&deflator_pct=2&end_year=2028"
    [row] = rows(client, query)
    assert row["years"] == [
        {
            "year": 2027,
            "share_gdp_pct": 2.2,
            "gdp_usd_m": 2162082.2139,
            "spending_usd_m": 47565.8087058,
            "additional_usd_m": 4324.1644278,
        },
        {
            "year": 2028,
            "share_gdp_pct": 2.4,
            "gdp_usd_m": 2238403.71605067,
            "spending_usd_m": 53721.68918521608,
            "additional_usd_m": 8953.61486420268,
        },
    ]
    assert row["cumulative_additional_usd_m"] == 13277.77929200268
    assert (row["step_pp"], row["needed_step_pp"]) == (0.2, 0.75)
    assert (row["reaches_target"], row["reached_in"]) == (False, None)
    assert (row["proposal_reaches_target"], row["proposal_reached_in"]) == (False, None)
    assert row["assumptions"] == {
        "gdp_growth_pct": 1.5,
        "deflator_pct": 2.0,
        "price_basis": "current",
        "constant_base_year": 2021,
        "step": "given",
    }
    assert row["missing"] == [
        {"field": "reached_in", "reason": "not_applicable"},
        {"field": "proposal_reached_in", "reason": "not_applicable"},
    ]


# By hand. Albania: 2.15 + 0.2 * 6 = 3.35 in 2032, + 0.2 * 7 = 3.55 in 2033, so 3.5 from then on.
def test_given_steps_stop_at_the_target(client: FlaskClient) -> None:
    [row] = rows(client, "member=ALB&step_pp=0.2")
    shares = {year["year"]: year["share_gdp_pct"] for year in row["years"]}
    assert [shares[year] for year in (2032, 2033, 2034, 2035)] == [3.35, 3.5, 3.5, 3.5]
    assert (row["reached_in"], row["needed_step_pp"]) == (2033, 0.15)


# By hand. Poland is at 4.68: it stays there and adds nothing.
@pytest.mark.parametrize("step", ["", "&step_pp=0.2"])
def test_who_is_above_the_target_stays(client: FlaskClient, step: str) -> None:
    [row] = rows(client, f"member=POL{step}")
    assert (row["start_value"], row["step_pp"], row["needed_step_pp"]) == (4.68, 0.0, 0.0)
    assert (row["reaches_target"], row["reached_in"], row["proposal_reached_in"]) == (
        True,
        2026,
        2026,
    )
    assert {year["share_gdp_pct"] for year in row["years"]} == {4.68}
    assert {year["additional_usd_m"] for year in row["years"]} == {0.0}
    assert row["cumulative_additional_usd_m"] == 0.0


# By hand. In constant prices Spain's GDP grows by 1 per cent and no deflator.
def test_constant_prices_have_no_deflator(client: FlaskClient) -> None:
    [start] = rows(client, "member=ESP&year=2026", "/v1/spending-years")
    [row] = rows(client, "member=ESP&price_basis=constant&gdp_growth_pct=1&end_year=2027")
    assert row["assumptions"]["price_basis"] == "constant"
    assert row["assumptions"]["constant_base_year"] == start["constant_base_year"]
    [year] = row["years"]
    assert year["gdp_usd_m"] == float(exact(start["gdp_usd_m_constant"]) * Fraction("1.01"))
    answer = client.get(f"{PATH}?price_basis=constant&deflator_pct=0")
    assert (answer.status_code, answer.json["code"]) == (400, "conflicting_parameters")
    assert [error["name"] for error in answer.json["errors"]] == ["deflator_pct", "price_basis"]


def test_without_gdp_the_points_stand_and_the_money_is_missing(client: FlaskClient) -> None:
    [row] = rows(client, "member=ESP&release=nato-2025-08-28&step_pp=0.2&end_year=2027")
    assert (row["start_year"], row["start_value"]) == (2025, 2.000015259)
    assert row["years"] == [
        {"year": 2026, "share_gdp_pct": 2.200015259} | dict.fromkeys(MONEY),
        {"year": 2027, "share_gdp_pct": 2.400015259} | dict.fromkeys(MONEY),
    ]
    assert row["cumulative_additional_usd_m"] is None
    assert row["missing"] == [
        {"field": "reached_in", "reason": "not_applicable"},
        *({"field": field, "reason": "not_held"} for field in MONEY),
        {"field": "cumulative_additional_usd_m", "reason": "not_held"},
        {"field": "proposal_reached_in", "reason": "not_applicable"},
    ]


NOWHERE = dict.fromkeys(
    (
        "start_value",
        "step_pp",
        "needed_step_pp",
        "reaches_target",
        "reached_in",
        "cumulative_additional_usd_m",
        "proposal_reaches_target",
        "proposal_reached_in",
    )
)


@pytest.mark.parametrize(
    ("query", "start_year", "reason"),
    [
        ("member=ISL", None, "not_applicable"),
        ("member=ESP&target=hague-2025-total", None, "not_published"),
        ("member=ESP&target=us-2025-total&end_year=2030", None, "not_published"),
        ("member=ESP&start_year=2010", 2010, "not_published"),
        ("member=SWE&release=nato-2023-07-07", None, "not_held"),
        ("group=nato&release=nato-2025-08-28", None, "not_held"),
        ("group=nato&source=sipri", None, "not_published"),
    ],
)
def test_without_a_share_to_start_from_there_is_no_path(
    client: FlaskClient, query: str, start_year: int | None, reason: str
) -> None:
    [row] = rows(client, query)
    assert row["years"] == []
    assert row == row | NOWHERE | {"start_year": start_year}
    fields = [*(["start_year"] if start_year is None else []), *NOWHERE]
    assert row["missing"] == [{"field": field, "reason": reason} for field in fields]


def test_a_year_that_is_over_leaves_no_steps(client: FlaskClient) -> None:
    query = "target=wales-2014-spending&member=ESP,CAN&start_year=2024"
    found = {row["member"]: row for row in rows(client, query)}
    for row in found.values():
        assert (row["end_year"], row["years"]) == (2024, [])
        assert row["cumulative_additional_usd_m"] == 0.0
        assert row["reaches_target"] == row["proposal_reaches_target"] is False
        assert row["needed_step_pp"] is row["step_pp"] is None
    [poland] = rows(client, "target=wales-2014-spending&member=POL&start_year=2024&step_pp=1")
    assert (poland["reaches_target"], poland["reached_in"], poland["step_pp"]) == (True, 2024, 0.0)


@pytest.mark.parametrize("group", codes_of("groups"))
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("basis", ["current", "constant"])
def test_a_group_starts_from_its_computed_aggregates(
    client: FlaskClient, group: str, release: str, basis: str
) -> None:
    query = f"group={group}&release={release}"
    [row] = rows(client, f"{query}&price_basis={basis}&target=hague-2025-core")
    assert (row["member"], row["group"]) == (None, group)
    year = row["start_year"] or RELEASES[release]
    assert year == RELEASES[release]
    computed = {
        found["indicator"]: found
        for found in rows(client, f"{query}&kind=computed&year={year}", "/v1/aggregates")
    }
    assert row["start_value"] == computed["share_gdp_pct"]["value"]
    if row["start_value"] is None:
        assert row["missing"][1]["reason"] == computed["share_gdp_pct"]["missing_reason"]
    for at in row["years"]:
        assert at["gdp_usd_m"] == computed[f"gdp_usd_m_{basis}"]["value"]


def test_which_allies_reach_the_target_with_the_proposed_step(client: FlaskClient) -> None:
    every = rows(client, "step_pp=0.2")
    assert len(every) == 32
    reaching = [row for row in every if row["reaches_target"]]
    assert 0 < len(reaching) < 31
    assert rows(client, "step_pp=0.2&reaches_target=true") == reaching
    assert rows(client, "step_pp=0.2&proposal_reaches_target=true") == reaching
    failing = rows(client, "step_pp=0.2&reaches_target=false")
    assert len(reaching) + len(failing) == 31  # of Iceland nothing is said
    for row in every:  # the proposal is the step that is given here
        assert row["proposal_reached_in"] == row["reached_in"]


@pytest.mark.parametrize(
    "target", ["wales-2014-equipment", "hague-2025-related", "rutte-2025-step"]
)
def test_a_target_that_is_no_share_to_reach_is_refused(client: FlaskClient, target: str) -> None:
    answer = client.get(f"{PATH}?target={target}")
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_value")
    [error] = answer.json["errors"]
    assert (error["name"], error["allowed"]) == ("target", ALLOWED)


def test_a_target_without_a_year_needs_one(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?target=vilnius-2023-spending")
    assert (answer.status_code, answer.json["errors"][0]["name"]) == (400, "end_year")
    found = rows(client, "target=vilnius-2023-spending&end_year=2030")
    assert {row["end_year"] for row in found} == {2030}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("target=hague-2025-cor", ["target"]),
        ("step_pp=0", ["step_pp"]),
        ("step_pp=-0.2", ["step_pp"]),
        ("step_pp=101", ["step_pp"]),
        ("step_pp=a", ["step_pp"]),
        ("gdp_growth_pct=51", ["gdp_growth_pct"]),
        ("gdp_growth_pct=-51", ["gdp_growth_pct"]),
        ("deflator_pct=50.1", ["deflator_pct"]),
        ("start_year=1899", ["start_year"]),
        ("end_year=2101", ["end_year"]),
        ("price_basis=real", ["price_basis"]),
        ("group=nato&member=ESP", ["group", "member"]),
    ],
)
def test_what_is_wrong_is_named(client: FlaskClient, query: str, names: list[str]) -> None:
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert [error["name"] for error in answer.json["errors"]] == names


def test_a_filter_that_nothing_matches_is_an_empty_list(client: FlaskClient) -> None:
    found = get(client, "start_value_gte=50")
    assert (found["data"], found["meta"]["total"]) == ([], 0)


def test_a_sum_of_ninths_is_exact_where_it_ends(client: FlaskClient) -> None:
    """What is served bounds its own row: nothing is left of the ninths that have no end."""
    for row in rows(client, "member=GBR,FRA,DEU,BEL,ITA"):
        total = row["cumulative_additional_usd_m"]
        bounds = f"cumulative_additional_usd_m_gte={total}&cumulative_additional_usd_m_lte={total}"
        assert rows(client, f"member={row['member']}&{bounds}") == [row]


@pytest.mark.parametrize("release", ["nato-2024-06-17", "nato-2026-07-10"])
@pytest.mark.parametrize("basis", ["current", "constant"])
@pytest.mark.parametrize("target", MEASURED)
def test_without_growth_the_last_year_is_the_static_gap(
    client: FlaskClient, release: str, basis: str, target: str
) -> None:
    """Of every member in every year of a release that has money."""
    gaps = {
        (row["member"], row["year"]): row[f"gap_usd_m_{basis}"]
        for row in rows(client, f"release={release}", f"/v1/targets/{target}/assessments")
    }
    compared = 0
    for year in range(2014, RELEASES[release] + 1):
        query = f"target={target}&release={release}&price_basis={basis}"
        for row in rows(client, f"{query}&start_year={year}&end_year={year + 7}"):
            gap = gaps[row["member"], year]
            if gap is None:
                assert row["years"] == []
                continue
            assert row["years"][-1]["additional_usd_m"] == max(gap, 0)
            compared += 1
    assert compared == 31 * (RELEASES[release] - 2013)


def ways(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[Row]:
    """Return queries of one path, over every release, target and member or group."""
    decimals = st.decimals(-50, 50, places=2).map(str)
    return st.fixed_dictionaries(
        {
            "release": st.sampled_from(sorted(RELEASES)),
            "target": st.sampled_from(sorted(MEASURED)),
            "end_year": st.integers(2024, 2060),
            "gdp_growth_pct": decimals,
            **more,
        },
        optional={"deflator_pct": decimals},
    )


STEPS = st.decimals("0.001", 3, places=3).map(str)


@OFTEN
@given(way=ways(), start=st.integers(2014, 2026), data=st.data())
def test_the_last_year_is_at_the_target_and_the_steps_sum_to_the_gap(
    client: FlaskClient, way: Row, start: int, data: st.DataObject
) -> None:
    way |= data.draw(st.sampled_from([{}, {"start_year": min(start, RELEASES[way["release"]])}]))
    walked = 0
    for row in rows(client, urlencode(way)):
        if not row["years"]:
            assert row["start_value"] is None or row["start_year"] >= row["end_year"]
            continue
        walked += 1
        shares = [row["start_value"], *(year["share_gdp_pct"] for year in row["years"])]
        gap = max(exact(row["target_value"]) - exact(row["start_value"]), Fraction(0))
        assert row["reaches_target"]
        assert shares[-1] == max(row["target_value"], row["start_value"])
        steps = [exact(after) - exact(before) for before, after in pairwise(shares)]
        assert sum(steps) == gap
        assert [float(step) for step in steps] == pytest.approx(
            [row["needed_step_pp"]] * len(steps), abs=1e-14
        )
        assert row["needed_step_pp"] * len(steps) == pytest.approx(float(gap), rel=1e-14)
        assert row["needed_step_pp"] == row["step_pp"]
    assume(walked)


class Naive:
    """A path walked in Python with fractions, from the row's own start and assumptions."""

    def __init__(self, row: Row, gdp: Fraction | None, step: Fraction | None):
        self.start, self.target = exact(row["start_value"]), exact(row["target_value"])
        self.first, self.last = row["start_year"], row["end_year"]
        self.gdp, self.given = gdp, step
        growth, deflator = (
            1 + exact(row["assumptions"][name]) / 100 for name in ("gdp_growth_pct", "deflator_pct")
        )
        self.factor = growth * deflator

    def share(self, year: int) -> Fraction:
        if self.start >= self.target:
            return self.start
        step = self.given or (self.target - self.start) / (self.last - self.first)
        return min(self.target, self.start + step * (year - self.first))

    def years(self) -> list[Row]:
        return [self.year(year) for year in range(self.first + 1, self.last + 1)]

    def year(self, year: int) -> Row:
        share = self.share(year)
        money: Row = dict.fromkeys(MONEY)
        if self.gdp is not None:
            gdp = self.gdp * self.factor ** (year - self.first)
            parts = (gdp, share / 100 * gdp, (share - self.start) / 100 * gdp)
            money = dict(zip(MONEY, map(close, parts), strict=True))
        return {"year": year, "share_gdp_pct": close(share)} | money

    def reached_in(self) -> int | None:
        years = range(self.first, max(self.first, self.last) + 1)
        return next((year for year in years if self.share(year) >= self.target), None)

    def cumulative(self) -> Any:
        if not self.years():
            return 0.0
        if self.gdp is None:
            return None
        return close(
            sum(
                (self.share(year) - self.start)
                / 100
                * self.gdp
                * self.factor ** (year - self.first)
                for year in range(self.first + 1, self.last + 1)
            )
        )


def close(value: Any) -> Any:
    return pytest.approx(float(value), rel=1e-14, abs=1e-300)


@OFTEN
@given(way=ways(step_pp=STEPS), basis=st.sampled_from(["current", "constant"]))
def test_every_path_is_what_a_naive_one_is(client: FlaskClient, way: Row, basis: str) -> None:
    if basis == "constant":
        way.pop("deflator_pct", None)
    way["price_basis"] = basis
    query, step = urlencode(way), Fraction(way["step_pp"])
    figures = {
        (row["member"], row["year"]): row[f"gdp_usd_m_{basis}"]
        for row in rows(client, f"release={way['release']}", "/v1/spending-years")
    }
    for row in rows(client, query):
        if row["start_value"] is None:
            continue
        found = figures[row["member"], row["start_year"]]
        naive = Naive(row, None if found is None else exact(found), step)
        assert row["years"] == naive.years()
        assert row["reached_in"] == naive.reached_in()
        assert row["reaches_target"] == (naive.reached_in() is not None)
        assert row["cumulative_additional_usd_m"] == naive.cumulative()
        proposed = Naive(row, None, exact(row["proposal_step_pp"]))
        assert row["proposal_reached_in"] == proposed.reached_in()


@pytest.mark.parametrize(
    "sort", ["start_value", "-needed_step_pp", "reached_in", "-reaches_target"]
)
def test_pages_joined_are_the_list_in_order_with_nulls_last(client: FlaskClient, sort: str) -> None:
    whole = rows(client, f"step_pp=0.13&sort={sort}")
    values = [row[sort.removeprefix("-")] for row in whole]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=sort.startswith("-"))
    assert values == known + [None] * (len(values) - len(known))
    joined, address = [], f"{PATH}?step_pp=0.13&sort={sort}&limit=5"
    while address:
        page = client.get(address).json
        assert page is not None
        joined += page["data"]
        address = page["links"]["next"]
    assert joined == whole

"""GET /v1/targets/{target}/assessments"""

from collections import Counter
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

WALES = "/v1/targets/wales-2014-spending/assessments"
RELEASES = [
    "nato-2023-07-07",
    "nato-2024-06-17",
    "nato-2025-08-28",
    "nato-2026-07-10",
    "sipri-2025-04-28",
]
TARGETS = [
    "ministers-2006-spending",
    "wales-2014-spending",
    "wales-2014-equipment",
    "vilnius-2023-spending",
    "vilnius-2023-equipment",
    "hague-2025-total",
    "hague-2025-core",
    "hague-2025-related",
    "us-2025-total",
    "rutte-2025-core",
    "rutte-2025-related",
]
GAPS = ("gap_usd_m_current", "gap_usd_m_constant", "gap_lcu_m_current")

Row = dict[str, Any]


def get(client: FlaskClient, url: str) -> Row:
    answer = client.get(url)
    assert answer.status_code == 200, answer.json
    assert isinstance(answer.json, dict)
    return answer.json


@pytest.mark.parametrize(
    ("query", "met"),
    [
        ("", 17),
        ("&as_of=2025-09-01", 18),
        ("&as_of=2024-07-01", 23),
        ("&source=sipri", 17),
        ("&source=sipri&rounding=1", 18),
    ],
)
def test_how_many_allies_spent_two_per_cent_in_2024(
    client: FlaskClient, query: str, met: int
) -> None:
    meta = get(client, f"{WALES}?year=2024{query}")["meta"]
    assert (meta["met_count"], meta["not_met_count"]) == (met, 31 - met)
    assert (meta["unknown_count"], meta["not_applicable_count"]) == (0, 1)
    assert (meta["member_count"], meta["total"]) == (31, 32)


def test_rounding_turns_sweden_alone_and_leaves_its_value(client: FlaskClient) -> None:
    exact, rounded = (
        {row["member"]: row for row in get(client, f"{WALES}?year=2024&source=sipri{by}")["data"]}
        for by in ("", "&rounding=1")
    )
    assert {code for code in exact if exact[code]["met"] != rounded[code]["met"]} == {"SWE"}
    assert exact["SWE"]["value"] == rounded["SWE"]["value"] == 1.997717388101682


@pytest.mark.parametrize(
    ("member", "year", "as_of", "value", "within"),
    [
        ("ESP", 2025, "2025-08-31", 2.000015259, False),
        ("ESP", 2025, "2026-07-31", 2.0, True),
        ("DEU", 2024, "2026-07-31", 2.0, True),
        ("BEL", 2026, "2026-07-31", 2.0, True),
        ("HUN", 2023, "2026-07-31", 2.0, True),
        ("USA", 2024, "2026-07-31", 3.3, False),
    ],
)
def test_what_the_publishers_rounding_could_turn(
    client: FlaskClient, member: str, year: int, as_of: str, value: float, within: bool
) -> None:
    [row] = get(client, f"{WALES}?member={member}&year={year}&as_of={as_of}")["data"]
    assert (row["value"], row["met"], row["within_rounding"]) == (value, "met", within)


def test_what_stands_on_the_line_at_two_decimals_is_within_rounding(client: FlaskClient) -> None:
    found = get(client, f"{WALES}?within_rounding=true")["data"]
    every = get(client, WALES)["data"]
    assert found == [row for row in every if row["value"] == 2.0]
    assert get(client, f"{WALES}?within_rounding=true&rounding=2")["data"] == []


def test_the_core_gap_of_every_member_in_2026(client: FlaskClient) -> None:
    found = get(client, "/v1/targets/hague-2025-core/assessments?year=2026")
    figures = spending_years(client, "nato-2026-07-10")
    assert len(found["data"]) == 32
    for row in found["data"]:
        year = figures[row["member"], 2026]
        if row["member"] == "ISL":
            assert row["gap_pp"] is row["gap_usd_m_current"] is None
            continue
        gap = Decimal("3.5") - exact(year["share_gdp_pct"])
        assert row["gap_pp"] == float(gap)
        assert row["gap_usd_m_current"] == float(gap / 100 * exact(year["gdp_usd_m_current"]))
    poland = next(row for row in found["data"] if row["member"] == "POL")
    assert (poland["gap_pp"], poland["gap_usd_m_current"]) == (-1.18, -13391.1238)


def exact(value: float) -> Decimal:
    return Decimal(repr(value))


def spending_years(client: FlaskClient, release: str) -> dict[tuple[str, int], Row]:
    rows = get(client, f"/v1/spending-years?release={release}")["data"]
    return {(row["member"], row["year"]): row for row in rows}


class Naive:
    """What an assessment should be, told in Python from the answers of other routes."""

    def __init__(self, client: FlaskClient, target: str, release: str, rounding: int | None):
        self.target = get(client, f"/v1/targets/{target}")["data"]
        self.members = {row["code"]: row for row in get(client, "/v1/members")["data"]}
        self.years = spending_years(client, release)
        self.indicator = self.target["indicator"]
        self.compared = self.indicator.replace("total_", "")
        self.threshold = exact(self.target["value"])
        self.rounding = rounding
        published = [row.get(self.compared) for row in self.years.values()]
        self.digit = min(
            (unit(value) for value in published if value is not None), default=Decimal(1)
        )

    def reached(self, figure: Decimal) -> bool:
        if self.rounding is not None:
            figure = figure.quantize(Decimal(1).scaleb(-self.rounding), ROUND_HALF_UP)
        return figure >= self.threshold

    def line(self) -> Decimal:
        """Return the least value that reaches the target."""
        if self.rounding is None:
            return self.threshold
        digit = Decimal(1).scaleb(-self.rounding)
        return self.threshold.quantize(digit, ROUND_CEILING) - digit / 2

    def verdict(self, year: Row) -> tuple[str, bool]:
        member, figure = self.members[year["member"]], year.get(self.compared)
        if not member["has_armed_forces"] or int(member["acceded_on"][:4]) > year["year"]:
            return "not_applicable", False
        if figure is None:
            return "unknown", False
        value = exact(figure)
        is_met = self.reached(value)
        if not is_met and self.compared != self.indicator:
            return "unknown", False
        within = value - self.digit / 2 < self.line() < value + self.digit / 2
        return "met" if is_met else "not_met", within

    def gaps(self, year: Row) -> list[Decimal | None]:
        if year.get(self.indicator) is None:
            return [None, None, None, None]
        gap = self.threshold - exact(year[self.indicator])
        base = "spending" if self.target["unit"] == "pct_defence" else "gdp"
        current, constant, spent, spent_lcu = (
            None if year[name] is None else exact(year[name])
            for name in (f"{base}_usd_m_current", f"{base}_usd_m_constant",
                         "spending_usd_m_current", "spending_lcu_m_current")
        )  # fmt: skip
        dollars = None if current is None else gap / 100 * current
        return [
            gap,
            dollars,
            None if constant is None else gap / 100 * constant,
            None if None in (dollars, spent, spent_lcu) else dollars * spent_lcu / spent,  # type: ignore[operator]
        ]


def unit(value: float) -> Decimal:
    """Return one unit of a value's last digit."""
    exponent = exact(value).normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(min(exponent, 0))


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("rounding", [None, 0, 1, 2])
def test_every_assessment_is_what_the_figures_say(
    client: FlaskClient, target: str, release: str, rounding: int | None
) -> None:
    query = f"?release={release}" + ("" if rounding is None else f"&rounding={rounding}")
    found = get(client, f"/v1/targets/{target}/assessments{query}")
    naive = Naive(client, target, release, rounding)
    assert [(row["member"], row["year"]) for row in found["data"]] == list(naive.years)
    for row in found["data"]:
        year = naive.years[row["member"], row["year"]]
        assert (row["target"], row["release"], row["stage"]) == (target, release, year["stage"])
        assert (row["value"], row["threshold"]) == (
            year.get(naive.indicator),
            naive.target["value"],
        )
        assert (row["met"], row["within_rounding"]) == naive.verdict(year), row
        for name, gap in zip(("gap_pp", *GAPS), naive.gaps(year), strict=True):
            assert row[name] == (None if gap is None else pytest.approx(float(gap), rel=1e-12)), (
                name
            )
        assert [missing["field"] for missing in row["missing"]] == [
            name for name in ("value", "gap_pp", *GAPS) if row[name] is None
        ]
    check_counts(found)


def check_counts(found: Row) -> None:
    met, meta = Counter(row["met"] for row in found["data"]), found["meta"]
    for code in ("met", "not_met", "unknown", "not_applicable"):
        assert meta[f"{code}_count"] == met[code]
    assert meta["within_rounding_count"] == sum(row["within_rounding"] for row in found["data"])
    assert meta["member_count"] == len(
        {row["member"] for row in found["data"] if row["met"] != "not_applicable"}
    )


@pytest.mark.parametrize("target", ["wales-2014-spending", "wales-2014-equipment"])
def test_a_gap_is_null_for_the_reason_of_what_it_lacks(client: FlaskClient, target: str) -> None:
    for release in RELEASES:
        figures = spending_years(client, release)
        for row in get(client, f"/v1/targets/{target}/assessments?release={release}")["data"]:
            year = figures[row["member"], row["year"]]
            reasons = {missing["field"]: missing["reason"] for missing in year["missing"]}
            first = "share_gdp_pct" if target == "wales-2014-spending" else "equipment_share_pct"
            base = "gdp" if target == "wales-2014-spending" else "spending"
            needed = {
                "value": [first],
                "gap_pp": [first],
                "gap_usd_m_current": [first, f"{base}_usd_m_current"],
                "gap_usd_m_constant": [first, f"{base}_usd_m_constant"],
                "gap_lcu_m_current": [first, f"{base}_usd_m_current", "spending_usd_m_current", "spending_lcu_m_current"],
            }  # fmt: skip
            assert row["missing"] == [
                {"field": field, "reason": next(reasons[name] for name in names if name in reasons)}
                for field, names in needed.items()
                if any(name in reasons for name in names)
            ]


def test_a_total_is_met_where_its_published_part_reaches_it(client: FlaskClient) -> None:
    found = get(client, "/v1/targets/hague-2025-total/assessments?year=2026")
    assert {row["member"] for row in found["data"] if row["met"] == "met"} == {"EST", "LTU"}
    assert found["meta"]["unknown_count"] == 29
    for row in found["data"]:
        assert row["value"] is None
        assert {missing["reason"] for missing in row["missing"]} == {"not_published"}
    assert found["meta"]["rule"].startswith("Nobody publishes total_share_gdp_pct. ")


def test_what_nobody_publishes_is_unknown(client: FlaskClient) -> None:
    found = get(client, "/v1/targets/hague-2025-related/assessments?year=2026")
    assert (found["meta"]["unknown_count"], found["meta"]["not_applicable_count"]) == (31, 1)
    assert found["meta"]["rule"].endswith("whether the target is met is unknown.")


@pytest.mark.parametrize(
    ("target", "detail"),
    [
        ("rutte-2025-step", "rutte-2025-step has no assessments: it is a rise from year to year"),
        ("wales-2014-spendin", "is not a known target"),
    ],
)
def test_a_target_without_assessments_is_not_found(
    client: FlaskClient, target: str, detail: str
) -> None:
    answer = client.get(f"/v1/targets/{target}/assessments")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert detail in answer.json["detail"]
    assert [(error["in"], error["name"]) for error in answer.json["errors"]] == [("path", "target")]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "share_gdp_pct, as published, unrounded, is >= 2."),
        ("?rounding=1", "share_gdp_pct, rounded half up to 1 decimal, is >= 2."),
        ("?rounding=0", "share_gdp_pct, rounded half up to 0 decimals, is >= 2."),
    ],
)
def test_the_rule_is_told_in_words(client: FlaskClient, query: str, words: str) -> None:
    assert words in get(client, f"{WALES}{query}")["meta"]["rule"]


@pytest.mark.parametrize("rounding", ["-1", "7", "x", "1.0"])
def test_a_wrong_rounding_is_refused(client: FlaskClient, rounding: str) -> None:
    answer = client.get(f"{WALES}?rounding={rounding}")
    assert (answer.status_code, answer.json["errors"][0]["name"]) == (400, "rounding")


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("met=not_met", lambda row: row["met"] == "not_met"),
        ("met=met,not_applicable", lambda row: row["met"] in ("met", "not_applicable")),
        ("member=UK,ISL", lambda row: row["member"] in ("GBR", "ISL")),
        ("stage=estimate", lambda row: row["stage"] == "estimate"),
        ("year_gte=2025", lambda row: row["year"] >= 2025),
        ("gap_pp_gte=1.2", lambda row: row["gap_pp"] is not None and row["gap_pp"] >= 1.2),
        ("threshold_lte=1", lambda row: False),
    ],
)
def test_filters_keep_exactly_what_they_say(client: FlaskClient, query: str, keeps: Any) -> None:
    found = get(client, f"{WALES}?{query}")
    assert found["data"] == [row for row in get(client, WALES)["data"] if keeps(row)]
    check_counts(found)


def test_the_counts_are_of_all_pages(client: FlaskClient) -> None:
    whole = get(client, f"{WALES}?year=2024&sort=-value")["meta"]
    page = get(client, f"{WALES}?year=2024&sort=-value&limit=5")
    after = get(client, page["links"]["next"])
    for answer in (page, after):
        assert answer["meta"] == whole | {"count": 5}


def test_the_newest_year_is_the_newest_with_the_figure_compared(client: FlaskClient) -> None:
    query = "release=nato-2025-08-28&latest"
    each = get(client, f"{WALES}?{query}=each")["data"]
    years = {row["member"]: row["year"] for row in each}
    assert years.pop("DEU") == 2024  # blank in 2025
    assert set(years.values()) == {2025}
    assert len(years) == 30
    common = get(client, f"{WALES}?{query}=common")["data"]
    assert {row["year"] for row in common} == {2024}
    assert {row["year"] for row in get(client, f"{WALES}?latest=common")["data"]} == {2026}
    in_europe = get(client, f"{WALES}?latest=common&group=nato-europe")
    assert (in_europe["meta"]["total"], in_europe["data"][0]["year"]) == (30, 2026)


def test_a_member_counts_from_the_year_it_joined(client: FlaskClient) -> None:
    rows = get(client, f"{WALES}?member=FIN,SWE&year_gte=2022&year_lte=2024")["data"]
    assert {(row["member"], row["year"]): row["met"] for row in rows} == {
        ("FIN", 2022): "not_applicable",
        ("FIN", 2023): "met",
        ("FIN", 2024): "met",
        ("SWE", 2022): "not_applicable",
        ("SWE", 2023): "not_applicable",
        ("SWE", 2024): "met",
    }
    assert all(row["value"] is not None for row in rows)


@pytest.mark.parametrize("release", ["nato-2023-07-07", "nato-2025-08-28"])
def test_a_release_without_money_has_gaps_in_points_alone(
    client: FlaskClient, release: str
) -> None:
    for target in TARGETS:
        for row in get(client, f"/v1/targets/{target}/assessments?release={release}")["data"]:
            assert [row[name] for name in GAPS] == [None, None, None]
            assert (row["gap_pp"] is None) == (row["value"] is None)
            assert len(row["missing"]) in (3, 5)


GROUPS = ["nato", "nato-excl-usa", "nato-europe", "nato-europe-canada", "eu-members"]


@pytest.mark.parametrize("target", TARGETS)
def test_the_gap_of_a_group_is_the_signed_sum_of_its_members_gaps(
    client: FlaskClient, target: str
) -> None:
    """For every release, group and year, from the unfiltered rows and who belonged."""
    for release in RELEASES:
        path = f"/v1/targets/{target}/assessments?release={release}"
        rows = [row for row in get(client, path)["data"] if row["met"] != "not_applicable"]
        members = {
            (row["area"], row["year"]): set(row["members"])
            for group in GROUPS
            for row in get(
                client,
                f"/v1/aggregates?release={release}&kind=computed&group={group}"
                "&indicator=gdp_usd_m_current",
            )["data"]
        }
        for (group, year), belonging in members.items():
            meta = get(client, f"{path}&group={group}&year={year}&limit=1")["meta"]
            of_group = [row for row in rows if row["year"] == year and row["member"] in belonging]
            assert meta["member_count"] == len(of_group)
            for field in ("gap_usd_m_current", "gap_usd_m_constant"):
                gaps = [row[field] for row in of_group if row[field] is not None]
                if gaps:
                    assert meta[field] == pytest.approx(sum(gaps), rel=1e-9, abs=1e-6)
                else:
                    assert meta[field] is None


def test_a_group_of_ones_own_has_a_gap_too(client: FlaskClient) -> None:
    path = "/v1/targets/hague-2025-core/assessments?year=2026&member=DEU,FRA"
    answer = get(client, path)
    assert answer["meta"]["gap_usd_m_current"] == pytest.approx(
        sum(row["gap_usd_m_current"] for row in answer["data"])
    )

"""GET /v1/revisions, the history of a figure, and GET /v1/revision-summaries"""

import statistics
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

PATH = "/v1/revisions"
SUMMARIES = "/v1/revision-summaries"
ALL = "kind=revision,precision,rebase,currency"
FIRST, SECOND, THIRD, FOURTH = "nato-2023-07-07", "nato-2024-06-17", "nato-2025-08-28", "nato-2026-07-10"  # fmt: skip

Row = dict[str, Any]


def get(client: FlaskClient, url: str) -> Row:
    answer = client.get(url)
    assert answer.status_code == 200, answer.json
    assert isinstance(answer.json, dict)
    return answer.json


@pytest.mark.parametrize(
    ("cell", "steps"),
    [
        ("BGR share_gdp_pct 2019", [(SECOND, 3.1334193382194093, THIRD, 3.144799907, "revision"), (THIRD, 3.144799907, FOURTH, 3.15, "revision")]),
        ("ROU share_gdp_pct 2023", [(FIRST, 2.440605172, SECOND, 1.5971568724538199, "revision"), (SECOND, 1.5971568724538199, THIRD, 1.598189092, "revision"), (THIRD, 1.598189092, FOURTH, 1.61, "revision")]),
        ("ALB share_gdp_pct 2024", [(SECOND, 2.0294680677363757, THIRD, 1.7, "revision"), (THIRD, 1.7, FOURTH, 1.35, "revision")]),
        ("POL share_gdp_pct 2024", [(SECOND, 4.120190989357147, THIRD, 3.788951289, "revision"), (THIRD, 3.788951289, FOURTH, 3.75, "revision")]),
        ("USA share_gdp_pct 2024", [(SECOND, 3.3790207262385565, THIRD, 3.205383573, "revision"), (THIRD, 3.205383573, FOURTH, 3.3, "revision")]),
        ("TUR personnel_thousands 2023", [(THIRD, 463.713, FOURTH, 373.4, "revision")]),
        ("FIN personnel_thousands 2023", [(THIRD, 30.958, FOURTH, 25.9, "revision")]),
        ("BGR spending_lcu_m_current 2014", [(SECOND, 1101.5635390510001, FOURTH, 563.0, "currency")]),
        ("POL spending_usd_m_constant 2020", [(SECOND, 12470.5239604374, FOURTH, 14231.0, "rebase")]),
        ("POL spending_usd_m_current 2020", [(SECOND, 13362.748038566846, FOURTH, 13363.0, "precision")]),
    ],
)  # fmt: skip
def test_what_became_of_a_figure(
    client: FlaskClient, cell: str, steps: list[tuple[Any, ...]]
) -> None:
    area, indicator, year = cell.split()
    rows = get(client, f"{PATH}?area={area}&indicator={indicator}&year={year}&{ALL}")["data"]
    names = ("from_release", "from_value", "to_release", "to_value", "kind")
    assert [tuple(row[name] for name in names) for row in rows] == steps


def test_a_row_whole(client: FlaskClient) -> None:
    found = get(
        client, f"{PATH}?area=albania&indicator=share_gdp_pct&year=2024&to_release={FOURTH}"
    )
    assert found["data"] == [
        {
            "area": "ALB",
            "area_kind": "member",
            "indicator": "share_gdp_pct",
            "year": 2024,
            "unit": "pct_gdp",
            "source": "nato",
            "from_release": THIRD,
            "to_release": FOURTH,
            "from_value": 1.7,
            "to_value": 1.35,
            "delta": -0.35,
            "delta_pct": -20.58823529411765,
            "magnitude": 0.35,
            "magnitude_pct": 20.58823529411765,
            "from_stage": "estimate",
            "to_stage": "actual",
            "kind": "revision",
        }
    ]
    meta = found["meta"]
    assert (meta["count"], meta["total"], meta["source"], meta["as_of"]) == (1, 1, "nato", None)
    assert (meta["raised_count"], meta["lowered_count"]) == (0, 1)
    assert meta["rule"].endswith("Listed: revision.")
    assert [release["id"] for release in meta["releases"]] == [FIRST, SECOND, THIRD, FOURTH]
    assert meta["releases"][3]["published_on"] == "2026-07-10"
    assert all(release["citation"].startswith("NATO, ") for release in meta["releases"])


def test_only_revisions_are_listed_unless_others_are_asked_for(client: FlaskClient) -> None:
    few = "area=BGR,LUX,NATO_TOTAL&limit=10000"
    every = get(client, f"{PATH}?{ALL}&{few}")
    assert every["meta"]["count"] == every["meta"]["total"]
    assert all(row["from_value"] != row["to_value"] for row in every["data"])
    for kind in ("revision", "precision", "rebase", "currency"):
        kept = [row for row in every["data"] if row["kind"] == kind]
        assert kept
        assert get(client, f"{PATH}?kind={kind}&{few}")["data"] == kept
    revisions = [row for row in every["data"] if row["kind"] == "revision"]
    assert get(client, f"{PATH}?{few}")["data"] == revisions
    answer = client.get(f"{PATH}?kind=unchanged")
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_value")


def test_leva_become_euros_and_prices_of_2015_those_of_2021(client: FlaskClient) -> None:
    rows = get(client, f"{PATH}?kind=currency")["data"]
    assert {(row["area"], row["indicator"]) for row in rows} == {("BGR", "spending_lcu_m_current")}
    assert [row["year"] for row in rows] == list(range(2014, 2025))
    rows = get(client, f"{PATH}?{ALL}&indicator=spending_usd_m_constant,gdp_usd_m_constant")["data"]
    assert {(row["from_release"], row["to_release"], row["kind"]) for row in rows} == {
        (SECOND, FOURTH, "rebase")
    }
    rebased = {row["indicator"] for row in get(client, f"{PATH}?kind=rebase&limit=10000")["data"]}
    assert not rebased & {"share_gdp_pct", "real_change_pct", "spending_usd_m_current"}


def test_sorted_by_size(client: FlaskClient) -> None:
    url = f"{PATH}?to_release={FOURTH}&indicator=share_gdp_pct&year=2024"
    rows = get(client, f"{url}&sort=-magnitude")["data"]
    assert [row["area"] for row in rows[:3]] == ["ALB", "FIN", "NOR"]
    assert [row["magnitude"] for row in rows] == sorted(
        (abs(row["delta"]) for row in rows), reverse=True
    )


@pytest.mark.parametrize(
    ("query", "last", "total"),
    [
        ("as_of=2023-07-07", FIRST, 0),
        ("release=nato-2023-07-07", FIRST, 0),
        ("as_of=2025-08-27", SECOND, 63),
        ("release=first", SECOND, 63),
        ("release=nato-2024-06-17&source=nato", SECOND, 63),
        ("release=nato-2025-08-28", THIRD, 945),
        ("release=latest", FOURTH, 2476),
        ("", FOURTH, 2476),
        ("source=sipri", "sipri-2025-04-28", 0),
        ("release=sipri-2025-04-28", "sipri-2025-04-28", 0),
    ],
)
def test_what_was_known_by_then(client: FlaskClient, query: str, last: str, total: int) -> None:
    for path in (PATH, SUMMARIES):
        meta = get(client, f"{path}?{query}")["meta"]
        assert meta["releases"][-1]["id"] == last
        assert meta["source"] == last.partition("-")[0]
    rows = get(client, f"{SUMMARIES}?{query}")["data"]
    assert sum(row["revision_count"] for row in rows) == total
    assert get(client, f"{PATH}?{query}")["meta"]["total"] == total


@pytest.mark.parametrize("path", [PATH, SUMMARIES, f"{PATH}/POL/share_gdp_pct/2024"])
@pytest.mark.parametrize(
    ("query", "code", "names"),
    [
        ("as_of=2023-07-06", "before_first_release", ["as_of"]),
        ("as_of=2025-01-01&release=latest", "conflicting_parameters", ["as_of", "release"]),
        ("release=nato-2024-06-17&source=sipri", "conflicting_parameters", ["release", "source"]),
        ("source=natto", "unknown_value", ["source"]),
    ],
)
def test_a_release_that_cannot_be_had_is_refused(
    client: FlaskClient, path: str, query: str, code: str, names: list[str]
) -> None:
    answer = client.get(f"{path}?{query}")
    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert [error["name"] for error in answer.json["errors"]] == names


def test_it_is_never_immutable(client: FlaskClient) -> None:
    for path in (PATH, SUMMARIES, f"{PATH}/POL/share_gdp_pct/2024"):
        headers = client.get(f"{path}?release=nato-2026-07-10").headers
        assert "immutable" not in headers["Cache-Control"]


def test_the_whole_history_of_a_figure(client: FlaskClient) -> None:
    found = get(client, f"{PATH}/bulgaria/spending_lcu_m_current/2019")
    vintages = found["data"].pop("vintages")
    assert found["data"] == {
        "area": "BGR",
        "area_kind": "member",
        "indicator": "spending_lcu_m_current",
        "year": 2019,
        "unit": "lcu_m",
        "source": "nato",
    }
    assert vintages == [
        {
            "release": SECOND,
            "published_on": "2024-06-17",
            "value": 3770.8195,
            "missing_reason": None,
            "stage": "actual",
            "from_release": None,
            "delta": None,
            "delta_pct": None,
            "kind": None,
            "constant_base_year": 2015,
            "currency": "BGN",
            "source_cell": "TABLE1!I13",
            "notes": [],
        },
        {
            "release": THIRD,
            "published_on": "2025-08-28",
            "value": None,
            "missing_reason": "not_held",
            "stage": "actual",
            "from_release": None,
            "delta": None,
            "delta_pct": None,
            "kind": None,
            "constant_base_year": 2021,
            "currency": "BGN",
            "source_cell": None,
            "notes": [],
        },
        {
            "release": FOURTH,
            "published_on": "2026-07-10",
            "value": 1928.0,
            "missing_reason": None,
            "stage": "actual",
            "from_release": SECOND,
            "delta": -1842.8195,
            "delta_pct": pytest.approx(-48.8705306633),
            "kind": "currency",
            "constant_base_year": 2021,
            "currency": "EUR",
            "source_cell": None,
            "notes": [
                {
                    "id": "nato-2026-07-10-bulgaria-euro",
                    "text": "Bulgaria's series is in euros in all years; releases until 2025 gave "
                    "it in leva.",
                }
            ],
        },
    ]


@pytest.mark.parametrize(
    ("cell", "query", "expected"),
    [
        ("Turkey/personnel_thousands", "", [(None, None), (463.713, None), (463.713, "unchanged"), (373.4, "revision")]),
        ("TUR/personnel_thousands", "?as_of=2025-08-28", [(None, None), (463.713, None), (463.713, "unchanged")]),
        ("TUR/personnel_thousands", "?source=sipri", [(None, None)]),
        ("nato_total/share_gdp_pct", "?release=nato-2024-06-17", [(pytest.approx(2.52, abs=0.01), None)]),
    ],
)  # fmt: skip
def test_histories(client: FlaskClient, cell: str, query: str, expected: list[Any]) -> None:
    vintages = get(client, f"{PATH}/{cell}/2023{query}")["data"]["vintages"]
    assert [(vintage["value"], vintage["kind"]) for vintage in vintages] == expected


@pytest.mark.parametrize(
    ("cell", "name", "near", "words"),
    [
        ("Turkei/share_gdp_pct/2023", "area", "TUR", "not a known area"),
        ("TUR/share_gdp/2023", "indicator", "share_gdp_pct", "not a known indicator"),
        ("TUR/share_gdp_pct/23", "year", None, "not a known year"),
        ("TUR/share_gdp_pct/1990", "year", None, "has a row for share_gdp_pct of TUR in 1990"),
        ("WORLD/share_gdp_pct/2024", "year", None, "has a row for share_gdp_pct of WORLD in 2024"),
    ],
)
def test_a_figure_that_is_not_there(
    client: FlaskClient, cell: str, name: str, near: str | None, words: str
) -> None:
    answer = client.get(f"{PATH}/{cell}")
    [error] = answer.json["errors"]
    assert (answer.status_code, error["in"], error["name"]) == (404, "path", name)
    assert error["did_you_mean"] == near
    assert words in answer.json["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "indicator=share_gdp_pct,real_change_pct",
        "indicator=personnel_thousands,spending_lcu_m_current,gdp_usd_m_constant&area_kind=member",
    ],
)
def test_a_summary_is_what_the_list_has(client: FlaskClient, query: str) -> None:
    every = get(client, f"{PATH}?{ALL}&limit=10000&{query}")["data"]
    summaries = get(client, f"{SUMMARIES}?{query}")["data"]
    assert len(summaries) > 3
    keys = {(row["to_release"], row["indicator"]) for row in every}
    assert keys <= {(row["to_release"], row["indicator"]) for row in summaries}
    for summary in summaries:
        key = summary["to_release"], summary["indicator"]
        rows = [row for row in every if (row["to_release"], row["indicator"]) == key]
        revised = [row for row in rows if row["kind"] == "revision"]
        assert {row["from_release"] for row in rows} <= set(summary["from_releases"])
        assert summary["compared_count"] == len(rows) + summary["unchanged_count"]
        for kind in ("revision", "precision", "rebase", "currency"):
            assert summary[f"{kind}_count"] == sum(row["kind"] == kind for row in rows)
        assert summary["raised_count"] == sum(row["delta"] > 0 for row in revised)
        assert summary["lowered_count"] == sum(row["delta"] < 0 for row in revised)
        if not revised:
            assert summary["median_delta"] is summary["largest_area"] is None
            continue
        deltas = [Decimal(repr(row["delta"])) for row in revised]
        assert summary["median_delta"] == pytest.approx(float(statistics.median(deltas)))
        shares = [row["delta_pct"] for row in revised if row["delta_pct"] is not None]
        assert summary["median_delta_pct"] == pytest.approx(statistics.median(shares))
        by = "magnitude" if summary["unit"].startswith("pct") else "magnitude_pct"
        largest = max(revised, key=lambda row: row[by] or 0)
        for name in ("area", "year", "from_value", "to_value", "delta", "delta_pct"):
            assert summary[f"largest_{name}"] == largest[name], key


def test_what_the_newest_release_did_to_the_share_of_gdp(client: FlaskClient) -> None:
    [row] = get(client, f"{SUMMARIES}?to_release={FOURTH}&indicator=share_gdp_pct")["data"]
    assert row == {
        "to_release": FOURTH,
        "source": "nato",
        "from_releases": [THIRD],
        "indicator": "share_gdp_pct",
        "unit": "pct_gdp",
        "compared_count": 395,
        "unchanged_count": 0,
        "revision_count": 158,
        "precision_count": 237,
        "rebase_count": 0,
        "currency_count": 0,
        "raised_count": 59,
        "lowered_count": 99,
        "median_delta": -0.0104971925,
        "median_delta_pct": pytest.approx(-0.596887728653),
        "largest_area": "EST",
        "largest_year": 2025,
        "largest_from_value": 3.37882703,
        "largest_to_value": 3.93,
        "largest_delta": 0.55117297,
        "largest_delta_pct": pytest.approx(16.3125535905),
    }

"""What the press reported of the week of 5 June 2025 can be found in the API, number by number."""

from typing import Any

import pytest
from flask.testing import FlaskClient

Json = dict[str, Any]

# The row of the news, the path to get, and the fields that the answer must have.
ITEMS: list[tuple[int, str, str, Json]] = [
    (
        1,
        "the demand of 5 % is a proposed target",
        "/v1/targets/us-2025-total",
        {
            "indicator": "total_share_gdp_pct",
            "comparison": ">=",
            "value": 5.0,
            "unit": "pct_gdp",
            "state": "proposed",
            "superseded_by": "hague-2025-total",
        },
    ),
    (
        1,
        "the demand of 5 % is a commitment of the United States",
        "/v1/commitments/usa-2025-06-05-total",
        {
            "member": "USA",
            "made_by": "Secretary of Defense Pete Hegseth",
            "summit": "ministers-2025-06",
            "kind": "demand",
            "made_on": "2025-06-05",
            "value": 5.0,
            "unit": "pct_gdp",
            "state": "superseded",
            "superseded_by": "alliance-2025-06-25-total",
            "backing": "official",
        },
    ),
    (
        7,
        "the capability targets are a statement of the Secretary General",
        "/v1/commitments/alliance-2025-06-05-capability-targets",
        {
            "member": None,
            "made_by": "Secretary General Mark Rutte",
            "summit": "ministers-2025-06",
            "kind": "statement",
            "made_on": "2025-06-05",
            "value": None,
            "unit": None,
        },
    ),
    (
        7,
        "the ministers met in Brussels on 5 June",
        "/v1/summits/ministers-2025-06",
        {
            "kind": "ministers_meeting",
            "place": "Brussels",
            "starts_on": "2025-06-05",
            "ends_on": "2025-06-05",
        },
    ),
    (
        8,
        "the summit has its official dates",
        "/v1/summits/hague-2025",
        {
            "kind": "summit",
            "place": "The Hague",
            "starts_on": "2025-06-24",
            "ends_on": "2025-06-25",
        },
    ),
    (
        9,
        "2 % is said to be enough for three to five years",
        "/v1/commitments/alliance-2025-06-04-two-percent",
        {"member": None, "kind": "statement", "made_on": "2025-06-04", "value": 2.0},
    ),
    (
        9,
        "allies are asked to equalise with the United States",
        "/v1/commitments/alliance-2025-06-04-equalise",
        {"member": None, "kind": "statement", "made_on": "2025-06-04", "value": None},
    ),
    (
        11,
        "3.5 % core is a proposed target",
        "/v1/targets/rutte-2025-core",
        {
            "indicator": "share_gdp_pct",
            "value": 3.5,
            "unit": "pct_gdp",
            "state": "proposed",
            "due_year": 2032,
            "superseded_by": "hague-2025-core",
        },
    ),
    (
        11,
        "1.5 % related is a proposed target",
        "/v1/targets/rutte-2025-related",
        {
            "indicator": "related_share_gdp_pct",
            "value": 1.5,
            "unit": "pct_gdp",
            "state": "proposed",
            "due_year": 2032,
            "superseded_by": "hague-2025-related",
        },
    ),
    (
        11,
        "the target that overtook the proposal is due in 2035",
        "/v1/targets/hague-2025-core",
        {"value": 3.5, "state": "agreed", "due_year": 2035, "review_year": 2029},
    ),
    (
        12,
        "the yearly step is a proposed target",
        "/v1/targets/rutte-2025-step",
        {"value": 0.2, "unit": "pp_per_year", "state": "proposed", "due_year": 2032},
    ),
    (
        12,
        "the yearly step is a proposal among the commitments",
        "/v1/commitments/alliance-2025-05-09-step",
        {"member": None, "kind": "proposal", "value": 0.2, "unit": "pp_per_year", "due_year": 2032},
    ),
    (
        13,
        "the credible path is a demand of the United States",
        "/v1/commitments/usa-2025-06-05-credible-path",
        {
            "member": "USA",
            "kind": "demand",
            "value": None,
            "state": "superseded",
            "superseded_by": "alliance-2025-06-25-annual-plans",
        },
    ),
    (
        14,
        "the United Kingdom promises 2.5 % from 2027",
        "/v1/commitments/gbr-2025-02-25-spending-2-5",
        {
            "member": "GBR",
            "made_by": "Prime Minister Keir Starmer",
            "kind": "pledge",
            "indicator": "share_gdp_pct",
            "value": 2.5,
            "unit": "pct_gdp",
            "from_year": 2027,
            "due_year": 2027,
            "state": "open",
            "backing": "official",
        },
    ),
    (
        14,
        "the United Kingdom aims at 3 % by 2034",
        "/v1/commitments/gbr-2025-02-25-spending-3",
        {"member": "GBR", "value": 3.0, "unit": "pct_gdp", "due_year": 2034, "state": "open"},
    ),
    (
        15,
        "drones get 4 billion pounds",
        "/v1/commitments/gbr-2025-06-03-drones-money",
        {
            "member": "GBR",
            "made_by": "Defence Secretary John Healey",
            "kind": "plan",
            "made_on": "2025-06-03",
            "indicator": None,
            "value": 4_000_000_000.0,
            "unit": "GBP",
        },
    ),
    (
        15,
        "lasers get 1 billion pounds",
        "/v1/commitments/gbr-2025-06-03-lasers",
        {"member": "GBR", "value": 1_000_000_000.0, "unit": "GBP"},
    ),
    (
        15,
        "100,000 drones are promised",
        "/v1/commitments/gbr-2025-06-03-drones-for-ukraine",
        {"member": "GBR", "value": 100_000.0, "unit": "pieces", "due_year": 2025},
    ),
    (
        15,
        "training gets almost 250 million pounds",
        "/v1/commitments/gbr-2025-06-03-training",
        {"member": "GBR", "value": 247_000_000.0, "unit": "GBP", "due_year": 2025},
    ),
    (
        16,
        "Spain is to reach 2 % by the end of 2025",
        "/v1/commitments/esp-2025-04-22-spending-2",
        {
            "member": "ESP",
            "kind": "pledge",
            "indicator": "share_gdp_pct",
            "value": 2.0,
            "unit": "pct_gdp",
            "due_year": 2025,
        },
    ),
    (
        16,
        "Spain is the most reluctant",
        "/v1/commitments/esp-2025-06-05-capabilities",
        {"member": "ESP", "kind": "reservation", "made_on": "2025-06-05", "value": None},
    ),
    (
        17,
        "the Netherlands put the cost at 3.5 %",
        "/v1/commitments/nld-2025-06-05-cost",
        {
            "member": "NLD",
            "made_by": "Defence Minister Ruben Brekelmans",
            "kind": "statement",
            "value": 3.5,
            "unit": "pct_gdp",
        },
    ),
    (
        18,
        "Germany needs 50,000 to 60,000 more soldiers",
        "/v1/commitments/deu-2025-06-05-soldiers",
        {
            "member": "DEU",
            "made_by": "Defence Minister Boris Pistorius",
            "kind": "statement",
            "indicator": "personnel_thousands",
            "value": 50_000.0,
            "value_max": 60_000.0,
            "unit": "persons",
            "due_year": None,
        },
    ),
    (
        19,
        "the President of the United States demands 5 %",
        "/v1/commitments/usa-2025-01-21-total",
        {
            "member": "USA",
            "made_by": "President Donald Trump",
            "kind": "demand",
            "indicator": "total_share_gdp_pct",
            "value": 5.0,
            "unit": "pct_gdp",
        },
    ),
    (
        1,
        "no ally met the 5 % demanded, then or today",
        "/v1/claims/hegseth-2025-06-05-five-percent",
        {"said_on": "2025-06-05", "found_value": 0.0, "found_value_then": 0.0, "unit": "members"},
    ),
    (
        2,
        "the members' 1,506 billion dollars hold",
        "/v1/claims/sipri-2025-06-05-total",
        {"claimed_value": 1506.0, "unit": "usd_bn", "source": "sipri", "verdict": "holds"},
    ),
    (
        3,
        "55 % of the world's spending hold",
        "/v1/claims/sipri-2025-06-05-world-share",
        {"claimed_value": 55.0, "unit": "pct", "source": "sipri", "verdict": "holds"},
    ),
    (
        4,
        "18 of 32 hold only if Sweden is rounded up",
        "/v1/claims/sipri-2025-06-05-two-percent",
        {"claimed_value": 18.0, "found_value": 17.0, "verdict": "holds_if_rounded"},
    ),
    (
        5,
        "the 997 billion dollars of the United States hold",
        "/v1/claims/sipri-2025-06-05-usa-total",
        {"claimed_value": 997.0, "unit": "usd_bn", "verdict": "holds"},
    ),
    (
        5,
        "66 % of the alliance's total hold",
        "/v1/claims/sipri-2025-06-05-usa-share",
        {"claimed_value": 66.0, "unit": "pct", "verdict": "holds"},
    ),
    (
        6,
        "all members increased their spending, says SIPRI",
        "/v1/claims/sipri-2025-06-05-all-rose",
        {"claimed_value": 0.0, "found_value": 0.0, "verdict": "holds"},
    ),
    (
        6,
        "not all did in NATO's figures",
        "/v1/claims/sipri-2025-06-05-all-rose-nato",
        {"claimed_value": 0.0, "found_value": 1.0, "verdict": "differs", "verdict_then": "differs"},
    ),
    (
        9,
        "the gap to the United States is found",
        "/v1/claims/rutte-2025-06-04-equalise",
        {"claimed_value": None, "unit": "pp_gdp", "found_value": 1.34, "verdict": "not_checkable"},
    ),
    (
        10,
        "about 3.4 % held when it was said",
        "/v1/claims/press-2025-06-04-usa-share",
        {"claimed_value": 3.4, "found_value": 3.3, "verdict": "differs", "verdict_then": "holds"},
    ),
    (
        10,
        "about 3.4 % hold by SIPRI's figure",
        "/v1/claims/press-2025-06-04-usa-share-sipri",
        {"claimed_value": 3.4, "source": "sipri", "verdict": "holds", "verdict_then": "holds"},
    ),
    (
        11,
        "one ally met the 3.5 % proposed",
        "/v1/claims/rutte-2025-05-09-core",
        {"found_value": 1.0, "found_value_then": 1.0, "verdict": "not_checkable"},
    ),
    (
        16,
        "Spain reached 2 % in 2025",
        "/v1/claims/press-2025-06-05-spain-two-percent",
        {"claimed_value": 2.0, "year": 2025, "verdict": "holds", "verdict_then": "not_checkable"},
    ),
    (
        19,
        "no ally met the 5 % that the President demanded",
        "/v1/claims/trump-2025-01-21-five-percent",
        {"said_by": "President Donald Trump", "found_value": 0.0, "found_value_then": 0.0},
    ),
    (
        20,
        "what the United States carries of the whole is found",
        "/v1/claims/ministers-2025-06-05-usa-share",
        {"unit": "pct", "source": "nato", "verdict": "not_checkable"},
    ),
    (
        20,
        "what it carries beside the others is found",
        "/v1/claims/ministers-2025-06-05-usa-against-others",
        {"unit": "pct", "source": "nato", "verdict": "not_checkable"},
    ),
]

# The row of the news, the path to get, and the ids it must list, in any order.
LISTS: list[tuple[int, str, str, set[str]]] = [
    (
        1,
        "the demands for 5 % are found by kind and value",
        "/v1/commitments?member=USA&kind=demand&value_gte=5&made_on_lte=2025-06-05",
        {"usa-2025-01-07-total", "usa-2025-01-21-total", "usa-2025-06-05-total"},
    ),
    (
        11,
        "the proposals are found by state",
        "/v1/targets?state=proposed",
        {"us-2025-total", "rutte-2025-core", "rutte-2025-related", "rutte-2025-step"},
    ),
    (
        13,
        "the demands made at the ministers' meeting are found by summit",
        "/v1/commitments?summit=ministers-2025-06&kind=demand",
        {"usa-2025-06-05-total", "usa-2025-06-05-credible-path"},
    ),
    (
        15,
        "the sums in pounds of that day are found by unit and date",
        "/v1/commitments?member=UK&unit=GBP&made_on_gte=2025-06-03&made_on_lte=2025-06-05",
        {"gbr-2025-06-03-drones-money", "gbr-2025-06-03-lasers", "gbr-2025-06-03-training"},
    ),
    (
        16,
        "what was said of 2 % of GDP is found by topic",
        "/v1/claims?topic=two_percent&said_on_gte=2025-06-01",
        {"sipri-2025-06-05-two-percent", "press-2025-06-05-spain-two-percent"},
    ),
    (
        18,
        "what is promised in soldiers is found by indicator",
        "/v1/commitments?indicator=personnel_thousands",
        {"deu-2025-06-05-soldiers"},
    ),
]


def named(rows: list[tuple[int, str, str, Any]]) -> list[Any]:
    """Return the rows as parameters whose ids are the sentences."""
    return [
        pytest.param(path, wanted, id=f"row {number}: {sentence}")
        for number, sentence, path, wanted in rows
    ]


def answer(client: FlaskClient, path: str) -> Any:
    """Return the data of an answer, which must be a good one."""
    response = client.get(path)
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.json is not None
    return response.json["data"]


@pytest.mark.parametrize(("path", "wanted"), named(ITEMS))
def test_what_the_news_said_is_served(client: FlaskClient, path: str, wanted: Json) -> None:
    data = answer(client, path)

    assert {field: data[field] for field in wanted} == wanted
    assert data["sources"]


@pytest.mark.parametrize(("path", "wanted"), named(LISTS))
def test_what_the_news_said_can_be_searched(
    client: FlaskClient, path: str, wanted: set[str]
) -> None:
    assert {row["id"] for row in answer(client, path)} == wanted


def test_the_disagreement_on_the_dates_of_the_summit_is_a_note(client: FlaskClient) -> None:
    notes = {note["id"]: note["text"] for note in answer(client, "/v1/summits/hague-2025")["notes"]}

    assert "24 to 26 June" in notes["hague-2025-days"]


def test_the_promises_of_that_week_can_be_followed_to_the_summit(client: FlaskClient) -> None:
    rows = answer(client, "/v1/commitments?summit=hague-2025&scope=alliance")

    assert {(row["id"], row["value"], row["due_year"]) for row in rows} == {
        ("alliance-2025-06-25-annual-plans", None, None),
        ("alliance-2025-06-25-core", 3.5, 2035),
        ("alliance-2025-06-25-related", 1.5, 2035),
        ("alliance-2025-06-25-review", None, 2029),
        ("alliance-2025-06-25-total", 5.0, 2035),
    }


def test_every_row_about_that_week_cites_the_reports_of_it(client: FlaskClient) -> None:
    rows = answer(client, "/v1/commitments?made_on_gte=2025-06-03&made_on_lte=2025-06-05")
    silent = {
        row["id"]
        for row in rows
        if not any("5 June 2025" in source["title"] for source in row["sources"])
    }

    # Reported that week, but not in the reports on the meeting.
    assert silent == {
        "bgr-2025-06-03-spending-3-5",
        "mne-2025-06-05-decisions",
        "prt-2025-06-05-spending-2",
    }

"""The contract's vocabularies are those that the tables allow and the data use."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from schemas.codelists import CODELISTS, codes_of

TABLES = Path(__file__).parents[2] / "sql" / "tables"

# column of a table -> codelist, and the codes that are computed and so never stored
CHECKED = {
    ("0003_indicator", "price_basis"): ("price-bases", set()),
    ("0005_member", "region"): ("regions", set()),
    ("0006_area", "kind"): ("area-kinds", set()),
    ("0007_release", "coverage"): ("coverages", set()),
    ("0007_release", "obtained"): ("obtained", set()),
    ("0008_observation", "stage"): ("stages", set()),
    ("0008_observation", "missing_reason"): ("missing-reasons", set()),
    ("0009_spending_year", "stage"): ("stages", set()),
    ("0010_summit", "kind"): ("meeting-kinds", set()),
    ("0011_target", "state"): ("target-states", set()),
    ("0012_commitment", "kind"): ("commitment-kinds", set()),
    ("0012_commitment", "made_on_precision"): ("date-precisions", set()),
    ("0012_commitment", "state"): ("commitment-states", {"fulfilled", "lapsed"}),
    ("0012_commitment", "backing"): ("backings", set()),
    ("0014_claim", "topic"): ("claim-topics", set()),
    ("0019_changelog", "kind"): ("change-kinds", set()),
    ("0016_comparison", "kind"): ("revision-kinds", set()),
    ("0016_comparison", "from_stage"): ("stages", set()),
    ("0016_comparison", "to_stage"): ("stages", set()),
}


@pytest.mark.parametrize(
    ("place", "codelist"), CHECKED.items(), ids=[" ".join(place) for place in CHECKED]
)
def test_a_table_allows_what_the_codelist_has(
    place: tuple[str, str], codelist: tuple[str, set[str]]
) -> None:
    migration, column = place
    text = (TABLES / f"{migration}.sql").read_text("utf-8")
    found = re.search(rf"\b{column} IN \(([^)]+)\)", text)
    assert found is not None
    name, computed = codelist
    assert set(re.findall(r"'(\w+)'", found[1])) == set(codes_of(name)) - computed


USED = {
    ("/v1/commitments", "unit"): "units",
    ("/v1/targets", "unit"): "units",
    ("/v1/indicators", "unit"): "units",
    ("/v1/commitments", "kind"): "commitment-kinds",
    ("/v1/changelog", "kind"): "change-kinds",
    ("/v1/claims", "unit"): "units",
    ("/v1/claims", "topic"): "claim-topics",
    ("/v1/claims", "verdict"): "verdicts",
    ("/v1/claims", "verdict_then"): "verdicts",
    ("/v1/summits", "kind"): "meeting-kinds",
    ("/v1/commitments", "state"): "commitment-states",
    ("/v1/targets/wales-2014-spending/assessments", "met"): "met",
    ("/v1/quadrants", "quadrant"): "quadrants",
    ("/v1/quadrants", "spending_met"): "met",
    ("/v1/quadrants", "equipment_met"): "met",
    ("/v1/aggregates", "kind"): "aggregate-kinds",
    ("/v1/aggregates", "unit"): "units",
    ("/v1/rankings", "unit"): "units",
    ("/v1/rankings", "stage"): "stages",
    ("/v1/paths?group=nato", "group"): "groups",
    ("/v1/search?q=defence", "kind"): "search-kinds",
    ("/v1/revisions", "unit"): "units",
    ("/v1/revisions?kind=currency,rebase,precision&limit=10000", "kind"): "revision-kinds",
}


@pytest.mark.parametrize(("place", "codelist"), USED.items(), ids=str)
def test_the_data_use_only_codes_of_the_list(
    client: FlaskClient, place: tuple[str, str], codelist: str
) -> None:
    path, field = place
    used = {row[field] for row in client.get(path).json["data"]} - {None}
    currencies = {code for code in used if re.fullmatch("[A-Z]{3}", code)}
    assert used - currencies <= set(codes_of(codelist))


def test_confidences_and_source_kinds_are_those_in_use(client: FlaskClient) -> None:
    for row in client.get("/v1/summits").json["data"]:
        assert {fact["confidence"] for fact in row["facts"]} <= set(codes_of("confidences"))
        assert {source["kind"] for source in row["sources"]} <= set(codes_of("source-kinds"))


def test_every_codelist_is_served(client: FlaskClient) -> None:
    rows = client.get("/v1/codelists").json["data"]
    assert [row["id"] for row in rows] == list(CODELISTS)

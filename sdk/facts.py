"""What a scenario must find out, found out by plain HTTP instead."""

import json
import math
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Any

from .asking import Answer, ask

PAGE_SIZE = 10

Reader = Callable[[Answer], Any]


FIGURES = (
    *("member", "year", "stage", "share_gdp_pct"),
    *("spending_usd_m_current", "personnel_thousands"),
)


def columns(*names: str) -> Reader:
    return lambda answer: [[row[name] for name in names] for row in answer.body["data"]]


def spending_years(answer: Answer) -> Any:
    return [
        [
            *(row[name] for name in FIGURES),
            [[gap["field"], gap["reason"]] for gap in row["missing"]],
        ]
        for row in answer.body["data"]
    ]


def two_percent(answer: Answer) -> Any:
    return [answer.body["meta"]["total"], [row["member"] for row in answer.body["data"]]]


def commitment(answer: Answer) -> Any:
    row = answer.body["data"]
    names = ("member", "made_on", "value", "value_max", "unit", "due_year", "superseded_by")
    sources = [[source["publisher"], source["url"]] for source in row["sources"]]
    return [*(row[name] for name in names), sources]


def pages(answer: Answer) -> Any:
    """Return how many pages there must be, and all rows: those of the unpaged list."""
    rows = columns("member", "share_gdp_pct")(answer)
    return [math.ceil(len(rows) / PAGE_SIZE), rows]


def assessments(answer: Answer) -> Any:
    counts = [answer.body["meta"][name] for name in ("met_count", "not_met_count")]
    return [*counts, columns("member", "met", "within_rounding", "value", "gap_pp")(answer)]


def problem(answer: Answer) -> Any:
    [error] = answer.body["errors"]
    return [answer.status, answer.body["code"], error["name"], error["did_you_mean"]]


MEMBER = columns("code", "name", "aliases", "acceded_on", "eu_member_until", "has_armed_forces")
SPENDING = "/v1/spending-years?member=ISL,POL,USA&stage=actual,estimate&year_gte=2023"
COMMITMENT = "/v1/commitments/gbr-2025-02-25-spending-2-5"

FACTS: dict[str, tuple[str, Reader]] = {
    "members": ("/v1/members", MEMBER),
    "spending_years": (SPENDING, spending_years),
    "two_percent": ("/v1/spending-years?year=2024&share_gdp_pct_gte=2", two_percent),
    "commitment": (COMMITMENT, commitment),
    "pages": ("/v1/spending-years?year=2024&sort=-share_gdp_pct,member", pages),
    "assessments": ("/v1/targets/hague-2025-core/assessments?year=2025", assessments),
    "problem": ("/v1/spending-years?member=Polnd", problem),
    # Of a service whose answers have grown, where a client must find what it found before.
    "grown_spending_years": (SPENDING, spending_years),
    "grown_commitment": (COMMITMENT, commitment),
}


def expected(url: str) -> dict[str, Any]:
    """Return every fact that a scenario tells of the service at this URL."""
    return {name: read(ask(url + path)) for name, (path, read) in FACTS.items()}


def told(output: str) -> dict[str, Any]:
    """Return the facts that a scenario printed, one JSON object a line."""
    lines = [json.loads(line) for line in output.splitlines()]
    return {line["fact"]: line["value"] for line in lines}


def differences(told: dict[str, Any], expected: dict[str, Any]) -> Iterator[str]:
    """Say of every fact that is wrong, missing or not asked for what is wrong with it."""
    for name in [*expected, *(told.keys() - expected.keys())]:
        if name not in told:
            yield f"{name} was not told"
        elif name not in expected:
            yield f"{name} was not asked for"
        elif (found := written(told[name])) != (right := written(expected[name])):
            at = len(
                list(takewhile(lambda pair: pair[0] == pair[1], zip(found, right, strict=False)))
            )
            there = slice(max(0, at - 40), at + 40)
            yield f"{name} is …{found[there]}…, not …{right[there]}…"


def written(value: Any) -> str:
    """Write a value so that 2 and 2.0 are the same, and 2, "2" and null are not."""
    return json.dumps(with_doubles(value), ensure_ascii=False)


def with_doubles(value: Any) -> Any:
    if isinstance(value, list):
        return [with_doubles(item) for item in value]
    return float(value) if type(value) is int else value

"""Every parameter of every list does what it says, lists in both spellings."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from .contract import contract
from .test_conventions import EXAMPLES, JSON_URLS, joined

# Values of parameters whose name is no field of the row.
VALUES: dict[str, list[str]] = {
    "member": ["DEU", "GBR"],
    "area": ["DEU", "NATO_TOTAL"],
    "sort": ["-year", "member"],
    "scope": ["alliance"],
    "latest": ["each"],
    "source": ["nato"],
    "release": ["nato-2025-08-28"],
    "from_release": ["nato-2024-06-17", "nato-2025-08-28"],
    "to_release": ["nato-2025-08-28", "nato-2026-07-10"],
    "as_of": ["2025-01-01"],
    "updated_since": ["2025-01-01", "2025-01-01T00:00:00Z"],
    "is_breaking": ["false"],
    "rounding": ["1"],
    "within_rounding": ["true"],
    "limit": ["7"],
    "q": ["equipement"],
    "year": ["2024"],
    "withdrawn": ["false"],
    "withdrawn_on_gte": ["2026-01-01"],
    "withdrawn_on_lte": ["2026-01-01"],
    "is_published": ["true"],
    "is_founder": ["false"],
    "has_armed_forces": ["true"],
    "is_tied": ["true"],
    "target": ["hague-2025-core"],
    "step_pp": ["0.2"],
    "start_year": ["2024"],
    "end_year": ["2032"],
    "gdp_growth_pct": ["1.5"],
    "deflator_pct": ["2"],
    "reaches_target": ["true"],
    "proposal_reaches_target": ["false"],
}
VALUES_OF_ONE = {
    ("/v1/aggregates", "area"): ["NATO_TOTAL", "NATO_EUR_CAN"],
    ("/v1/rankings", "indicator"): ["personnel_thousands"],
}

# The release that holds every indicator, and of its long form a part that is quick to read.
NARROWED = {
    "/v1/spending-years": {"release": "first"},
    "/v1/targets/{target}/assessments": {"release": "first"},
    "/v1/quadrants": {"release": "first"},
    "/v1/observations": {"release": "first", "area": "DEU,ISL,NATO_TOTAL"},
    "/v1/aggregates": {"release": "first"},
    "/v1/rankings": {"release": "first", "indicator": "spending_usd_m_current"},
    "/v1/revisions": {"area": "DEU,BGR,NATO_TOTAL", "indicator": "share_gdp_pct"},
    "/v1/availability": {"area": "DEU,ISL,NATO_TOTAL"},
}


def asked(path: str, name: str, *given: str) -> str:
    """Return the URL that gives a parameter, once for each value, and narrows the list besides."""
    narrowed = NARROWED.get(path, {})
    if name in ("release", "as_of"):
        narrowed = {}
    pairs = [(key, value) for key, value in narrowed.items() if key != name]
    url, query = EXAMPLES[path], urlencode([*pairs, *((name, value) for value in given)], safe=",")
    return joined(url.partition("?")[0] if given and f"?{name}=" in url else url, query)


def parameters() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path, parameter)
        for path, item in contract()["paths"].items()
        if EXAMPLES[path] in JSON_URLS
        for parameter in item["get"]["parameters"]
        if parameter["in"] == "query" and parameter["name"] != "cursor"
    ]


def values(client: FlaskClient, path: str, parameter: dict[str, Any]) -> list[str]:
    """Return right values for a parameter, from its codes or from what the rows hold."""
    name = parameter["name"]
    rows = client.get(asked(path, name)).json["data"]
    if name == "sort":
        fields = re.findall(r"`(\w+)`", parameter["description"].partition("Fields:")[2])
        return [f"-{fields[-1]}", fields[0]]
    if (path, name) in VALUES_OF_ONE:
        return VALUES_OF_ONE[path, name]
    if name in VALUES:
        return VALUES[name]
    codes = parameter["schema"].get("items", parameter["schema"]).get("enum")
    if codes:
        return list(codes)
    field = re.sub("_[gl]te$", "", name)
    found = sorted({row[field] for row in rows if row[field] is not None}, key=repr)
    assert found, f"{path} has nothing to try {name} with"
    return [as_text(found[len(found) // 2]), as_text(found[0])]


def as_text(value: object) -> str:
    return f"{value:.10f}" if isinstance(value, float) else str(value)


CASES = pytest.mark.parametrize(
    ("path", "parameter"),
    parameters(),
    ids=[f"{path} {parameter['name']}" for path, parameter in parameters()],
)


@CASES
def test_a_parameter_is_taken(client: FlaskClient, path: str, parameter: dict[str, Any]) -> None:
    given = values(client, path, parameter)[0]
    answer = client.get(asked(path, parameter["name"], given))
    assert answer.status_code == 200, answer.json


@CASES
def test_the_ends_of_what_is_documented_are_taken(
    client: FlaskClient, path: str, parameter: dict[str, Any]
) -> None:
    for end in ("minimum", "maximum"):
        if end in parameter["schema"]:
            given = str(parameter["schema"][end])
            assert client.get(asked(path, parameter["name"], given)).status_code == 200


@CASES
def test_lists_mean_the_same_in_both_spellings_and_scalars_are_given_once(
    client: FlaskClient, path: str, parameter: dict[str, Any]
) -> None:
    name = parameter["name"]
    first, *rest = values(client, path, parameter)
    second = rest[0] if rest else first
    if parameter["schema"]["type"] != "array":
        answer = client.get(asked(path, name, first, first))
        assert (answer.status_code, answer.json["code"]) == (400, "repeated_parameter")
        return
    spellings = [
        asked(path, name, f"{first},{second}"),
        asked(path, name, first, second),
        asked(path, name, f"{first},{second}", first),
    ]
    data = [client.get(url).json["data"] for url in spellings]
    assert data[0] == data[1] == data[2]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        (path, parameter)
        for path, parameter in parameters()
        if parameter["name"].endswith(("_gte", "_lte"))
        and not parameter["name"].startswith("withdrawn_on")  # no release of data/ is withdrawn
    ],
    ids=lambda case: case if isinstance(case, str) else case["name"],
)
def test_a_bound_keeps_exactly_what_lies_within(
    client: FlaskClient, path: str, parameter: dict[str, Any]
) -> None:
    name = parameter["name"]
    field, kept_by = name[:-4], name[-3:]
    rows = client.get(asked(path, name)).json["data"]
    given = values(client, path, parameter)[0]
    bound = type(next(row[field] for row in rows if row[field] is not None))(given)
    expected = [
        row
        for row in rows
        if row[field] is not None
        and (row[field] >= bound if kept_by == "gte" else row[field] <= bound)
    ]
    assert client.get(asked(path, name, given)).json["data"] == expected

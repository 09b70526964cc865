"""Hostile text in every parameter of every path: an answer or a problem that names it, no fault."""

from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from .contract import contract

# As they stand in a URL.
HOSTILE = (
    "%ED%A0%80", "%00", "a%00b", "%C0%80", "%F5%80%80%80", "%FF", "%EF%BF%BF", "9" * 400, "-" + "9" * 400, "1e999999", "NaN", "Infinity",
    "%D9%A1", "1_0", "2147483648", "9223372036854775808", "99999-01-01", "0000-00-00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00%2B23:59",
    "," * 150, "a," * 150 + "a", "a" * 3000, "%0D%0A", "%5C", "'%22--", "((((%26%7C!:*", "%CC%81" * 50, "--year", "latest,first", "%20",
)  # fmt: skip
PATHS = contract()["paths"]


def asked(path: str) -> tuple[str, str, list[str]]:
    """Return a good path, the query that it cannot do without, and its parameters' names."""
    query, names = "", []
    for parameter in PATHS[path]["get"]["parameters"]:
        name, example = parameter["name"], str(parameter.get("example", ""))
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(example))
        else:
            names.append(name)
            query += f"{name}={quote(example)}&" if parameter["required"] else ""
    return path, query, names


def check(client: FlaskClient, url: str, location: str) -> None:
    answer: Any = client.get(url, base_url="http://localhost")
    assert answer.status_code < 500, url[:200]
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json", url[:200]
        if answer.status_code == 400:
            assert {error["in"] for error in answer.json["errors"]} == {location}, url[:200]


@pytest.mark.parametrize("path", [path for path in PATHS if "." not in path])
def test_no_value_and_no_name_makes_a_fault(client: FlaskClient, path: str) -> None:
    good, query, names = asked(path)
    for text in HOSTILE:
        for name in names:
            rest = "".join(f"{one}&" for one in query.split("&") if one and not one.startswith(f"{name}="))  # fmt: skip
            check(client, f"{good}?{rest}{name}={text}", "query")
        check(client, f"{good}?{query}{text}={text}", "query")


@pytest.mark.parametrize("path", [path for path in PATHS if "{" in path])
def test_no_part_of_a_path_makes_a_fault(client: FlaskClient, path: str) -> None:
    before, _, after = path.partition("{")
    for text in HOSTILE:
        rest = after.partition("}")[2].replace("{year}", "2024").replace("{code}", text)
        check(client, f"{before}{text}{rest}", "query")

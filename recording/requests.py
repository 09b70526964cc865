"""The requests of a recording, drawn from the contract of the version that is compared with."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

# How each kind of answer is asked for besides plainly: the coding, the format, another method.
VARIANTS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("HEAD", {}),
    ("GET", {"Accept-Encoding": "gzip"}),
    ("GET", {"Accept-Encoding": "br;q=0.5, zstd"}),
    ("GET", {"Accept": "text/csv"}),
    ("GET", {"Accept": "application/json;q=0.5, application/x-ndjson"}),
    ("GET", {"Accept": "image/png"}),
    ("GET", {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
    ("GET", {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}),
    ("GET", {"If-None-Match": '"other"'}),
    ("GET", {"Range": "bytes=0-99"}),
    ("OPTIONS", {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}),
    ("POST", {}),
)
# Queries that no path takes, or takes only in part.
WRONG = (
    "nonsense=1",
    "limit=0",
    "limit=10001",
    "limit=3&limit=4",
    "sort=nonsense",
    "cursor=2",
    "year=20x4",
    "release=nato-2020-01-01",
    "as_of=1900-01-01",
    "release=latest&as_of=2024-07-01",
    "utm_source=x",
    "limit=2",
    "release=first&limit=2",
)
LOST = ("/nothing", "/v1/", "/v1//members", "/v1/membres", "/v1/members/", "/v1/members/XXX")
EXAMPLE = re.compile(r"Example: `([^`]+)`")


class Request(NamedTuple):
    """One request. With `is_repeated` it is asked again with the ETag of the first answer."""

    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    is_repeated: bool = False

    def __str__(self) -> str:
        fields = "".join(f" -H '{name}: {value}'" for name, value in self.headers)
        again = " (again, with its ETag)" if self.is_repeated else ""
        return f"{self.method} {self.path}{fields}{again}"


def requests_of(contract: Mapping[str, Any]) -> list[Request]:
    """Return every request once, in an order that is the same each time."""
    drawn = [*(Request(path) for path in LOST), *of_every_operation(contract)]
    return list(dict.fromkeys(drawn))


def of_every_operation(contract: Mapping[str, Any]) -> Iterator[Request]:
    for path, item in contract["paths"].items():
        parameters = [resolved(contract, each) for each in item["get"].get("parameters", ())]
        example = example_of(path, item["get"]["description"], parameters)
        yield Request(example)
        yield Request(example, is_repeated=True)
        for method, headers in VARIANTS:
            yield Request(example, method, tuple(headers.items()))
        bare, _, required = example.partition("?")
        required = required if any(each["required"] for each in queries(parameters)) else ""
        for query in (*WRONG, *filters(parameters)):
            yield Request(f"{bare}?{'&'.join(filter(None, (required, query)))}")


def resolved(contract: Mapping[str, Any], parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    name = parameter.get("$ref", "").rpartition("/")[2]
    found = contract["components"]["parameters"][name] if name else parameter
    assert isinstance(found, dict)
    return found


def queries(parameters: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [each for each in parameters if each["in"] == "query"]


def example_of(path: str, description: str, parameters: list[Mapping[str, Any]]) -> str:
    """Return the example that a description ends with, or the path with its own examples."""
    if (found := EXAMPLE.search(description)) is not None:
        return found[1]
    for each in parameters:
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", quote(text_of(each["example"])))
    required = {
        each["name"]: text_of(each["example"]) for each in queries(parameters) if each["required"]
    }
    return f"{path}?{urlencode(required)}" if required else path


def filters(parameters: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield each optional parameter with its example, with each code that it takes, and wrongly."""
    for each in queries(parameters):
        schema = each["schema"]
        values = [each["example"]] if "example" in each else []
        values += schema.get("items", schema).get("enum", ())[:6]
        for value in values:
            yield urlencode({each["name"]: text_of(value)}, safe=",")
        yield urlencode({each["name"]: "~"})


def text_of(value: Any) -> str:
    """Return a value as text for a URL."""
    if isinstance(value, list):
        return ",".join(map(text_of, value))
    return value if isinstance(value, str) else json.dumps(value)

"""The words of the contract that belong to no single route."""

TITLE = "Burdenshare"

INFO = {
    "description": (
        "NATO defence spending and the promises made about it. Every figure is served with its "
        "release, its unit and its source; every promise with who made it and when. A release "
        "never changes: ask for another with `release=` or `as_of=` to see how a figure was "
        "revised.\n\n"
        "Stability: within version 1 operations, parameters, fields, headers and codes are only "
        "added. Answers are open to new fields.\n\n"
        "Terms: figures belong to their publishers, whose terms stand in `meta.licence` and at "
        "`/v1/sources`. The service itself is under the Apache License 2.0."
    ),
    "license": {
        "name": "Apache-2.0",
        "url": "https://www.apache.org/licenses/LICENSE-2.0",
    },
}

SERVERS = [
    {"url": "http://127.0.0.1:8000", "description": "What `make run` starts."},
    {"url": "/", "description": "The server that this contract was read from."},
]

PATH_PARAMETERS = {
    "member": (
        "A member: alpha-3, alpha-2, `EL`, `UK`, a name or a former name, in any case; "
        "percent-encoded where it has accents.",
        "POL",
    ),
    "year": ("A year of four digits.", "2024"),
    "release": ("A release's id, as `/v1/releases` lists it.", "nato-2024-06-17"),
    "target": ("A target's id, as `/v1/targets` lists it.", "wales-2014-spending"),
    "summit": ("A meeting's id, as `/v1/summits` lists it.", "hague-2025"),
    "commitment": (
        "A commitment's id, as `/v1/commitments` lists it.",
        "gbr-2025-02-25-spending-2-5",
    ),
    "claim": ("A claim's id, as `/v1/claims` lists it.", "nato-2024-06-17-two-percent"),
    "area": (
        "A member in any of its codes and names, or an aggregate that the publisher printed, such "
        "as `NATO_TOTAL`.",
        "POL",
    ),
    "indicator": ("An indicator's id, as `/v1/indicators` lists it.", "share_gdp_pct"),
    "source": ("A source's id, as `/v1/sources` lists it.", "nato"),
    "codelist": ("A codelist's id, as `/v1/codelists` lists it.", "stages"),
    "problem": ("A problem's code, as `/v1/problems` lists it.", "unknown_parameter"),
}


def header(description: str, example: str, **schema: str) -> dict[str, object]:
    return {
        "description": description,
        "schema": {"type": "string"} | schema,
        "example": example,
    }


HEADERS = {
    "ETag": header("Changes whenever the answer does.", '"8d7e0d5a0c1b4f6e9a2b3c4d5e6f7a8b"'),
    "Last-Modified": header("When the data last changed.", "Fri, 10 Jul 2026 12:00:00 GMT"),
    "Cache-Control": header("How long the answer stays fresh.", "public, max-age=300"),
    "Link": header(
        "The links of the body, and the contract (RFC 8288).",
        '</v1/members>; rel="self"',
    ),
    "X-Request-Id": header(
        "The id of the request: the client's own, or a new one.", "5f0e7c3a9b1d4e62"
    ),
    "X-API-Version": header("The version of the contract.", "1.0.0"),
    "X-Data-Release": header(
        "The release that the figures are from; only where figures are served.",
        "nato-2026-07-10",
    ),
    "Retry-After": {
        "description": "The seconds to wait before trying again.",
        "schema": {"type": "integer", "format": "int32", "minimum": 0},
        "example": 5,
    },
}

HEADERS_OF_EVERY_200 = ["Cache-Control", "Link", "X-Request-Id", "X-API-Version"]
HEADERS_OF_304 = ["ETag", "Cache-Control", "X-Request-Id"]
PROBLEM_HEADERS = ["Cache-Control", "X-Request-Id"]

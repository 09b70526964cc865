"""The words of the contract that belong to no single route."""

INFO = {
    "description": """\
NATO defence spending and the promises made about it. Every figure is served with its release,
its unit and its source; every promise with who made it, when, and where that is written. A
release never changes: ask for another with `release=`, or for what was known on a day with
`as_of=`, to see how a figure was revised.

How many allies spent 2 % of GDP in 2024? `/v1/spending-years?year=2024&share_gdp_pct_gte=2`
counts them in `meta.total`, as NATO has it today; with `&as_of=2024-07-01` as NATO had it then.

**Reading it.** Every answer is an object with `data`, `meta` and `links`. Every documented field
is always there; a figure that is missing is null, with the reason, and never 0. Numbers are as
published. A percentage of 2.36 means 2.36 %. Years are calendar years, days `YYYY-MM-DD`,
instants RFC 3339 in UTC. Lists take `sort`, `limit` and `cursor`, and bounds (`_gte`, `_lte`) on
every number and day.

**Errors** are `application/problem+json` (RFC 9457), with a stable `code` that `/v1/problems`
explains. An unknown parameter or value is refused, and the nearest right one named. Every path
takes GET, HEAD and OPTIONS; other methods are answered with 405.

**Terms.** No key and no login. The figures belong to their publishers, whose terms stand in
`meta.licence`, beside each release and at `/v1/sources`. NATO's may be used with credit to NATO,
not sold and not used in advertising; SIPRI's for non-commercial purposes with attribution, up to
about a tenth of the data set. `meta.citation` says how to cite. The service itself is under the
Apache License 2.0, which says nothing of the figures.

**Stability.** Before 1.0.0 names may still change; `/v1/changelog` lists each change. From 1.0.0
on, operations, parameters, fields, headers, codes and error statuses are only added. None is
removed, renamed, retyped or narrowed, and no default changes: every change is held against the last
released contract. Clients must ignore fields and codes they do not know: lists of codes in answers
may grow.

**Deprecation.** What is to go is marked `deprecated` here for at least 24 months before it does,
in version 2 at the earliest. Answers to requests that use it carry `Deprecation` (RFC 9745),
`Sunset` (RFC 8594) and a `Link` to `/docs` with the relations `deprecation` and `sunset`.
""",
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
    "year": ("The calendar year.", 2024),
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


def header(description: str, example: str, required: bool = True) -> dict[str, object]:
    return {
        "description": description,
        "required": required,
        "schema": {"type": "string"},
        "example": example,
    }


HEADERS = {
    "ETag": header("Changes whenever the answer does.", '"8d7e0d5a0c1b4f6e9a2b3c4d5e6f7a8b"'),
    "Last-Modified": header("When the data last changed.", "Fri, 10 Jul 2026 12:00:00 GMT"),
    "Cache-Control": header(
        "How long the answer stays fresh, in seconds; `no-store` on errors.",
        "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400",
    ),
    "Link": header(
        "The links of the body, and the contract (RFC 8288).",
        '</v1/members>; rel="self", </openapi.yaml>; rel="describedby"',
    ),
    "Deprecation-Link": header(
        "Where to read what is deprecated (RFC 8288); only with `Deprecation`.",
        '</docs>; rel="deprecation"; type="text/html", </docs>; rel="sunset"; type="text/html"',
        required=False,
    ),
    "X-Request-Id": header(
        "The id of the request: the client's own, or a new one.", "5f0e7c3a9b1d4e62"
    ),
    "X-API-Version": header("The version of the contract.", "0.9.0"),
    "X-Data-Release": header(
        "The release that the figures are from; only where figures are served.",
        "nato-2026-07-10",
    ),
    "Content-Disposition": header(
        "The name to save a file under.",
        'attachment; filename="spending-years_nato-2026-07-10.csv"',
    ),
    "Accept-Ranges": header("That a part of the file may be asked for, in bytes.", "bytes"),
    "Content-Range": header(
        "Which bytes these are, of how many; after a range beyond the end, of how many there are.",
        "bytes 500000-999999/1841307",
    ),
    "Retry-After": {
        "description": "The seconds to wait before trying again.",
        "required": True,
        "schema": {"type": "integer", "format": "int32", "minimum": 0},
        "example": 5,
    },
    "RateLimit": header(
        "How many requests are left (`r`) for how many seconds (`t`); only where the operator set "
        "a limit.",
        '"default";r=599;t=60',
        required=False,
    ),
    "RateLimit-Policy": header(
        "How many requests (`q`) may be made in how many seconds (`w`); only where the operator "
        "set a limit.",
        '"default";q=600;w=60',
        required=False,
    ),
    "Deprecation": header(
        "Since when something that the request used is deprecated, in seconds since 1970 "
        "(RFC 9745); only then.",
        "@1798761600",
        required=False,
    ),
    "Sunset": header(
        "When what is deprecated goes (RFC 8594); only with `Deprecation`.",
        "Mon, 01 Jan 2029 00:00:00 GMT",
        required=False,
    ),
}

# A header that is always there on one answer, and only sometimes on another, has a name for each.
SENT_AS = {"Deprecation-Link": "Link"}

# Only where the operator set a limit, or the request used what is deprecated.
OPTIONAL_HEADERS = ["RateLimit", "RateLimit-Policy", "Deprecation", "Sunset"]
HEADERS_OF_EVERY_200 = ["Cache-Control", "Link", "X-Request-Id", "X-API-Version"]
HEADERS_OF_304 = ["ETag", *HEADERS_OF_EVERY_200, *OPTIONAL_HEADERS]
PROBLEM_HEADERS = ["Cache-Control", "X-Request-Id", *OPTIONAL_HEADERS, "Deprecation-Link"]

"""The header fields that every answer has, errors included; a 304 without those of a body."""

# Name and value of each.
Fields = list[tuple[str, str]]

REQUEST_ID = "X-Request-Id"

# Any page may read us and all of our headers, with no credentials: there are none.
SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "*",
    "Vary": "Accept, Accept-Encoding",
}
# A body is data: no browser may run it, guess its type or frame it.
GUARDED = {"X-Content-Type-Options": "nosniff"}
POLICY_HEADER, POLICY = "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"
# Of a page, which leads elsewhere.
REFERRER_HEADER = "Referrer-Policy"

# Of data; a page has a policy of its own.
OF_DATA = [*SHARED.items(), *GUARDED.items(), (POLICY_HEADER, POLICY)]
# A 304 has no body, and the client keeps these of the one it has.
OF_A_BODY = {
    "content-length",
    "content-type",
    "content-encoding",
    "content-disposition",
    "last-modified",
    "x-content-type-options",
    POLICY_HEADER.lower(),
    REFERRER_HEADER.lower(),
}

PREFLIGHT = [
    *OF_DATA,
    ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
    ("Access-Control-Allow-Headers", "*"),
    ("Access-Control-Max-Age", "86400"),
    ("Cache-Control", "public, max-age=86400"),
]


def without_body(fields: Fields) -> Fields:
    """Return the fields of the 304 that stands for an answer."""
    return [field for field in fields if field[0].lower() not in OF_A_BODY]

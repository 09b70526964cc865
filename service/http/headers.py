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

OF_ALL = [*SHARED.items(), *GUARDED.items()]
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
    *SHARED.items(),
    *GUARDED.items(),
    (POLICY_HEADER, POLICY),
    ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
    ("Access-Control-Allow-Headers", "*"),
    ("Access-Control-Max-Age", "86400"),
    ("Cache-Control", "public, max-age=86400"),
]


def completed(own: Fields) -> Fields:
    """Return an answer's own fields with those that all have."""
    has_policy = any(name == POLICY_HEADER for name, _ in own)
    return own + OF_ALL + ([] if has_policy else [(POLICY_HEADER, POLICY)])


def without_body(fields: Fields) -> Fields:
    """Return the fields of the 304 that stands for an answer."""
    return [field for field in fields if field[0].lower() not in OF_A_BODY]

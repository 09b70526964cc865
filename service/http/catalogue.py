"""The kinds of problem that the service answers with."""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of problem: its stable code, its status, its title, and what to do about it."""

    code: str
    status: int
    title: str
    explanation: str


CATALOGUE = {
    kind.code: kind
    for kind in (
        Kind(
            "bad_request",
            400,
            "Bad request",
            "The request could not be read as HTTP, its `Host` header is missing or malformed, or "
            "several of its parameters are wrong in different ways; `errors` names each.",
        ),
        Kind(
            "unknown_parameter",
            400,
            "Unknown parameter",
            "A query parameter that this path does not take. It is refused rather than ignored, "
            "since a filter that is ignored returns rows that look like an answer. `allowed` "
            "lists what the path takes. Only `_`, `utm_*`, `fbclid` and `gclid` are dropped.",
        ),
        Kind(
            "missing_parameter",
            400,
            "Missing parameter",
            "A query parameter that this path cannot do without was left out.",
        ),
        Kind(
            "unknown_value",
            400,
            "Unknown value",
            "A parameter names something that does not exist, such as a member or a field to "
            "sort by. `allowed` lists what exists where the list is short.",
        ),
        Kind(
            "invalid_value",
            400,
            "Invalid value",
            "A parameter has a value of the wrong form or out of bounds. A limit above the most "
            "allowed is refused, never lowered in silence.",
        ),
        Kind(
            "repeated_parameter",
            400,
            "Repeated parameter",
            "A parameter that takes one value was given several times. Lists, such as `member`, "
            "may be repeated or joined with commas.",
        ),
        Kind(
            "empty_range",
            400,
            "Empty range",
            "A lower bound lies above the upper one, so no row could match.",
        ),
        Kind(
            "conflicting_parameters",
            400,
            "Conflicting parameters",
            "Two parameters exclude each other, such as `release` and `as_of`.",
        ),
        Kind(
            "before_first_release",
            400,
            "Before the first release",
            "`as_of` names a day on which the source had published nothing that is held here. "
            "`/v1/releases` lists what is.",
        ),
        Kind(
            "invalid_cursor",
            400,
            "Invalid cursor",
            "The cursor was not given out by this service, or belongs to another query. Follow "
            "`links.next` as it stands, or start again without a cursor.",
        ),
        Kind(
            "not_found",
            404,
            "Not found",
            "No page has this path, or nothing with the code in it exists. A filter that matches "
            "nothing is no error: it answers 200 with an empty list.",
        ),
        Kind(
            "method_not_allowed",
            405,
            "Method not allowed",
            "Every path answers GET, HEAD and OPTIONS. Nothing can be written over HTTP.",
        ),
        Kind(
            "not_acceptable",
            406,
            "Not acceptable",
            "The Accept header leaves out every format that this path has. Leave the header out, "
            "or accept `*/*`.",
        ),
        Kind(
            "gone",
            410,
            "Gone",
            "A parameter or the path names a release that was withdrawn; `detail` says when and "
            "why. Its figures are no longer served, and its id is never given to another one. "
            "Leave `release` out for the newest, or take another from "
            "`/v1/releases?withdrawn=false`.",
        ),
        Kind(
            "content_too_large",
            413,
            "Content too large",
            "The request carries a body of over 4,096 bytes, or of unknown length. No path reads "
            "one.",
        ),
        Kind(
            "uri_too_long",
            414,
            "URI too long",
            "The request line is over 4,000 bytes. Lists take codes, which are shorter than "
            "names. What is no HTTP that the web server takes it answers with a page of its own, "
            "before we see it: a request line over 8,190 bytes, headers over the limits, a "
            "malformed method or version, a path or query with bytes outside ASCII that are not "
            "percent-encoded. That is the one exception to this format.",
        ),
        Kind(
            "range_not_satisfiable",
            416,
            "Range not satisfiable",
            "A `Range` header asks for bytes beyond the end of the file. `Content-Range` says how "
            "long it is.",
        ),
        Kind(
            "too_many_requests",
            429,
            "Too many requests",
            "The operator's limit is reached; `Retry-After` says for how many seconds.",
        ),
        Kind(
            "internal_error",
            500,
            "Internal error",
            "A fault of the service. It is logged under the `request_id`; please report that.",
        ),
        Kind(
            "database_unavailable",
            503,
            "Database unavailable",
            "The database did not answer in time. Nothing is wrong with the request: try again "
            "after the seconds in `Retry-After`.",
        ),
        Kind(
            "no_data_loaded",
            503,
            "No data loaded",
            "The service runs, but its operator has not loaded any data. Nothing is wrong with "
            "the request.",
        ),
        Kind(
            "database_mismatch",
            503,
            "Database mismatch",
            "The database lacks a table, a column or a right that this version of the service "
            "needs. Its operator has to migrate it, or to restore what was changed. Nothing is "
            "wrong with the request.",
        ),
        Kind(
            "database_damaged",
            503,
            "Database damaged",
            "The database cannot read some of its own files. Its operator has to repair or "
            "restore it. Nothing is wrong with the request, and other requests may succeed.",
        ),
        Kind(
            "storage_full",
            503,
            "Storage full",
            "The service has no disk space left to make a workbook, a Parquet file or an archive. "
            "Nothing is wrong with the request: try again after the seconds in `Retry-After`, or "
            "take the list as JSON, CSV or NDJSON, which need no disk.",
        ),
    )
}

"""What schemathesis must leave alone over HTTP: lines that are refused before they are read."""

from typing import Any
from urllib.parse import quote, urlencode

import schemathesis

# Over this a line is 414 whatever else is wrong with it, and over 8,190 bytes gunicorn says so with a
# page of its own, the documented exception. tests/test_statuses.py and tests/faults provoke both.
LONGEST_LINE = 4000


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    query = urlencode(case.query or {}, doseq=True)
    path = quote(case.formatted_path)
    return len(f"{case.method} {path}?{query} HTTP/1.1") <= LONGEST_LINE

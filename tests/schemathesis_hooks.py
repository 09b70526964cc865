"""What schemathesis must leave alone over HTTP: the requests that gunicorn answers itself."""

from typing import Any
from urllib.parse import quote, urlencode

import schemathesis

# Over this gunicorn answers before us, with a page of its own: the documented exception.
LONGEST_LINE = 8190


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    query = urlencode(case.query or {}, doseq=True)
    path = quote(case.formatted_path)
    return len(f"{case.method} {path}?{query} HTTP/1.1") < LONGEST_LINE - 200

"""Plain HTTP, with no client in between."""

import json
import urllib.error
import urllib.request
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What the service answered, whatever the status."""

    status: int
    media_type: str
    body: Any


def ask(url: str) -> Answer:
    try:
        response = urllib.request.urlopen(url, timeout=30)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        return Answer(response.status, response.headers["Content-Type"], json.load(response))

"""What grows with the data: filtered questions, pages far down, and a whole list as CSV."""

import http.client
import json
import time
from pathlib import Path
from typing import Any

from . import BenchError
from .asking import flat_out
from .candidates import MISS
from .exports import by_psql, over_http
from .questions import of_service
from .results import Results

QUESTIONS = {
    "one series of figures": of_service("small"),
    "all members' series of an indicator": of_service("big"),
    "one member's spending years": of_service("wide small"),
    "all members' spending years": of_service("wide big"),
}
# Of the longest list what can be turned to its end in seconds.
LIST = "/v1/revisions?indicator=share_gdp_pct"
PAGES = 20
EXPORTS = 3
SECONDS = 1


def compare_questions(small: int, large: int, rounds: int, results: Results) -> None:
    """Ask the services on these ports, of which one has larger data, in turn."""
    for _ in range(rounds):
        for name, path in QUESTIONS.items():
            for times, port in (("1", small), ("100", large)):
                rate = flat_out(f"http://127.0.0.1:{port}", path, MISS, SECONDS)
                results.growth.setdefault(name, {}).setdefault(times, []).append(rate)


def compare_pages(port: int, results: Results) -> None:
    """Time first pages and pages nine tenths down, in turn and each of another length.

    Of another length, so that none of them was asked before.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    cursor, row = far_cursor(connection)
    pages: dict[str, list[float]] = {"first": [], "far": [], "row": [row]}
    for limit in range(100, 100 + PAGES):
        for name, where in (("first", ""), ("far", f"&cursor={cursor}")):
            begun = time.perf_counter()
            get(connection, f"{LIST}&limit={limit}{where}")
            pages[name].append((time.perf_counter() - begun) * 1000)
    connection.close()
    results.pages = pages


def far_cursor(connection: http.client.HTTPConnection) -> tuple[str, int]:
    """Turn pages until nine tenths of the list are behind; return where that is."""
    cursor, row, total = "", 0, 1
    while row < total * 0.9:
        answer = get(connection, f"{LIST}&limit=1000{cursor and '&cursor='}{cursor}")
        total, row = answer["meta"]["total"], row + answer["meta"]["count"]
        cursor = answer["links"]["next"].split("cursor=")[1].split("&")[0]
    return cursor, row


def get(connection: http.client.HTTPConnection, path: str) -> Any:
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise BenchError(f"{path}: {answer.status} {body[:200]!r}")
    return json.loads(body)


def compare_exports(port: int, url: str, place: Path, rounds: int, results: Results) -> None:
    export: dict[str, list[float]] = {"http": [], "psql": []}
    for _ in range(min(rounds, EXPORTS)):
        lines, size, seconds = over_http(port)
        export["http"].append(seconds)
        same_lines, _, seconds = by_psql(url, place / "copy.sql")
        export["psql"].append(seconds)
        if lines != same_lines:
            raise BenchError(f"{lines} lines over HTTP, {same_lines} by psql")
        export["lines"], export["bytes"] = [lines], [size]
    results.export = export

"""A whole list as CSV over HTTP, beside the same rows in the same order by `psql \\copy`."""

import http.client
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg

from service.storage.embedded import binaries

from . import ROOT, BenchError
from .processes import SERVER_CORE

# Every figure that a release revised: the longest list, which grows with each release.
PATH = "/v1/revisions.csv"
KIND = "revision"
QUERY = ROOT / "sql" / "queries" / "revisions" / "list.sql"
ORDER = "area, indicator, year, to_release"


def over_http(port: int) -> tuple[int, int, float]:
    """Return the lines, the bytes and the seconds from asking to the last byte."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    begun = time.perf_counter()
    connection.request("GET", PATH)
    answer = connection.getresponse()
    lines = size = 0
    while block := answer.read(1 << 16):
        lines += block.count(b"\n")
        size += len(block)
    seconds = time.perf_counter() - begun
    connection.close()
    if answer.status != 200:
        raise BenchError(f"{PATH}: {answer.status}")
    return lines, size, seconds


def by_psql(url: str, script: Path) -> tuple[int, int, float]:
    """Return the same of psql, in the service's place: it starts, connects, and we read."""
    script.write_text(f"\\copy ({query(url)}) TO STDOUT WITH (FORMAT csv, HEADER)\n", "utf-8")
    program = ["taskset", "--cpu-list", SERVER_CORE, str(binaries.find() / "psql")]
    command = [*program, "--no-psqlrc", "--quiet", "--file", str(script), url]
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = size = 0
        while block := process.stdout.read(1 << 16):
            lines += block.count(b"\n")
            size += len(block)
    if process.returncode != 0:
        raise BenchError(f"psql ended with {process.returncode}")
    return lines, size, time.perf_counter() - begun


def query(url: str) -> str:
    """Return the query that the service sends, on one line as \\copy wants it."""
    text = "\n".join(
        line for line in QUERY.read_text("utf-8").splitlines() if not line.startswith("--")
    )
    given: dict[str, Any] = dict.fromkeys(re.findall(r"%\((\w+)\)s", text))
    with psycopg.connect(url) as connection:
        released = connection.execute("SELECT id FROM release WHERE source = 'nato'").fetchall()
        given |= {"release": [row[0] for row in released], "kind": [KIND]}
        written = psycopg.ClientCursor(connection).mogrify(text, given)
    return " ".join(f"{written} ORDER BY {ORDER}".split())

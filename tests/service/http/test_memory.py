"""A list in a file takes no more of the worker's memory for being long: the real one is measured.

With WHOLE set every list is all of a hundredfold release, 647,400 rows; that takes minutes.
"""

import http.client
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bench.growth import bare
from importers.load import load
from tests.conftest import DATA, made_database
from tests.contract import contract
from tests.faults.conftest import Service, running

MOST = 2 * 2**20
PATH = "/v1/observations"
SUFFIXES = [path.removeprefix(PATH) for path in contract()["paths"] if path.startswith(f"{PATH}.")]

# A year has a hundred times the rows of `small`, and more than eight times those of a release.
LARGE = "" if os.environ.get("WHOLE") else "?year=2024"
SMALL = "?year=2024&area=DEU"
# Of several parts: after it the worker has all that it needs once.
MIDDLE = "?year=2024&indicator=share_gdp_pct"

# Each area of the newest release 99 times more, under names of its own.
HUNDREDFOLD = (
    """
    CREATE TEMPORARY TABLE copy AS
    SELECT code, code || '_' || chr(65 + number / 26) || chr(65 + number % 26) AS name
    FROM area, generate_series(1, 99) AS number
    """,
    "INSERT INTO area SELECT copy.name, 'aggregate', copy.name, NULL FROM copy",
    """
    INSERT INTO observation
    SELECT
        release, copy.name, indicator, year, value, stage, missing_reason, source_cell, notes,
        replace(json, to_json(code)::text, to_json(copy.name)::text)
    FROM observation INNER JOIN copy ON observation.area = copy.code
    WHERE release = 'nato-2026-07-10'
    """,
    "ANALYZE",
)


@pytest.fixture(scope="module")
def service(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return one worker on data/ with the newest release's figures a hundred times."""
    with made_database(server_url) as url:
        load(url, DATA)
        with psycopg.connect(url) as connection, bare(connection, ["observation"]):
            for statement in HUNDREDFOLD:
                connection.execute(statement.encode())
        told = {"WORKERS": "1", "STATEMENT_TIMEOUT_MS": "60000", "FILE_TIMEOUT_MS": "600000"}
        with running({"DATABASE_URL": url}, tmp_path_factory.mktemp("memory"), **told) as service:
            yield service


def length(service: Service, path: str) -> int:
    """Read a file as it comes, and return how many bytes it has."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=900)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        return sum(len(part) for part in iter(lambda: answer.read(2**16), b""))
    finally:
        connection.close()


def memory(worker: int, name: str) -> int:
    """Return VmRSS or VmHWM, what a process takes and the most it took, in bytes."""
    lines = Path(f"/proc/{worker}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_long_list_adds_at_most_two_megabytes(service: Service, suffix: str) -> None:
    [worker] = service.workers()
    small = length(service, f"{PATH}{suffix}{SMALL}")
    length(service, f"{PATH}{suffix}{MIDDLE}")
    before = memory(worker, "VmRSS")
    Path(f"/proc/{worker}/clear_refs").write_text("5")  # from here on VmHWM is counted anew
    large = length(service, f"{PATH}{suffix}{LARGE}")
    assert service.workers() == [worker]
    assert large > (5 if suffix == ".parquet" else 20) * small  # Parquet packs what is alike
    assert memory(worker, "VmHWM") - before <= MOST


def test_every_file_is_measured() -> None:
    assert {".csv", ".ndjson", ".xlsx"} <= set(SUFFIXES)

"""Whoever is measured answers the same questions with the same rows."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from bench import BenchError, databases, stores, tools
from bench.asking import check_rows
from bench.candidates import CANDIDATES, DEPLOYED, SERVED, Candidate, Scene
from bench.processes import started
from bench.questions import FIELDS, SIZES, all_rows, expected, same
from sdk.running import free_port

from ..contract import contract

PROGRAMS = [name for name in tools.PACKAGES if not tools.is_there(name)]


@pytest.fixture(scope="module")
def scene(
    server_url: str, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """Start the service for whoever stands in front of it, and store its rows for the peers."""
    if PROGRAMS or not tools.are_installed():
        pytest.skip("the peers are not installed: run `make bench` once")
    name = f"burdenshare_bench_{uuid4().hex[:12]}"
    ports = {candidate.name: free_port() for candidate in CANDIDATES}
    scene = Scene(
        tmp_path_factory.mktemp("bench"),
        databases.named(server_url, name),
        {"DATABASE_URL": database_url, "LOG_LEVEL": "WARNING"},
        ports,
    )
    with psycopg.connect(server_url, autocommit=True) as connection, ExitStack() as ending:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        ending.callback(connection.execute, drop)
        ending.enter_context(started(CANDIDATES[0], scene))
        stores.store(scene, all_rows(CANDIDATES[0].url(scene)))
        yield scene


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda candidate: candidate.name)
def test_a_candidate_answers_the_rows_of_the_service(candidate: Candidate, scene: Scene) -> None:
    if candidate.name == "behind nginx" and not DEPLOYED.is_file():
        pytest.skip("deploy/nginx/burdenshare.conf is not there")
    rows = all_rows(CANDIDATES[0].url(scene))
    with ExitStack() as running:
        if candidate.name != SERVED:
            running.enter_context(started(candidate, scene))
        sizes = check_rows(candidate, scene, rows)
        assert set(sizes) == set(SIZES)
        with pytest.raises(BenchError, match="answers other rows"):
            check_rows(candidate, scene, [row | {"share_gdp_pct": 0.0} for row in rows])


def test_the_questions_are_of_12_and_384_rows(address: str) -> None:
    rows = all_rows(address)
    assert {size: len(expected(rows, size)) for size in SIZES} == {"small": 12, "big": 384}


def test_the_fields_are_those_of_the_contract() -> None:
    assert list(contract()["components"]["schemas"]["SpendingYear"]["properties"]) == list(FIELDS)


def test_rows_are_compared_whole() -> None:
    one = {"member": "POL", "year": 2024, "stage": "actual", "currency": None}
    other = {"member": "POL", "year": 2025, "stage": "estimate"}
    assert same([one, other], [other, one])
    assert same([one], [{name: value for name, value in one.items() if value is not None}])
    assert not same([one, other], [one])
    assert not same([one], [one | {"stage": "estimate"}])


def test_bare_workers_have_the_settings_of_the_service() -> None:
    root = Path(__file__).parents[2]
    ours = (root / "gunicorn.conf.py").read_text("utf-8").splitlines()
    bare = (root / "bench" / "peers" / "bare_settings.py").read_text("utf-8").splitlines()
    own = ("workers", "threads", "#")
    same_ones = [line for line in bare if " = " in line and not line.startswith(own)]
    assert len(same_ones) >= 3
    assert [line for line in same_ones if line not in ours] == []

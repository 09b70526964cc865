"""Whoever is measured answers the same questions with the same rows."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from bench import BenchError, databases, stores, tools
from bench.asking import check_rows
from bench.candidates import CANDIDATES, NOT_MODIFIED, SERVED, Candidate, Scene
from bench.processes import started
from bench.questions import (
    OBSERVATIONS,
    SIZES,
    SPENDING_YEARS,
    WIDE,
    Held,
    Listed,
    asked,
    expected,
    held_by,
    of_service,
    same,
)
from sdk.running import free_port

from ..contract import contract

PROGRAMS = [name for name in tools.PACKAGES if not tools.is_there(name)]
BY_NAME = {candidate.name: candidate for candidate in CANDIDATES}
# Of one answer, whoever gives it.
OF_ONE_ANSWER = {"Date", "X-Request-Id"}


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
        ending.enter_context(started(BY_NAME[SERVED], scene))
        held = held_by(BY_NAME[SERVED].url(scene))
        stores.store(scene, held)
        yield replace(scene, release=held.release)


@pytest.fixture(scope="module")
def held(scene: Scene) -> Held:
    return held_by(BY_NAME[SERVED].url(scene))


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda candidate: candidate.name)
def test_a_candidate_answers_the_rows_of_the_service(
    candidate: Candidate, scene: Scene, held: Held
) -> None:
    with ExitStack() as running:
        if candidate.name != SERVED:
            running.enter_context(started(candidate, scene))
        assert set(check_rows(candidate, scene, held)) == set(candidate.paths) >= set(SIZES)
        wrong = {
            OBSERVATIONS.table: [row | {"value": 0.0} for row in held.rows[OBSERVATIONS.table]],
            SPENDING_YEARS.table: held.rows[SPENDING_YEARS.table],
        }
        with pytest.raises(BenchError, match="answers other rows"):
            check_rows(candidate, scene, Held(wrong, held.release))


def answers(candidate: Candidate, scene: Scene) -> dict[str, tuple[set[tuple[str, str]], bytes]]:
    """Return the head and the body of each answer, but for what is of one answer alone."""
    found = {}
    for size in SIZES:
        connection = HTTPConnection("127.0.0.1", scene.ports[candidate.name])
        connection.request("GET", asked(candidate.path(scene, size)))
        answer = connection.getresponse()
        head = {pair for pair in answer.getheaders() if pair[0].title() not in OF_ONE_ANSWER}
        found[size] = head, answer.read()
        connection.close()
    return found


@pytest.mark.parametrize(
    ("name", "like"),
    [("bare asgi (same head)", SERVED), ("nginx static (same head)", "behind nginx")],
)
def test_the_same_head_is_the_same(name: str, like: str, scene: Scene) -> None:
    with ExitStack() as running:
        for each in {name, like} - {SERVED}:
            running.enter_context(started(BY_NAME[each], scene))
        # What is asked first comes from the service, and later ones from its cache.
        answers(BY_NAME[like], scene)
        assert answers(BY_NAME[name], scene) == answers(BY_NAME[like], scene)


def test_peers_keep_what_the_service_holds(scene: Scene, database_url: str) -> None:
    figures = (
        "SELECT release, area, indicator, year, value::double precision FROM {} ORDER BY 1, 2, 3, 4"
    )
    with psycopg.connect(database_url) as service, psycopg.connect(scene.database) as peers:
        ours = service.execute(figures.format("observation")).fetchall()
        assert peers.execute(figures.format("observations")).fetchall() == ours
        [(kind,)] = peers.execute("SELECT pg_typeof(value)::text FROM observations LIMIT 1")
    assert (kind, len(ours)) == ("numeric", 19_363)


def test_the_questions_are_of_12_and_384_rows(address: str) -> None:
    held = held_by(address)
    counts = {size: len(expected(held, size)) for size in (*SIZES, *WIDE)}
    assert counts == {"small": 12, "big": 384, "wide small": 12, "wide big": 384}
    assert of_service("big") == (
        "/v1/observations?indicator=share_gdp_pct&area_kind=member&year_gte=2015&year_lte=NNN"
    )


@pytest.mark.parametrize(
    ("schema", "listed"), [("Observation", OBSERVATIONS), ("SpendingYear", SPENDING_YEARS)]
)
def test_the_fields_are_those_of_the_contract(schema: str, listed: Listed) -> None:
    fields = contract()["components"]["schemas"][schema]["properties"]
    assert list(fields) == list(listed.fields)


def test_wide_rows_are_asked_of_two() -> None:
    visits = [
        (candidate.name, kind)
        for candidate in CANDIDATES
        for kind, size in candidate.visits
        if size == "wide big"
    ]
    assert visits == [(SERVED, "hit"), (SERVED, "miss"), ("fastapi", "miss")]
    assert (NOT_MODIFIED, "big") in BY_NAME[SERVED].visits


def test_rows_are_compared_whole() -> None:
    one = {"member": "POL", "year": 2024, "stage": "actual", "currency": None}
    other = {"member": "POL", "year": 2025, "stage": "estimate"}
    assert same([one, other], [other, one], SPENDING_YEARS)
    left_out = {name: value for name, value in one.items() if value is not None}
    assert same([one], [left_out], SPENDING_YEARS)
    assert not same([one, other], [one], SPENDING_YEARS)
    assert not same([one], [one | {"stage": "estimate"}], SPENDING_YEARS)


def test_bare_workers_have_the_settings_of_the_service() -> None:
    root = Path(__file__).parents[2]
    ours = (root / "gunicorn.conf.py").read_text("utf-8").splitlines()
    bare = (root / "bench" / "peers" / "bare_settings.py").read_text("utf-8").splitlines()
    own = ("workers", "threads", "#")
    same_ones = [line for line in bare if " = " in line and not line.startswith(own)]
    assert len(same_ones) >= 3
    assert [line for line in same_ones if line not in ours] == []

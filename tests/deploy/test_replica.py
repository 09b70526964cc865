"""A primary and a streaming replica: read here, loaded there, one of them gone, the other promoted."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from contract.examples import withdraw
from importers.load import load
from service.storage.errors import DatabaseUnavailableError
from service.storage.migrations import migrate
from tests.conftest import served
from tests.contract import FILES
from tests.test_conventions import EXAMPLES

from .replica import Pair, replicated, wait_for

DATA = Path(__file__).parents[2] / "data"
LATE = "sipri-2025-04-28"
QUESTION = "/v1/spending-years?year=2024&share_gdp_pct_gte=2"


def prepare(url: str) -> None:
    migrate(url)
    load(url, DATA, only={path.name for path in (DATA / "releases").iterdir()} - {LATE})


def get(app: Flask, path: str) -> Any:
    return FlaskClient(app, app.response_class).get(path, buffered=True)


def is_on_a_replica(app: Flask) -> Any:
    with app.extensions["database"].snapshot() as snapshot:
        return snapshot.connection.execute("SELECT pg_is_in_recovery() AS it").fetchone()["it"]


def test_a_primary_and_its_replica(tmp_path: Path) -> None:
    """One test, since what comes later needs what was done before, and a pair takes seconds."""
    with replicated(prepare) as pair:
        what_is_loaded_on_the_primary_is_read_on_the_replica(pair)
        every_route_answers_on_the_replica_as_on_the_primary(pair)
        a_query_in_the_way_of_replaying_is_503_and_stops_no_other(pair)
        reading_goes_on_without_the_primary_and_after_a_promotion(pair, tmp_path / "data")


def what_is_loaded_on_the_primary_is_read_on_the_replica(pair: Pair) -> None:
    both = (pair.replica_url, pair.primary_url)
    reading = {"target_session_attrs": "prefer-standby", "load_balance_hosts": "random"}
    with served(pair.url(*both, **reading)) as app:
        assert is_on_a_replica(app)
        assert get(app, f"/v1/releases/{LATE}").status_code == 404
        before = get(app, QUESTION)
        assert before.json["meta"]["total"] == 17
        load(pair.url(*both, target_session_attrs="read-write"), DATA, only={LATE})
        wait_for(lambda: get(app, f"/v1/releases/{LATE}").status_code == 200)
        assert get(app, QUESTION).headers["ETag"] != before.headers["ETag"]


def every_route_answers_on_the_replica_as_on_the_primary(pair: Pair) -> None:
    pair.catch_up()
    paths = [path for path in EXAMPLES.values() if not path.partition("?")[0].endswith(FILES)]
    with served(pair.primary_url) as primary, served(pair.replica_url) as replica:
        for path in {*paths, "/v1/members.csv", QUESTION} - {"/metrics"}:
            one, other = get(primary, path), get(replica, path)
            assert one.status_code == other.status_code == 200, path
            assert one.headers.get("ETag") == other.headers.get("ETag"), path
            assert one.data == other.data, path


@contextmanager
def giving_way(url: str) -> Iterator[None]:
    """Let a replica replay at once whatever is in the way."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("ALTER SYSTEM SET max_standby_streaming_delay = 0")
        owner.execute("SELECT pg_reload_conf()")
        yield
        owner.execute("ALTER SYSTEM SET max_standby_streaming_delay = '90s'")
        owner.execute("SELECT pg_reload_conf()")


def read_across_a_lock(pair: Pair, app: Flask) -> None:
    """Read a table before and after the primary locks it, which the replica has to replay."""
    with app.extensions["database"].snapshot() as snapshot:
        snapshot.connection.execute("SELECT count(*) FROM spending_year")
        with psycopg.connect(pair.primary_url) as owner:
            owner.execute("LOCK TABLE spending_year IN ACCESS EXCLUSIVE MODE")
        pair.catch_up()
        snapshot.connection.execute("SELECT count(*) FROM spending_year")


def a_query_in_the_way_of_replaying_is_503_and_stops_no_other(pair: Pair) -> None:
    with served(pair.replica_url) as app, giving_way(pair.replica_url):
        with pytest.raises(DatabaseUnavailableError, match="conflict with recovery"):
            read_across_a_lock(pair, app)
        assert get(app, QUESTION).status_code == 200


def reading_goes_on_without_the_primary_and_after_a_promotion(pair: Pair, data: Path) -> None:
    both = (pair.primary_url, pair.replica_url)
    with (
        served(pair.url(*both)) as in_order,
        served(pair.url(*both, target_session_attrs="prefer-standby")) as standby_first,
    ):
        assert (is_on_a_replica(in_order), is_on_a_replica(standby_first)) == (False, True)
        etag = get(in_order, QUESTION).headers["ETag"]
        pair.primary.stop()
        gone_at = time.monotonic()
        wait_for(lambda: get(in_order, QUESTION).status_code == 200)
        assert time.monotonic() - gone_at < 2
        for app in (in_order, standby_first):
            assert is_on_a_replica(app)
            found = get(app, QUESTION)
            assert (found.status_code, found.headers["ETag"]) == (200, etag)
        with psycopg.connect(pair.replica_url, autocommit=True) as owner:
            owner.execute("SELECT pg_promote()")
        for app in (in_order, standby_first):
            assert get(app, QUESTION).status_code == 200
            assert not is_on_a_replica(app)
        shutil.copytree(DATA, data)
        withdraw(data, LATE)
        load(pair.url(*both, target_session_attrs="read-write"), data, only={LATE})
        for app in (in_order, standby_first):
            assert get(app, f"/v1/spending-years?release={LATE}").status_code == 410

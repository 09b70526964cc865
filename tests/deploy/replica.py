"""A primary and a streaming replica of it, made as docs/operations.md says."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from service.storage.embedded import EmbeddedServer, account, binaries, cluster, postmaster

SETTINGS = "hot_standby_feedback = on\nmax_standby_streaming_delay = 90s\n"


class Pair(NamedTuple):
    """The two servers; `primary` may be stopped."""

    primary: EmbeddedServer
    primary_url: str
    replica_url: str

    def url(self, *urls: str, **settings: str) -> str:
        """Return the URL of several servers, in this order."""
        hosts = [str(conninfo_to_dict(url)["host"]) for url in urls]
        return make_conninfo(self.primary_url, host=",".join(hosts), port="5432", **settings)

    def catch_up(self) -> None:
        """Wait until the replica has all that the primary committed."""
        with psycopg.connect(self.primary_url, autocommit=True) as connection:
            at = connection.execute("SELECT pg_current_wal_lsn()").fetchone()
        assert at is not None
        with psycopg.connect(self.replica_url, autocommit=True) as connection:
            wait_for(
                lambda: connection.execute(
                    "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", at
                ).fetchone() == (True,)
            )  # fmt: skip


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def replicated(prepare: Callable[[str], object]) -> Iterator[Pair]:
    """Start a primary, prepare it, start a replica of it; end both."""
    place = Path(tempfile.gettempdir()) / f"burdenshare-pair-{uuid4().hex[:8]}"
    primary = EmbeddedServer(place / "primary")
    try:
        primary.start()
        prepare(primary.url)
        with replica_of(primary, place / "replica") as replica_url:
            yield Pair(primary, primary.url, replica_url)
    finally:
        primary.stop()
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def replica_of(primary: EmbeddedServer, place: Path) -> Iterator[str]:
    runner = account.choose(place / "data")
    programs = binaries.readable(binaries.find(), runner, primary.directory)
    if not (programs / "pg_basebackup").exists():
        pytest.skip(f"needs pg_basebackup beside {programs}: install PostgreSQL's client programs")
    data, sockets = place / "data", place / "s"
    cluster.make(place, 0o711)
    for folder in (data, sockets):
        folder.mkdir(mode=0o700)
        os.chown(folder, runner.uid, runner.gid)
    with (place / "log").open("wb") as log:
        copy = [
            "--create-slot",
            "--slot=replica1",
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
            "--pgdata",
            data,
        ]
        subprocess.run(
            [programs / "pg_basebackup", "--dbname", primary.url, *copy],
            check=True,
            stdout=log,
            stderr=log,
            **cluster.surroundings(runner),
        )
        with (data / "postgresql.auto.conf").open("a") as settings:
            settings.write(SETTINGS)
        process = postmaster.spawn(programs, data, sockets, runner, log)
    try:
        url = make_conninfo(primary.url, host=str(sockets))
        wait_for(lambda: answers(url))
        yield url
    finally:
        process.send_signal(signal.SIGQUIT)  # nothing of it is needed again
        process.wait(30)

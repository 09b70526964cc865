"""Behind a pooler that shares PostgreSQL's sessions: refused at the start, in one line."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from service.storage.embedded import EmbeddedServer

from .conftest import ROOT, free_port

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="needs pgbouncer")

# It takes no settings with a connection unless it is told to drop them.
DROPPING = "ignore_startup_parameters = options, extra_float_digits"
COMMANDS = {
    "gunicorn": ["gunicorn", "service.asgi:create_asgi()"],
    "make run": ["service"],
    "flask migrate": ["flask", "--app", "service", "migrate"],
    "importers load": ["importers", "load"],
    "importers releases": ["importers", "releases", "list"],
}


@contextmanager
def pgbouncer(server: EmbeddedServer, folder: Path, mode: str, more: str = "") -> Iterator[str]:
    """Run pgbouncer in front of a server, and return the URL of its database there."""
    port = free_port()
    sockets = conninfo_to_dict(server.url)["host"]
    settings = folder / "pgbouncer.ini"
    settings.write_text(f"""
[databases]
burdenshare = host={sockets} port=5432 dbname=burdenshare user=burdenshare
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
{more}
""")
    settings.chmod(0o644)
    url = f"postgresql://burdenshare@127.0.0.1:{port}/burdenshare"
    with subprocess.Popen(
        [str(PGBOUNCER), "--quiet", str(settings)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **owner_of(Path(str(sockets))),
    ) as process:
        try:
            wait_until_open(url)
            yield url
        finally:
            process.terminate()


def owner_of(sockets: Path) -> dict[str, Any]:
    """Return how to run as the account of the server: nobody else may enter its directory."""
    if os.geteuid() != 0:
        return {}
    status = sockets.stat()
    return {"user": status.st_uid, "group": status.st_gid, "extra_groups": []}


def wait_until_open(url: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def open_path() -> Iterator[Path]:
    """Return a directory that the server's account can enter."""
    place = Path(f"/var/tmp/burdenshare-pooler-{os.getpid()}")
    place.mkdir(mode=0o755)
    yield place
    shutil.rmtree(place)


def run(command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", *COMMANDS[command]],
        cwd=ROOT,
        env=inherited | {"PORT": str(free_port())} | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("mode", ["transaction", "session"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_pooler_is_refused(
    postgres: EmbeddedServer, open_path: Path, command: str, mode: str
) -> None:
    with pgbouncer(postgres, open_path, mode, DROPPING) as url:
        ended = run(command, DATABASE_URL=url)
    assert ended.returncode != 0
    [line] = [line for line in ended.stderr.splitlines() if not line.startswith("[")]  # gunicorn's
    assert "pooler" in line
    assert "connect to PostgreSQL itself" in line


def test_a_pooler_that_takes_turns_is_refused(postgres: EmbeddedServer, open_path: Path) -> None:
    turns = f"{DROPPING}\nserver_round_robin = 1\nmin_pool_size = 3"
    with pgbouncer(postgres, open_path, "transaction", turns) as url:
        for _ in range(3):
            assert run("importers releases", DATABASE_URL=url).returncode == 1


def test_a_pooler_that_takes_no_settings_is_refused(
    postgres: EmbeddedServer, open_path: Path
) -> None:
    with pgbouncer(postgres, open_path, "session") as url:
        reader = url.replace("burdenshare@", "burdenshare_reader@")
        ended = run("gunicorn", DATABASE_READER_URL=reader)
    assert ended.returncode == 1
    [line] = [line for line in ended.stderr.splitlines() if line.startswith("error: ")]
    assert "connect to PostgreSQL itself" in line

"""The service, started for the trial alone, and the programs of the trial."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from service import supervisor
from service.listening import Address
from service.processes import die_with_parent

from . import PLACE

LIMIT_S = 300


class Done(NamedTuple):
    """How a program ended: 0 if well, what it printed, and after how long."""

    exit_code: int
    output: str
    errors: str
    seconds: float


@contextmanager
def service() -> Iterator[str]:
    """Start everything on a free port, with a PostgreSQL of its own; return the URL."""
    # Not a temporary directory of Python's: as root the server's account could not enter it.
    directory = Path(tempfile.gettempdir()) / f"burdenshare-sdk-{uuid4().hex[:12]}"
    port = free_port()
    PLACE.mkdir(parents=True, exist_ok=True)
    log = PLACE / "service.log"
    inherited = {name: value for name, value in os.environ.items() if "DATABASE" not in name}
    environment = inherited | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": "1",
        "LOG_LEVEL": "WARNING",
        "RATE_LIMIT": "",
        "DATABASE_DIR": str(directory),
    }
    try:
        with (
            log.open("wb") as sink,
            supervisor.running([sys.executable, "-m", "service"], environment, sink) as process,
        ):
            try:
                supervisor.wait_until_ready(process, Address("127.0.0.1", port))
            except supervisor.SupervisorError as error:
                said = log.read_text("utf-8", "replace")
                raise supervisor.SupervisorError(f"the service did not start:\n{said}") from error
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                supervisor.signals.begin_ending()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def run(command: str, folder: Path, **variables: str) -> Done:
    """Run shell commands in a folder; nothing that they start outlives them."""
    begun = time.monotonic()
    with subprocess.Popen(
        ["bash", "-e", "-o", "pipefail", "-c", command],
        cwd=folder,
        env=dict(os.environ) | OFFLINE | {"PATH": path()} | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    ) as process:
        try:
            output, errors = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            output, errors = b"", b"not done within %d seconds" % LIMIT_S
        finally:
            supervisor.end(process)
    seconds = time.monotonic() - begun
    return Done(process.returncode, output.decode(), errors.decode("utf-8", "replace"), seconds)


# A generated client must need nothing that only a download brings.
OFFLINE = {"GOPROXY": "off", "GOTOOLCHAIN": "local", "GOCACHE": str(PLACE / "go-cache")}


def path() -> str:
    return f"{PLACE / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"

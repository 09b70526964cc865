"""The service as it runs in earnest: gunicorn with two workers, and a PostgreSQL of its own."""

import http.client
import json
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
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from importers.load import load
from service.storage.embedded import EmbeddedServer
from service.storage.migrations import migrate

ROOT = Path(__file__).parents[2]


class Answer(NamedTuple):
    """What came back: the status, the headers in lower case, the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Service:
    """A running gunicorn, with its log in a file."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process, self.port, self.log = process, port, log

    def get(self, path: str, timeout: float = 20, headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def workers(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def logged(self) -> list[dict[str, Any]]:
        lines = self.log.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedServer]:
    """Return a server that tests may stop and start, with the data loaded."""
    directory = Path(tempfile.gettempdir()) / f"burdenshare-faults-{uuid4().hex[:12]}"
    server = EmbeddedServer(directory)
    try:
        server.start()
        migrate(server.url)
        load(server.url, ROOT / "data")
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def urls(postgres: EmbeddedServer) -> dict[str, str]:
    return {"DATABASE_URL": postgres.url, "DATABASE_READER_URL": postgres.reader_url}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(
    urls: dict[str, str], folder: Path, log: Path | None = None, **variables: str
) -> Iterator[Service]:
    """Start gunicorn on the server of these URLs, and end it. Its log is a file in the folder."""
    log, port = log or folder / "log", free_port()
    environment = {"PATH": os.environ["PATH"], "PORT": str(port)} | urls | variables
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "service.asgi:create_asgi()"],
            cwd=ROOT,
            env=environment,
            stdout=sink,
            stderr=sink,
        )
        service = Service(process, port, log)
        try:
            wait_until_alive(service, int(variables.get("WORKERS", 2)))
            yield service
        finally:
            process.send_signal(
                signal.SIGQUIT
            )  # at once: how it ends with SIGTERM has its own test
            try:
                process.wait(40)
            finally:
                process.kill()


def wait_until_alive(service: Service, workers: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert service.process.poll() is None, service.log.read_text("utf-8")
        try:
            if service.get("/healthz").status == 200 and len(service.workers()) == workers:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("gunicorn did not answer within 20 seconds")


@pytest.fixture
def service(urls: dict[str, str], tmp_path: Path) -> Iterator[Service]:
    with running(urls, tmp_path) as found:
        yield found

"""gunicorn on a Unix socket, where a request has no address that it came from."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .conftest import ROOT

ANSWER = re.compile(rb"HTTP/1\.[01] (\d{3}) .*?\r\n\r\n(.*)", re.DOTALL)


class Listening:
    """A gunicorn that listens on a path."""

    def __init__(self, path: Path, log: Path) -> None:
        self.path, self.log = path, log

    def send(self, request: str) -> tuple[int, bytes, str]:
        """Send a request as it is; return status, body and head."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(self.path))
            connection.sendall(request.replace("\n", "\r\n").encode())
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        found = ANSWER.fullmatch(received)
        assert found
        head = received[: -len(found[2])] if found[2] else received
        return int(found[1]), found[2], head.decode("latin-1").lower()


@contextmanager
def listening(folder: Path, *arguments: str, **variables: str) -> Iterator[Listening]:
    path, log = folder / "sock", folder / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *arguments, "service.asgi:create_asgi()"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "WORKERS": "1", **variables},
            stdout=sink,
            stderr=sink,
        )
    try:
        deadline = time.monotonic() + 20
        while not path.exists():
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield Listening(path, log)
    finally:
        process.send_signal(signal.SIGQUIT)
        try:
            process.wait(40)
        finally:
            process.kill()


def get(path: str) -> str:
    return f"GET {path} HTTP/1.1\nHost: burdenshare.example\nConnection: close\n\n"


@pytest.mark.parametrize("way", ["HOST", "--bind"])
def test_it_answers(urls: dict[str, str], tmp_path: Path, way: str) -> None:
    address = f"unix:{tmp_path / 'sock'}"
    arguments = ["--bind", address] if way == "--bind" else []
    variables = {"HOST": address} if way == "HOST" else {}
    with listening(tmp_path, *arguments, **urls, **variables) as service:
        for path in ("/healthz", "/readyz", "/v1", "/v1/members/POL", "/docs", "/metrics"):
            status, body, _ = service.send(get(path))
            assert (status, bool(body)) == (200, True), path
        status, _, _ = service.send(get("/v1/members?memebr=POL"))
        assert status == 400
    lines = [
        json.loads(line) for line in service.log.read_text("utf-8").splitlines() if line[0] == "{"
    ]
    assert [line["path"] for line in lines].count("/v1/members/POL") == 1
    assert "Traceback" not in service.log.read_text("utf-8")


@pytest.mark.parametrize("path", ["/v1/changelog.atom", "/v1/datasets.jsonld"])
def test_links_are_absolute_also_for_a_client_that_names_no_host(
    urls: dict[str, str], tmp_path: Path, path: str
) -> None:
    with listening(tmp_path, HOST=f"unix:{tmp_path / 'sock'}", **urls) as service:
        for request, root in (
            (get(path), b"http://burdenshare.example/v1"),
            (f"GET {path} HTTP/1.0\n\n", b"http://localhost/v1"),
        ):
            status, body, _ = service.send(request)
            assert status == 200
            assert root in body
            assert b"http:///" not in body


def test_all_that_come_by_the_socket_share_one_limit(urls: dict[str, str], tmp_path: Path) -> None:
    host = f"unix:{tmp_path / 'sock'}"
    with listening(tmp_path, HOST=host, RATE_LIMIT="3/minute", **urls) as service:
        # The second comes out of the cache.
        statuses = [service.send(get("/v1/members/POL"))[0] for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        _, _, head = service.send(get("/v1/members/FRA"))
        assert "retry-after: " in head


def test_a_trusted_proxy_says_who_asks(urls: dict[str, str], tmp_path: Path) -> None:
    host = f"unix:{tmp_path / 'sock'}"
    with listening(
        tmp_path, HOST=host, RATE_LIMIT="1/minute", TRUSTED_PROXIES="1", **urls
    ) as service:
        asked = get("/v1/members/POL").removesuffix("\n") + "X-Forwarded-For: 192.0.2.{}\n\n"
        assert [service.send(asked.format(number))[0] for number in (1, 1, 2)] == [200, 429, 200]

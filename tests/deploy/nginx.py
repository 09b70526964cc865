"""The shipped nginx, started as it stands but for the lines that name a place."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests.faults.conftest import Answer, free_port

SHIPPED = Path(__file__).parents[2] / "deploy" / "nginx"
# Debian keeps it where only root looks.
NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")


class Nginx:
    """A running nginx, its port and the folder that it works in."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
        self.process, self.port, self.folder = process, port, folder

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return ask(self.port, path, method, **headers)

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def log(self) -> str:
        return (self.folder / "error.log").read_text("utf-8")


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    """Ask over a connection of its own; `if_match` is sent as `if-match`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True, skip_host="host" in headers)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        names = {name.lower() for name, _ in response.getheaders()}
        found = {name: response.headers[name] for name in names}
        found["link"] = ", ".join(response.headers.get_all("link") or ())
        return Answer(response.status, found, response.read())
    finally:
        connection.close()


def placed(folder: Path, port: int, services: tuple[int, ...]) -> Path:
    """Write the configuration with other places into a folder, and return its path."""
    places = {
        "server 127.0.0.1:8000;": "\n".join(f"server 127.0.0.1:{at};" for at in services),
        "proxy_cache_path /var/cache/nginx/burdenshare ": f"proxy_cache_path {folder}/cache ",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "/var/log/nginx/burdenshare.log burdenshare buffer=64k flush=5s;": f"{folder}/access.log burdenshare;",
        "user www-data;": "",
        "worker_processes auto;": "worker_processes 2;",
        "pid /run/nginx.pid;": f"pid {folder}/nginx.pid;",
        "error_log /var/log/nginx/error.log warn;": f"error_log {folder}/error.log info;",
    }
    for name in ("nginx.conf", "burdenshare.conf"):
        text = (SHIPPED / name).read_text("utf-8")
        for line in re.findall(r"^.*# place.*$", text, re.MULTILINE):
            (old,) = (place for place in places if place in line)
            text = text.replace(line, line.replace(old, places.pop(old)))
        (folder / name).write_text(text, "utf-8")
    assert places == {}
    return folder / "nginx.conf"


@contextmanager
def nginx(*services: int) -> Iterator[Nginx]:
    """Start nginx in front of services on these ports, with an empty cache, and end it."""
    # Its workers are not root: they must be able to enter.
    folder = Path(tempfile.mkdtemp(prefix="burdenshare-nginx-", dir="/var/tmp"))
    folder.chmod(0o755)
    port = free_port()
    configuration = placed(folder, port, services)
    command = [str(NGINX), "-p", folder, "-c", configuration, "-e", folder / "error.log"]
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    found = Nginx(process, port, folder)
    try:
        wait_until_open(found)
        yield found
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder)


def wait_until_open(found: Nginx) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert found.process.poll() is None, found.log()
        try:
            return socket.create_connection(("127.0.0.1", found.port)).close()
        except OSError:
            time.sleep(0.02)
    raise AssertionError(found.log())


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: Any) -> None:
        pass


class Service:
    """An application on a port of its own, which remembers what it was asked."""

    def __init__(self, app: Flask) -> None:
        self.app, self.port = app, free_port()
        self.asked: list[dict[str, Any]] = []
        self.delay_s = 0.0
        self._server: BaseWSGIServer | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.asked.append(environ)
        time.sleep(self.delay_s)
        return self.app(environ, start_response)

    def start(self) -> None:
        self._server = make_server(
            "127.0.0.1", self.port, self, threaded=True, request_handler=Handler
        )
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return ask(self.port, path, method, **headers)

    def header(self, name: str) -> list[str]:
        """Return what each request had under a header."""
        key = "HTTP_" + name.upper().replace("-", "_")
        return [environ.get(key, "") for environ in self.asked]

"""The databases of a run: those of the service, loaded, and that of the peers."""

import sys
import time
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from service import supervisor
from service.storage.embedded import EmbeddedServer

from . import BenchError
from .processes import LOAD_CORE, SERVER_CORE, wait_for
from .questions import asked, of_service

TIMES = 100


def named(url: str, name: str) -> str:
    """Return the URL with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def make(url: str, name: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return named(url, name)


def variables(server: EmbeddedServer, name: str) -> dict[str, str]:
    """Return what the service is told of a database."""
    return {
        "DATABASE_URL": named(server.url, name),
        "DATABASE_READER_URL": named(server.reader_url, name),
    }


def start_everything(environment: Mapping[str, str], place: Path, port: int) -> float:
    """Start the service by `python -m service`, ask one question, end it; return the seconds.

    On both cores, as anybody would. The first time in a folder everything is made and loaded.
    """
    told = {"HOST": "127.0.0.1", "PORT": str(port), "DATABASE_DIR": str(place / "postgres")}
    cores = f"{SERVER_CORE},{LOAD_CORE}"
    command = ["taskset", "--cpu-list", cores, sys.executable, "-m", "service"]
    log = place / "everything.log"
    with log.open("wb") as sink:
        begun = time.perf_counter()
        with supervisor.running(command, {**environment, **told}, sink) as process:
            wait_for(f"http://127.0.0.1:{port}{asked(of_service('small'))}", process, log)
            return time.perf_counter() - begun


def grow(url: str) -> None:
    """Fill an empty database with the data, a hundred times. Raises BenchError if it cannot."""
    if find_spec("bench.growth") is None:
        raise BenchError("bench/growth.py, which makes the data larger, is not there")
    import_module("bench.growth").grow(url, TIMES)

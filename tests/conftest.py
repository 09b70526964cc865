"""A real PostgreSQL, migrated by our own runner and loaded from data/ by our own importer.

DATABASE_URL names a server to make scratch databases on; without it an embedded one is started.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo
from werkzeug.serving import make_server

from contract.examples import withdraw
from importers.load import load
from service import create_app
from service.config import Config
from service.storage.embedded import EmbeddedServer
from service.storage.migrations import migrate

from .contract import CheckingClient

DATA = Path(__file__).parents[1] / "data"

# What is tested is set by the tests, not by whoever runs them. With DATABASE_URL, the variables of
# PostgreSQL are part of how that server is reached.
OURS = {
    "HOST", "PORT", "WORKERS", "WEB_CONCURRENCY", "DATABASE_READER_URL", "DATABASE_DIR",
    "STATEMENT_TIMEOUT_MS", "FILE_TIMEOUT_MS", "POOL_SIZE", "POOL_TIMEOUT_MS", "CACHE_MB",
    "RATE_LIMIT", "TRUSTED_PROXIES", "LOG_LEVEL",
}  # fmt: skip
OTHERS = (
    ("FLASK_", "GUNICORN_") if os.environ.get("DATABASE_URL") else ("FLASK_", "GUNICORN_", "PG")
)
for name in [name for name in os.environ if name in OURS or name.startswith(OTHERS)]:
    del os.environ[name]

# Everywhere else each run tries other cases; CI says whether a change is good, the same every time.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """Return the URL of a server on which tests may make and drop databases of their own."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    # Not a temporary directory of Python's: as root the server's account could not enter it.
    directory = Path(tempfile.gettempdir()) / f"burdenshare-test-{uuid4().hex[:12]}"
    try:
        with EmbeddedServer(directory) as server:
            yield server.url
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def made_database(server_url: str) -> Iterator[str]:
    """Make an empty migrated database, and drop it at the end."""
    name = sql.Identifier(f"burdenshare_test_{uuid4().hex[:12]}")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        try:
            url = make_conninfo(server_url, dbname=name._obj[0])
            migrate(url)
            yield url
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture
def scratch_database(server_url: str) -> Iterator[str]:
    """Return the URL of an empty migrated database of the test's own."""
    with made_database(server_url) as url:
        yield url


@pytest.fixture(scope="session")
def database_url(server_url: str) -> Iterator[str]:
    """Return the URL of a database that holds data/ as it is; tests leave it alone."""
    with made_database(server_url) as url:
        load(url, DATA)
        yield url


@contextmanager
def served(url: str, reader_url: str | None = None) -> Iterator[Flask]:
    """Return the application on a database, its answers checked against the contract."""
    app = create_app(Config(database_url=url, database_reader_url=reader_url))
    app.test_client_class = CheckingClient
    yield app
    app.extensions["database"].close()


@pytest.fixture(scope="session")
def app(database_url: str) -> Iterator[Flask]:
    with served(database_url) as app:
        yield app


# The oldest and the newest full release of NATO, and SIPRI's only one.
WITHDRAWN = ("nato-2024-06-17", "nato-2026-07-10", "sipri-2025-04-28")


@pytest.fixture(scope="session")
def withdrawn_app(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return the application on data/ with three releases withdrawn."""
    data = tmp_path_factory.mktemp("withdrawn") / "data"
    shutil.copytree(DATA, data)
    for name in WITHDRAWN:
        withdraw(data, name)
    with made_database(server_url) as url:
        load(url, data)
        with served(url) as app:
            yield app


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """Return the URL at which programs outside of this one reach the application."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()

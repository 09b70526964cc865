"""PostgreSQL servers of a test's own: what belongs to a whole server is not shared."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from service.storage.embedded import EmbeddedServer, binaries

OLDEST = Path("/usr/lib/postgresql/15/bin")


class OwnServer(NamedTuple):
    """A server of a test's own: a superuser's URL, and where its programs are."""

    url: str
    programs: Path


@contextmanager
def running(programs: Path) -> Iterator[OwnServer]:
    place = Path(tempfile.gettempdir()) / f"burdenshare-own-{uuid4().hex[:12]}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binaries, "find", lambda: programs)
        try:
            with EmbeddedServer(place) as server:
                yield OwnServer(server.url, programs)
        finally:
            shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module", params=["15", "embedded"])
def own_server(request: pytest.FixtureRequest) -> Iterator[OwnServer]:
    """Start a server of the module's own: the oldest supported, then the newest."""
    if request.param == "15" and not (OLDEST / "initdb").exists():
        pytest.skip(f"needs {OLDEST}: install postgresql-15")
    with running(OLDEST if request.param == "15" else binaries.find()) as server:
        yield server

"""The embedded PostgreSQL: started, shared and stopped."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

from . import account, binaries, cluster, postmaster, sockets
from .errors import EmbeddedServerError, complaint
from .locks import open_private, try_lock
from .postmaster import Postmaster

PATIENCE_S = 60.0
LONGEST_LOG = 10_000_000


class EmbeddedServer:
    """A PostgreSQL over one directory, for as long as the process that started it.

    The first process to start it owns it; another one on the same directory attaches to the
    running server and never stops it. When the owner stops, the server stops, whoever is
    attached: they see `is_running` turn false and may start it again, as owners then.

    Two locks keep this true whatever is killed. The owner holds the one on burdenshare.lock. The
    server's processes hold, by inheritance, the one on server.log: while it is held one of them
    lives, and once it is free whatever they left behind is stale.

    Start it from a thread that stays, best the main one: on Linux the server ends with it. A start
    removes the variables of PostgreSQL, such as PGSERVICE, from the environment of this process.
    """

    def __init__(self, directory: Path) -> None:
        # Path.resolve() fails where links lead in a circle.
        self.directory = Path(os.path.realpath(directory))
        self._data = self.directory / "data"
        self._lock: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: Path | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return self._url_for("burdenshare")

    @property
    def reader_url(self) -> str:
        return self._url_for("burdenshare_reader")

    def _url_for(self, user: str) -> str:
        if self._sockets is None:
            raise EmbeddedServerError("the embedded PostgreSQL is not started")
        # The port only names the socket. It is said because PGPORT would change the default.
        return f"postgresql://{user}@/burdenshare?host={quote(str(self._sockets))}&port=5432"

    @property
    def is_attached(self) -> bool:
        """Whether the server belongs to another process."""
        return self._sockets is not None and self._process is None

    @property
    def is_running(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return self.is_attached and self._find_ready() is not None

    def start(self) -> None:
        """Start the server, or attach to the one that runs here already."""
        cluster.forget_variables()
        if self.is_running:
            return
        self.stop()
        try:
            self._own_or_attach()
        except OSError as error:
            self.stop()
            raise EmbeddedServerError(
                f"cannot use {error.filename or self.directory} for the database: {error.strerror}"
            ) from error
        except BaseException:
            self.stop()
            raise

    def _own_or_attach(self) -> None:
        runner = account.choose(self._data)
        cluster.claim(self.directory, runner)
        self._lock = open_private(self.directory / cluster.LOCK)
        for _ in moments():
            if try_lock(self._lock):
                return self._own(runner)
            if found := self._find_ready():
                self._sockets = found.sockets
                return None
        raise EmbeddedServerError(
            f"another process runs the PostgreSQL of {self.directory}, but it does not answer"
        )

    def _own(self, runner: account.Account) -> None:
        log = self.directory / cluster.LOG
        with open_private(log) as inherited:
            self._outlast_leftovers(inherited)
            if log.stat().st_size > LONGEST_LOG:
                inherited.truncate(0)
            programs = binaries.readable(binaries.find(), runner, self.directory)
            cluster.prepare(self.directory, programs, runner, inherited)
            # Stale, since nobody held the log. PostgreSQL would judge by the process number alone.
            (self._data / "postmaster.pid").unlink(missing_ok=True)
            self._sockets = sockets.make(self.directory, runner)
            offset = log.stat().st_size
            self._process = postmaster.spawn(programs, self._data, self._sockets, runner, inherited)
        self._wait_until_ready(self._process, offset)

    def _outlast_leftovers(self, log: IO[bytes]) -> None:
        """Wait for the end of a server whose owner was killed.

        On Linux it is ending already; elsewhere it has to be told.
        """
        if try_lock(log):
            return
        if left := Postmaster.read(self._data):
            with suppress(ProcessLookupError):
                os.kill(left.pid, signal.SIGINT)
        if not any(try_lock(log) for _ in moments()):
            raise EmbeddedServerError(f"an earlier PostgreSQL still runs on {self.directory}")

    def _wait_until_ready(self, process: subprocess.Popen[bytes], offset: int) -> None:
        for _ in moments():
            found = Postmaster.read(self._data)
            if found and found.is_ready and found.pid == process.pid:
                return
            if process.poll() is not None:
                break
        log = self.directory / cluster.LOG
        raise EmbeddedServerError(f"PostgreSQL did not start: {complaint(log, offset)} (see {log})")

    def _find_ready(self) -> Postmaster | None:
        found = Postmaster.read(self._data)
        return found if found and found.answers() else None

    def stop(self) -> None:
        """Stop the server if it is ours, and wait for its end."""
        if self._process is not None:
            postmaster.end(self._process)
        if self._sockets is not None and not self.is_attached:
            shutil.rmtree(self._sockets, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
        self._process = self._sockets = self._lock = None


def moments() -> Iterator[None]:
    """Yield now and then until patience ends."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        yield
        time.sleep(0.02)

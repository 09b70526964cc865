"""Programs that are started, watched, and ended whatever happens."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from .errors import OneLineError
from .listening import Address, UnixSocket
from .processes import die_with_parent
from .settings import HELD
from .storage.embedded import EmbeddedServer

ROOT = Path(__file__).resolve().parents[1]
READY_WITHIN_S = 30
# For the requests still being answered: no query takes longer, and nobody waits longer at ^C.
GRACE_S = 10
# For gunicorn, asked to end: it closes at last what it listens on.
ENDS_WITHIN_S = GRACE_S + 5


class SupervisorError(OneLineError):
    """A program did not do as it should; the message is one line."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        # A program ended by a signal has the negated signal as its code; shells say 128 and more.
        self.exit_code = exit_code if exit_code >= 0 else 128 - exit_code


class Interrupt(KeyboardInterrupt):
    """What a signal raises.

    Where KeyboardInterrupt itself leaves an exec(), such as dataclasses call while something is
    imported, Python ends with SIGINT at last, although it was caught.
    """


class Signals:
    """What asks us to end: the first ^C or the like interrupts, another one hurries the ending.

    Never does one interrupt the ending itself: that would leave processes behind.
    """

    is_ending = False
    is_hurried = False

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Ignored from the start is how nohup says that a hangup is no reason to end.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.receive)

    def receive(self, number: int, frame: FrameType | None) -> None:
        if self.is_ending:
            self.is_hurried = True
        else:
            self.is_ending = True
            raise Interrupt

    def begin_ending(self) -> None:
        self.is_ending = True

    def check(self) -> None:
        """Raise Interrupt again where it was lost.

        Python drops what is raised in a finalizer, or in what a library of C calls back.
        """
        if self.is_ending:
            raise Interrupt


signals = Signals()


@contextmanager
def running(
    command: Sequence[str],
    environment: Mapping[str, str],
    output: IO[bytes] | None = None,
    stdin: int = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program from the root of the checkout, and end it. It prints where we do, or there.

    It gets a session of its own, so that ^C reaches only us and everything ends in order.
    """
    with subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        stdin=stdin,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    ) as process:
        try:
            yield process
        finally:
            end(process)


@contextmanager
def held(
    command: Sequence[str], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run gunicorn as far as gunicorn.conf.py lets it come before it is let go."""
    told = {**environment, HELD: "yes"}
    with running(command, told, stdin=subprocess.PIPE) as process:
        yield process


def let_go(process: subprocess.Popen[bytes]) -> None:
    """Have a held program go on; one that has ended already is for whoever waits for it to name."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        os.write(process.stdin.fileno(), b"\n")


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a program to end and wait; then end what is left of it and of its children."""
    deadline = time.monotonic() + ENDS_WITHIN_S
    if process.poll() is None:
        process.terminate()
    while process.poll() is None and time.monotonic() < deadline and not signals.is_hurried:
        time.sleep(0.05)
    # macOS says PermissionError where all are dead.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def watch(gunicorn: subprocess.Popen[bytes], server: EmbeddedServer | None) -> NoReturn:
    """Wait for a failure: if all goes well, only a signal ends it."""
    while server is None or server.is_running:
        signals.check()
        with suppress(subprocess.TimeoutExpired):
            exit_code = gunicorn.wait(0.5)
            raise SupervisorError(f"gunicorn stopped by itself (exit code {exit_code})", exit_code)
    raise SupervisorError(f"PostgreSQL stopped: see {server.directory / 'server.log'}")


def wait_until_ready(process: subprocess.Popen[bytes], address: Address | UnixSocket) -> None:
    """Wait until GET /readyz answers 200."""
    deadline = time.monotonic() + READY_WITHIN_S
    status: int | None = None
    while time.monotonic() < deadline:
        signals.check()
        if process.poll() is not None:
            raise SupervisorError(
                f"gunicorn did not start (exit code {process.returncode})", process.returncode
            )
        status = status_of(address, "/readyz")
        if status == 200:
            return
        time.sleep(0.1)
    said = "nothing" if status is None else f"status {status}"
    raise SupervisorError(f"GET /readyz answered {said} for {READY_WITHIN_S} seconds")


def status_of(address: Address | UnixSocket, path: str) -> int | None:
    # It takes as long to import as all else here, and nothing is asked before all is started.
    import http.client

    connection = http.client.HTTPConnection("localhost")
    try:
        connection.sock = address.connect()
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()

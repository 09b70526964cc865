"""The server process: how it is started, what it says of itself, how it is ended."""

import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import IO, NamedTuple, Self

from service.processes import die_with_parent

from .account import Account
from .cluster import surroundings
from .sockets import SOCKET

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    # Lest a small database lie beside a gigabyte of old log.
    "max_wal_size": "128MB",
    "min_wal_size": "32MB",
    "fsync": "on",
}

# Fast, immediate, none: each with the seconds it is given.
ENDINGS = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10))


class Postmaster(NamedTuple):
    """What postmaster.pid says. A server that was killed leaves it as it was."""

    pid: int
    sockets: Path
    is_ready: bool

    @classmethod
    def read(cls, data: Path) -> Self | None:
        """Return None where there is no such file, or PostgreSQL is still writing it."""
        try:
            lines = os.fsdecode((data / "postmaster.pid").read_bytes()).splitlines()
            return cls(int(lines[0]), Path(lines[4]), lines[7].strip() == "ready")
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(self.sockets / SOCKET))
            except OSError:
                return False
        return self.is_ready


def spawn(
    programs: Path, data: Path, sockets: Path, account: Account, log: IO[bytes]
) -> subprocess.Popen[bytes]:
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    # Quoted, because it is a list, in which a comma in the path would count.
    settings.append(f'--unix_socket_directories="{sockets}"')
    return subprocess.Popen(
        [programs / "postgres", "-D", data, *settings],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        preexec_fn=die_with_parent(signal.SIGINT),
        **surroundings(account),
    )


def end(process: subprocess.Popen[bytes]) -> None:
    for signal_number, seconds in ENDINGS:
        if process.poll() is None:
            process.send_signal(signal_number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return

"""What lies in the directory: made once, whole or not at all, and never over somebody's files."""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from service.processes import die_with_parent

from . import binaries
from .account import Account, barrier
from .errors import EmbeddedServerError, complaint

# Its presence says that the directory is ours, a lock on it that a process runs the server.
LOCK = "burdenshare.lock"
LOG = "server.log"

INITDB_OPTIONS = (
    "--username=burdenshare",
    "--auth=trust",  # By way of a socket in a directory that is closed to everybody else.
    "--encoding=UTF8",
    "--no-locale",
    "--no-instructions",
)


def claim(directory: Path, account: Account) -> None:
    """Make the directory, or refuse one that is not ours to use."""
    closed = barrier(directory, account)
    if closed:
        raise EmbeddedServerError(
            f"PostgreSQL runs as {account.name}, which cannot enter {closed}: "
            f"name another directory than {directory}"
        )
    make(directory, 0o700 if account.is_ours else 0o711)
    refuse_foreign(directory)


def refuse_foreign(directory: Path) -> None:
    if not directory.is_dir():
        raise EmbeddedServerError(f"{directory} is not a directory")
    # In somebody else's directory root could be led by a link to write anywhere.
    if directory.stat().st_uid != os.geteuid():
        raise EmbeddedServerError(f"{directory} belongs to another user: name another directory")
    if any(directory.iterdir()) and not (directory / LOCK).exists():
        raise EmbeddedServerError(
            f"{directory} holds something else, which was left alone: name an empty directory"
        )


def make(directory: Path, mode: int) -> None:
    """Make a directory and its missing parents, whatever the umask."""
    missing = [path for path in (directory, *directory.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)  # Another process may be making it too.
        path.chmod(mode)


def prepare(directory: Path, programs: Path, account: Account, log: IO[bytes]) -> Path:
    """Return the data directory, made by initdb where there is none yet.

    initdb works beside it, under another name, so that what has the name is complete.
    """
    data, unfinished = directory / "data", directory / "data.unfinished"
    if unfinished.exists():
        shutil.rmtree(unfinished)
    if data.exists():
        refuse_other_major(data, programs)
        return data
    unfinished.mkdir(mode=0o700)
    os.chown(unfinished, account.uid, account.gid)
    initialise(unfinished, programs, account, log)
    return unfinished.rename(data)


def refuse_other_major(data: Path, programs: Path) -> None:
    made_by, ours = (data / "PG_VERSION").read_text().strip(), binaries.major(programs)
    if made_by != str(ours):
        raise EmbeddedServerError(
            f"{data} was made by PostgreSQL {made_by}, which {ours} cannot open: "
            "name another directory"
        )


def initialise(data: Path, programs: Path, account: Account, log: IO[bytes]) -> None:
    single = ["--single", "-c", "exit_on_error=on", "-D", str(data), "postgres"]
    run([programs / "initdb", "-D", data, *INITDB_OPTIONS], "", account, log)
    run([programs / "postgres", *single], "CREATE DATABASE burdenshare\n", account, log)


def run(command: Sequence[str | Path], text: str, account: Account, log: IO[bytes]) -> None:
    """Run a program to its end. It inherits the lock on the log: see EmbeddedServer."""
    offset = os.fstat(log.fileno()).st_size
    ended = subprocess.run(
        command,
        input=text,
        text=True,
        stdout=log,
        stderr=log,
        preexec_fn=die_with_parent(signal.SIGKILL),
        **surroundings(account),
    )
    if ended.returncode != 0:
        raise EmbeddedServerError(
            f"the database could not be made: {complaint(Path(log.name), offset)}"
        )


def forget_variables() -> None:
    """Remove the variables of PostgreSQL from this process, and so from what it starts.

    They are about another server: PGSERVICE or PGHOSTADDR would lead clients away from ours.
    """
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


def surroundings(account: Account) -> dict[str, Any]:
    """Return what all programs of PostgreSQL are run with.

    Another language would change what they say. The account need not be able to read the current
    directory. A session of their own keeps ^C from them.
    """
    return {
        "env": os.environ | {"LC_ALL": "C"},
        "cwd": "/",
        "start_new_session": True,
        **account.as_options(),
    }

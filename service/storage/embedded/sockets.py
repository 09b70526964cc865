"""The directory of the server's socket: short, and closed to everybody else."""

import os
import shutil
import stat
import tempfile
from pathlib import Path

from .account import Account, barrier, short_hash
from .errors import EmbeddedServerError

# macOS allows 104 bytes for the path of a socket and its closing zero, Linux 108.
LONGEST = 103
SOCKET = ".s.PGSQL.5432"


def make(directory: Path, account: Account) -> Path:
    """Make an empty socket directory for a data directory.

    To be called by whoever runs the server: what a killed one left there is removed.
    """
    path = locate(directory, account)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        refuse_foreign(path, account)
        shutil.rmtree(path)
        path.mkdir(mode=0o700)
    os.chown(path, account.uid, account.gid)
    return path


def locate(directory: Path, account: Account) -> Path:
    name = f"burdenshare-{account.uid}-{short_hash(directory)}"
    for parent in (Path(tempfile.gettempdir()).resolve(), Path("/tmp")):
        is_short = len(os.fsencode(parent / name / SOCKET)) <= LONGEST
        if is_short and is_plain(str(parent)) and barrier(parent, account) is None:
            return parent / name
    raise EmbeddedServerError("no directory for the socket: set TMPDIR to a short and plain path")


def is_plain(path: str) -> bool:
    """Whether a path is one path to all who read it.

    libpq splits a host at commas, and PostgreSQL ends a quoted name at a quote.
    """
    return path.isprintable() and not set(path) & set(',"')


def refuse_foreign(path: Path, account: Account) -> None:
    """Refuse what somebody else may have put there to listen in."""
    found = path.lstat()
    is_ours = found.st_uid in (os.geteuid(), account.uid)
    if not (stat.S_ISDIR(found.st_mode) and is_ours and stat.S_IMODE(found.st_mode) == 0o700):
        raise EmbeddedServerError(f"{path} is not the directory that this program makes: remove it")

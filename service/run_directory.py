"""The directory of a running gunicorn, under TMPDIR.

burdenshare-…/lock        held for as long as gunicorn or one of its workers runs
burdenshare-…/metrics/    the workers' metrics, whose space is reserved before they start
burdenshare-…/files-1/    the temporary files of worker 1, removed when it ends
"""

import os
import shutil
import stat
import tempfile
from functools import cache
from pathlib import Path
from typing import IO

from .config import ConfigError
from .storage.embedded.locks import open_private, try_lock

PREFIX = "burdenshare-"
LOCK = "lock"

# The client maps these files into memory. Where a disk is full, writing to a page of a sparse file
# ends the process with SIGBUS, so all pages are written here, in bytes. A test compares the sizes
# with what all routes, methods and statuses together take.
RESERVED = {"counter": 2 * 2**20, "histogram": 2**19, "gauge_max": 2**16}


class RunDirectory:
    """The directory, for the process that made it and those that it forks.

    Workers are numbered from 1; the next worker takes over the number, and so the metrics, of one
    that has ended.
    """

    def __init__(self, path: Path, lock: IO[bytes]) -> None:
        self.path, self.lock = path, lock
        self.metrics = path / "metrics"
        self.metrics.mkdir(exist_ok=True)

    def files(self, worker: int) -> Path:
        return self.path / f"files-{worker}"

    def reserve(self, worker: int) -> None:
        """Make a worker's directory and metrics. Raises OSError where there is no space."""
        self.files(worker).mkdir(exist_ok=True)
        for kind, size in RESERVED.items():
            path = self.metrics / f"{kind}_{worker}.db"
            if path.exists():
                continue
            try:
                path.write_bytes(bytes(size))
            except OSError:
                path.unlink(missing_ok=True)
                raise

    def clear_files(self, worker: int) -> None:
        """Remove the temporary files of a worker that has ended."""
        for path in self.files(worker).iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self.lock.close()


@cache
def run_directory(workers: int) -> RunDirectory:
    """Make the directory of this process, with all that so many workers must have.

    The same one each time, since gunicorn reads its configuration again at SIGHUP. Raises
    ConfigError.
    """
    size = sum(RESERVED.values()) * workers / 2**20
    named = os.environ.get("TMPDIR")
    try:
        # Where TMPDIR cannot be written, Python would use another directory without a word.
        parent = Path(named or tempfile.gettempdir()).absolute()
        remove_leftovers(parent)
        made = make(Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent)))
        try:
            for worker in range(1, workers + 1):
                made.reserve(worker)
        except OSError:
            made.remove()
            raise
    except OSError as error:
        place = f" in {named}" if named else ""
        raise ConfigError(
            f"cannot reserve {size:.0f} MB{place}, {error.strerror}: "
            "set TMPDIR to a directory that can be written"
        ) from error
    return made


def make(path: Path) -> RunDirectory:
    # It has its name once it is held, lest another process take it for a leftover.
    unnamed = path / f"{LOCK}.new"
    lock = open_private(unnamed)
    try_lock(lock)
    unnamed.rename(path / LOCK)
    return RunDirectory(path, lock)


def remove_leftovers(parent: Path) -> None:
    """Remove the directories of processes that were killed: nobody holds their locks."""
    for path in parent.glob(f"{PREFIX}*"):
        status = path.lstat()
        is_ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
        if not is_ours or not (path / LOCK).exists():
            continue
        with open_private(path / LOCK) as lock:
            if try_lock(lock):
                shutil.rmtree(path, ignore_errors=True)

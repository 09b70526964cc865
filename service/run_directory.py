"""The directory of a running gunicorn, under TMPDIR, locked as long as one of its processes runs.

burdenshare-run-…/metrics/    the workers' metrics, whose space is reserved before they start
burdenshare-run-…/files-1/    the temporary files of worker 1, removed when it ends
"""

import atexit
import fcntl
import os
import re
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from .config import ConfigError
from .settings import temporary_directory

PREFIX = "burdenshare-run-"
# What such a directory has; one with anything else is not ours to remove.
ENTRY = re.compile(r"metrics|files-[0-9]+|wgunicorn-.*")

# The client maps these files into memory. Where a disk is full, writing to a page of a sparse file
# ends the process with SIGBUS, so all pages are written here, in bytes. A test compares the sizes
# with what all routes, methods and statuses together take.
RESERVED = {"counter": 2 * 2**20, "histogram": 2**19, "gauge_max": 2**16}


class RunDirectory:
    """The directory, for the process that made it and those that it forks.

    Workers are numbered from 1; the next worker takes over the number, and so the metrics, of one
    that has ended.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.metrics = path, path / "metrics"
        # Inherited by the workers. The directory is whole, and so may be a leftover, with the next.
        self.lock = open_directory(path)
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.metrics.mkdir()

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
        """Remove the temporary files of a worker that has ended, as far as that can be done.

        The directory stays, since there may be no space to make it again.
        """
        with suppress(OSError):  # somebody has removed the directory
            for path in self.files(worker).iterdir():
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def open_directory(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


@cache
def run_directory(workers: int) -> RunDirectory:
    """Make the directory of this process, with all that so many workers must have.

    The same one each time, since gunicorn reads its configuration again at SIGHUP. Raises
    ConfigError.
    """
    size = sum(RESERVED.values()) * workers / 2**20
    try:
        parent = temporary_directory()
        remove_leftovers(parent)
        made = RunDirectory(Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent)))
        atexit.register(remove_by, made, os.getpid())
        for worker in range(1, workers + 1):
            made.reserve(worker)
    except OSError as error:
        named = os.environ.get("TMPDIR")
        place = f" in {named}" if named else ""
        raise ConfigError(
            f"cannot reserve {size:.0f} MB{place}, {error.strerror}: "
            "set TMPDIR to a directory that can be written"
        ) from error
    return made


def remove_by(directory: RunDirectory, process: int) -> None:
    """Remove the directory when the process that made it ends, not when a worker does."""
    if os.getpid() == process:
        directory.remove()


def remove_leftovers(parent: Path) -> None:
    """Remove the directories of processes that were killed: nobody holds their locks."""
    for path in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):  # another process removes it, or it is none of ours
            remove_leftover(path)


def remove_leftover(path: Path) -> None:
    directory = open_directory(path)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        names = os.listdir(directory)
        is_whole = "metrics" in names and all(map(ENTRY.fullmatch, names))
        if is_whole and os.fstat(directory).st_uid == os.geteuid():
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(directory)

"""Files that are locked for as long as a process, or a child that inherited them, has them open."""

import fcntl
import os
from pathlib import Path
from typing import IO


def open_private(path: Path) -> IO[bytes]:
    """Open for appending, for us alone; a link is refused, since root may be the one who writes."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    # open() would report the number of the descriptor as the name of the file.
    return open(path, "ab", opener=lambda name, _: os.open(name, flags, 0o600))


def try_lock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

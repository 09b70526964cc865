"""As whom PostgreSQL runs, and what that account can reach: it refuses to run as root."""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import EmbeddedServerError


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    def as_options(self) -> dict[str, Any]:
        """Return what subprocess needs to run a program as this account."""
        return {} if self.is_ours else {"user": self.uid, "group": self.gid, "extra_groups": []}


def choose(data: Path) -> Account:
    """Return whoever runs this; for root the owner of the data, else an unprivileged account.

    The owner comes first because a `postgres` account may appear after `nobody` made the data.
    """
    if os.geteuid() != 0:
        return Account(str(os.geteuid()), os.geteuid(), os.getegid())
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(f"user {owner.st_uid}", owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedServerError(
        "PostgreSQL does not run as root, and there is no account postgres or nobody: "
        "run as another user or set DATABASE_URL"
    )


def barrier(path: Path, account: Account) -> Path | None:
    """Return the outermost directory of a path that the account cannot enter."""
    if account.is_ours:
        return None
    parts = [part for part in reversed((path, *path.parents)) if part.is_dir()]
    return next((part for part in parts if not can_enter(part.stat(), account)), None)


def can_enter(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def reachable_directory(wanted: Path) -> Path:
    """Return the directory, or one under /var/tmp where the account cannot reach it.

    For a default directory only: root's checkout may lie in a home folder closed to everybody
    else. A directory that somebody named is used or refused, never replaced.
    """
    wanted = wanted.resolve()
    if barrier(wanted, choose(wanted / "data")) is None:
        return wanted
    return Path("/var/tmp") / f"burdenshare-{os.geteuid()}-{short_hash(wanted)}"


def short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]

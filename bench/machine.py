"""What the figures are true of: the machine and the versions."""

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from service.storage.embedded import binaries

from . import PLACE, ROOT
from .candidates import PYTHON, worker_class

OURS = ("gunicorn", "flask", "marshmallow", "psycopg")
THEIRS = (
    "fastapi",
    "uvicorn",
    "uvloop",
    "asyncpg",
    "pydantic",
    "django",
    "djangorestframework",
    "drf-orjson-renderer",
    "datasette",
    "roapi",
    "aiohttp",
)


def machine() -> dict[str, str]:
    memory_kb = int(Path("/proc/meminfo").read_text().split()[1])
    cpu = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return {
        "CPU": cpu[1] if cpu else platform.processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory_kb / 2**20:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}, {distribution()}",
        "load average before the run": f"{os.getloadavg()[0]:.2f}",
    }


def distribution() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", "unknown distribution")


def versions() -> dict[str, str]:
    """Return the version of everything that is measured or measures."""
    listed = said(PYTHON, "-m", "pip", "freeze", "--disable-pip-version-check")
    installed = dict(line.split("==") for line in listed.splitlines() if "==" in line)
    installed = {name.lower().replace("_", "-"): at for name, at in installed.items()}
    return {
        "this service": f"{commit()}, gunicorn worker {worker_class()} on {event_loop()}",
        "Python": platform.python_version(),
        **{name: version(name) for name in OURS},
        "PostgreSQL": number(said(str(binaries.find() / "postgres"), "--version")),
        **{name: installed[name] for name in THEIRS},
        "json-server": number((PLACE / "package.json").read_text()),
        "Node.js": number(said("node", "--version")),
        "nginx": number(said(shutil.which("nginx") or "/usr/sbin/nginx", "-v")),
        "wrk": number(said("wrk", "-v")),
    }


def event_loop() -> str:
    """Return what gunicorn takes for the service and for the bare worker: uvloop where it is."""
    try:
        return f"uvloop {version('uvloop')}"
    except PackageNotFoundError:
        return "asyncio"


def commit() -> str:
    named = said("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD").strip()
    changed = said("git", "-C", str(ROOT), "status", "--porcelain", "--untracked-files=no")
    # The page itself is written by the run.
    others = [line for line in changed.splitlines() if not line.endswith("docs/benchmarks.md")]
    return f"commit {named or 'unknown'}{' with changes' if others else ''}"


def said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def number(text: str) -> str:
    found = re.search(r"\d+(\.\d+)+", text)
    return found[0] if found else "unknown"

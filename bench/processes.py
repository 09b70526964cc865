"""Candidates, started one by one on the core of the servers and ended by us alone."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service import supervisor

from . import BenchError
from .candidates import Candidate, Scene
from .questions import asked

SERVER_CORE, LOAD_CORE = "0", "1"
# Cold, with a database to be made, on a machine that has much else to do.
START_WITHIN_S = 120


@contextmanager
def started(candidate: Candidate, scene: Scene) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Run a candidate; give its process and how many seconds passed until it answered."""
    log = scene.place / f"{candidate.name.replace(' ', '-')}.log"
    command = candidate.command(scene, scene.ports[candidate.name])
    pinned = ["taskset", "--cpu-list", SERVER_CORE, *command]
    with log.open("wb") as sink:
        begun = time.perf_counter()
        with supervisor.running(pinned, candidate.environment(scene), sink) as process:
            wait_for(candidate.url(scene) + asked(candidate.path(scene, "small")), process, log)
            yield process, time.perf_counter() - begun


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a URL is answered with 200, looking 200 times a second.

    Raises BenchError where it is not, with what the process logged last.
    """
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        supervisor.signals.check()
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                answer.read()
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                break
            time.sleep(0.005)
        except OSError:
            time.sleep(0.005)
    said = log.read_text("utf-8", "replace").strip().splitlines()[-15:]
    raise BenchError(f"{process.args!r} did not answer {url}:\n" + "\n".join(said))


def worker_memory_mb(process: subprocess.Popen[bytes]) -> float:
    """Return the proportional memory of a server's worker: its child, or itself without."""
    workers = children(process.pid) or [process.pid]
    return sum(map(proportional_kb, workers)) / 1024


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def proportional_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def stay_on_the_load_core() -> None:
    """Keep this process, and PostgreSQL and the clients that it starts, off the servers' core."""
    cores = os.sched_getaffinity(0)
    if not {int(SERVER_CORE), int(LOAD_CORE)} <= cores:
        raise BenchError("two cores are needed, 0 and 1: one for the server, one for the rest")
    os.sched_setaffinity(0, {int(LOAD_CORE)})

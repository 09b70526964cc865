"""A run from beginning to end: everything is started once, then asked in turns."""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from uuid import uuid4

from sdk.running import free_port
from service import clock
from service.storage.embedded import EmbeddedServer

from . import BenchError, databases, growing, stores
from .asking import CONNECTIONS, check_rows, flat_out, steadily
from .candidates import CANDIDATES, NOT_MODIFIED, SERVED, Candidate, Scene
from .machine import machine, versions
from .processes import started, stay_on_the_load_core, worker_memory_mb
from .questions import OBSERVATIONS, held_by
from .results import Results, key

# Many short visits: a machine that others use too has slow seconds, which a median passes over.
SECONDS = 1
STARTS = 3
# Questions a second and for how long; the big answers are some thirty times as large.
STEADY = {"small": (200, 5.0), "big": (40, 5.0)}
# What can be named besides the candidates.
START, GROWTH = "start", "growth"
PARTS = (*(candidate.name for candidate in CANDIDATES), START, GROWTH)


def run(only: Collection[str], rounds: int) -> Results:
    """Measure the parts named. The service is always among them: the rows are asked of it."""
    settings = {
        "rounds": rounds,
        "seconds": SECONDS,
        "connections": CONNECTIONS,
        "starts": STARTS,
        "steady": STEADY,
    }
    results = Results(clock.today().isoformat(), machine(), versions(), settings)
    stay_on_the_load_core()
    with scratch() as place, ExitStack() as running:
        prepare(place, only, results)
        server = running.enter_context(EmbeddedServer(place / "postgres"))
        scene = Scene(
            place,
            databases.make(server.url, "peers"),
            databases.variables(server, "burdenshare"),
            {candidate.name: free_port() for candidate in CANDIDATES},
        )
        candidates = [one for one in CANDIDATES if one.name in {SERVED, *only}]
        compare(candidates, scene, rounds, running, results)
        if GROWTH in only:
            grow(server, scene, rounds, results)
    return results


@contextmanager
def scratch() -> Iterator[Path]:
    """Make a folder that the account of PostgreSQL can enter, and remove it at the end."""
    place = Path(tempfile.gettempdir()).resolve() / f"burdenshare-bench-{uuid4().hex[:12]}"
    place.mkdir()
    place.chmod(0o711)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def prepare(place: Path, only: Collection[str], results: Results) -> None:
    """Fill the database as anybody would, by starting everything; then start it all again."""
    say("Loading the data")
    inherited = {name: value for name, value in os.environ.items() if "DATABASE" not in name}
    environment = inherited | {"WORKERS": "2", "LOG_LEVEL": "INFO", "RATE_LIMIT": ""}
    results.cold_s = [databases.start_everything(environment, place, free_port())]
    for _ in range(STARTS if START in only else 0):
        results.warm_s.append(databases.start_everything(environment, place, free_port()))


def compare(
    candidates: list[Candidate], scene: Scene, rounds: int, running: ExitStack, results: Results
) -> None:
    workers = {}
    for candidate in candidates:
        say(f"Starting {candidate.name}")
        for _ in range(STARTS - 1):
            with started(candidate, scene) as (_, seconds):
                results.start_s.setdefault(candidate.name, []).append(seconds)
        workers[candidate], seconds = running.enter_context(started(candidate, scene))
        results.start_s.setdefault(candidate.name, []).append(seconds)
        if candidate.name == SERVED:
            held = held_by(candidate.url(scene))
            results.settings["rows"] = len(held.rows[OBSERVATIONS.table])
            stores.store(scene, held)
            scene = replace(scene, release=held.release)
        results.sizes[candidate.name] = check_rows(candidate, scene, held)
    ask_in_rounds(list(workers), scene, rounds, results)
    ask_steadily(list(workers), scene, results)
    for candidate, process in workers.items():
        results.memory_mb[candidate.name] = worker_memory_mb(process)


def ask_in_rounds(candidates: list[Candidate], scene: Scene, rounds: int, results: Results) -> None:
    """Visit everybody in each round, each time beginning with another one.

    What is compared is asked one after another: a machine drifts.
    """
    visits = sorted(
        ((candidate, kind, size) for candidate in candidates for kind, size in candidate.visits),
        key=lambda visit: (visit[2], visit[1]),
    )
    for number in range(rounds + 1):
        say(f"Round {number} of {rounds}" if number else "Warming up")
        first = number * len(visits) // (rounds + 1)
        for candidate, kind, size in visits[first:] + visits[:first]:
            rate = flat_out(candidate.url(scene), candidate.path(scene, size), kind, SECONDS)
            if number:
                results.rates.setdefault(key(candidate.name, kind, size), []).append(rate)


def ask_steadily(candidates: list[Candidate], scene: Scene, results: Results) -> None:
    """Ask whoever has the rows, and not only their bytes, at a fixed rate; 304s left out."""
    for candidate in candidates:
        if not candidate.has_rows:
            continue
        for kind in [kind for kind in candidate.kinds if kind != NOT_MODIFIED]:
            for size, (rate, seconds) in STEADY.items():
                say(f"Fixed load: {candidate.name}, {kind}, {size}")
                url, path = candidate.url(scene), candidate.path(scene, size)
                results.steady[key(candidate.name, kind, size)] = steadily(
                    url, path, kind, rate, seconds
                )


def grow(server: EmbeddedServer, scene: Scene, rounds: int, results: Results) -> None:
    """Measure again on the data made larger, beside the service on the data as they are."""
    say("Making the data a hundred times larger")
    url = databases.make(server.url, "grown")
    try:
        databases.grow(url)
    except BenchError as missing:
        results.left_out[GROWTH] = str(missing)
        return
    grown = replace(
        scene,
        service=databases.variables(server, "grown"),
        ports=dict(scene.ports) | {SERVED: free_port()},
    )
    small, large = scene.ports[SERVED], grown.ports[SERVED]
    with started(CANDIDATES[0], grown):
        say("Asking of the larger data")
        growing.compare_questions(small, large, rounds, results)
        with left_out("pages far down", results):
            growing.compare_pages(large, results)
        with left_out("a whole list as CSV", results):
            growing.compare_exports(large, url, scene.place, rounds, results)


@contextmanager
def left_out(part: str, results: Results) -> Iterator[None]:
    """Go on without a part that the service does not answer, and say so on the page."""
    try:
        yield
    except (BenchError, HTTPException, OSError) as error:
        results.left_out[part] = str(error)


def say(text: str) -> None:
    print(text, flush=True)

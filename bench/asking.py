"""Asking for a while: as fast as answers come (wrk), or at a fixed rate (bench/steady.py)."""

import json
import subprocess
import urllib.request
from itertools import count

from service import supervisor

from . import ROOT, BenchError
from .candidates import MISS, NOT_MODIFIED, PYTHON, Candidate, Scene
from .questions import LAST_YEAR, QUESTIONS, Held, asked, expected, fetch, same

CONNECTIONS = 8
# Where new questions count from. No two measurements ask the same one.
starts = count(1_000_000, 200_000)


def flat_out(url: str, path: str, kind: str, seconds: int) -> float:
    """Return the answers a second on 8 connections, each asking again once it is answered.

    Raises BenchError if any answer was an error.
    """
    options = ["--threads", "1", "--connections", str(CONNECTIONS), "--timeout", "10s"]
    headers = [word for pair in validators(url, path, kind) for word in ("--header", pair)]
    script = ["--script", str(ROOT / "bench" / "wrk.lua"), url]
    lasting = ["--duration", f"{seconds}s"]
    said = call("wrk", *options, *headers, *lasting, *script, "--", *question_of(path, kind))
    counted = json.loads(said.splitlines()[-1])
    if counted["errors"] or not counted["requests"]:
        raise BenchError(f"{url}{path} ({kind}): {counted}")
    return float(counted["requests"] / counted["seconds"])


def steadily(url: str, path: str, kind: str, rate: int, seconds: float) -> dict[str, float]:
    """Ask at a fixed rate; return the quantiles in ms from when each question was due."""
    path, *first = question_of(path, kind)
    headers = dict(pair.split(": ", 1) for pair in validators(url, path, kind))
    asking = {
        "url": url + path,
        "first": int(first[0]) if first else None,
        "rate": rate,
        "seconds": seconds,
        "connections": CONNECTIONS,
        "headers": headers,
    }
    measured: dict[str, float] = json.loads(call(PYTHON, "-m", "bench.steady", json.dumps(asking)))
    return measured


def question_of(path: str, kind: str) -> list[str]:
    """Return the path, and for questions never asked before what they count from."""
    return [path, str(next(starts))] if kind == MISS else [asked(path)]


def validators(url: str, path: str, kind: str) -> list[str]:
    if kind != NOT_MODIFIED:
        return []
    with urllib.request.urlopen(url + asked(path), timeout=30) as answer:
        tag = answer.headers["ETag"]
    return [f"If-None-Match: {tag}"]


def call(*command: str) -> str:
    """Run a client to its end on our own core; it ends with us."""
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    supervisor.signals.check()
    if done.returncode != 0:
        raise BenchError(f"{command[0]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def check_rows(candidate: Candidate, scene: Scene, held: Held) -> dict[str, int]:
    """Return the bytes of each answer. Raises BenchError unless its rows are those expected.

    Asked as a hit and as a miss: both questions mean the same.
    """
    sizes = {}
    for size in candidate.paths:
        path, listed = candidate.path(scene, size), QUESTIONS[size].listed
        for bound in (LAST_YEAR, next(starts)):
            body = fetch(candidate.url(scene) + asked(path, bound))
            if not same(candidate.rows(body), expected(held, size), listed):
                raise BenchError(f"{candidate.name} answers other rows to {path}")
        sizes[size] = len(body)
    return sizes

"""What `make bench` refuses before it starts anything."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench import BenchError, candidates, tools
from bench.__main__ import parts
from bench.candidates import CANDIDATES, Scene
from bench.run import PARTS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "fastapi,flask"], "flask: none of service, behind nginx, "),
        (["--rounds", "0"], "invalid positive value: '0'"),
    ],
)
def test_a_slip_is_named(arguments: list[str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert said in done.stderr


def test_every_part_can_be_named() -> None:
    assert parts(", ".join(PARTS)) == list(PARTS)


def test_missing_programs_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    with pytest.raises(BenchError, match="apt-get install wrk nginx-light"):
        tools.check(["wrk", "nginx"])


def test_a_place_that_deploy_nginx_lacks_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    conf = tmp_path / "burdenshare.conf"
    conf.write_text("server 127.0.0.1:8000;", "utf-8")
    monkeypatch.setattr(candidates, "DEPLOYED", conf)
    ports = {candidate.name: 1 for candidate in CANDIDATES}
    with pytest.raises(BenchError, match="/var/cache/nginx/burdenshare no more"):
        candidates.nginx_in_front(Scene(tmp_path, "", {}, ports), 2)

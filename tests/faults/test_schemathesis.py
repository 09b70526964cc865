"""Schemathesis against gunicorn, with every check but one (schemathesis.toml says which)."""

import os
import re
import subprocess
import sys
from pathlib import Path

from ..test_schemathesis import FILES
from .conftest import ROOT, Service

LEAST_CASES = 2000
# An archive is made at its first request, and takes seconds.
SLOW = r"\.zip$"


def test_thousands_of_cases_over_http_find_nothing(service: Service) -> None:
    done = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "run",
            "openapi.yaml",
            f"--url=http://127.0.0.1:{service.port}",
            "--checks=all",
            "--exclude-checks=positive_data_acceptance",
            f"--exclude-path-regex={FILES}|{SLOW}",
            "--max-examples=20",
            "--request-timeout=60",
            "--workers=2",
            "--seed=1",
            "--warnings=off",
            "--no-color",
        ],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "tests.schemathesis_hooks",
        },
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    found = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert found is not None, done.stdout[-2000:]
    assert int(found[1]) == int(found[2]) >= LEAST_CASES

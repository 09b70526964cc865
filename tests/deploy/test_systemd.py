"""deploy/systemd: systemd itself finds nothing in the unit."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze: apt-get install systemd"
)
def test_the_unit_is_one(tmp_path: Path) -> None:
    text = (ROOT / "deploy/systemd/burdenshare.service").read_text("utf-8")
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    unit = tmp_path / "burdenshare.service"
    unit.write_text(text.replace("/opt/burdenshare/.venv/bin/gunicorn", gunicorn), "utf-8")
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")

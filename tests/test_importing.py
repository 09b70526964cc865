"""The commands of docs/importing.md do what it says, run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from importers.reference import read_reference

from .importers.conftest import DATA, read_pack
from .importers.next_year import write_next_year
from .importers.workbooks import write_workbook

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "importing.md").read_text("utf-8")

# A command, and below it what it prints.
STEPS = re.findall(r"```sh\n(.+?)```(?:\n\n```text\n(.+?)```)?", TEXT, re.DOTALL)
FILE = "270701-def-exp-2027-TABLES-en.xlsx"


def test_the_steps_print_what_they_say(tmp_path: Path, scratch_database: str) -> None:
    for folder in ("importers", "data", "sql"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    old = tmp_path / "old.xlsx"
    release, figures = read_pack("nato-2024-06-17")
    write_workbook(old, release, read_reference(DATA), figures)
    write_next_year(old, tmp_path / FILE)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"DATABASE_URL": scratch_database, "PATH": path}
    assert len(STEPS) == 6
    for command, printed in STEPS:
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        lines = done.stdout.splitlines()
        for line in printed.splitlines():
            start = line.partition("…")[0]
            assert any(one == line or ("…" in line and one.startswith(start)) for one in lines), (
                line,
                done.stdout,
            )
        assert done.returncode == (1 if "is a jump" in printed else 0)

"""The rules of the house that a reader would otherwise have to take on trust."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bench", "contract", "counting", "importers", "schemas", "sdk", "service")


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module or "")
    return {name.partition(".")[0] for name in found}


def test_packages_import_in_one_direction() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_storage_and_loading_know_the_driver() -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in modules()
        if {"psycopg", "psycopg_pool"} & imported(path)
    }
    assert {user for user in users if not user.startswith(("bench/", "service/storage/"))} == {
        "importers/load.py",
        "importers/loaded.py",
    }


# What a start waits for: what is not needed for a first answer, and takes long to import, is
# imported where it is used.
UNNEEDED = {
    "service.__main__": {"flask", "gunicorn", "marshmallow", "psycopg"},
    "service.asgi": {"apispec", "contract", "limits", "numpy", "openpyxl", "pyarrow", "yaml"},
    "importers.__main__": {"numpy", "openpyxl"},
}


@pytest.mark.parametrize("module", UNNEEDED)
def test_a_start_imports_nothing_that_can_wait(module: str) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not UNNEEDED[module] & set(done.stdout.split())


def test_the_workers_share_an_application_of_which_nothing_is_open() -> None:
    program = """
import threading
from service.asgi import app
assert threading.active_count() == 1
assert app.extensions["database"].pool.closed
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


@pytest.mark.parametrize("path", sorted(modules()), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_opens_with_what_it_is_for(path: Path) -> None:
    doc = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert doc is not None
    assert len(doc.splitlines()[0]) <= 98


def test_no_module_is_named_after_nothing() -> None:
    forbidden = {"utils", "util", "helpers", "helper", "common", "core", "manager", "misc"}
    assert not {path.stem for path in modules()} & forbidden


def test_the_project_speaks_only_of_itself() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tracked.returncode != 0:
        pytest.skip("not a git checkout: install git to check what is tracked")
    for name in filter(None, tracked.stdout.split("\0")):
        if name.startswith(".ci/") or not (ROOT / name).is_file():
            continue
        text = (ROOT / name).read_text("utf-8", errors="replace")
        assert "../" + "shared" not in text, name

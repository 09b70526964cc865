"""A frozen list installs whatever is published after it was frozen.

Each list is installed from an index of our own: of every package the pinned version and a newer
one. Each package asks for those it needs with an extra, as `coverage[toml]`: with a resolver and
hashes, pip refuses such a package as soon as there is a newer one.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest
from packaging.markers import Marker

from sdk.tools import install_python

ROOT = Path(__file__).parents[1]
LISTS = [
    path.relative_to(ROOT)
    for folder in (ROOT, ROOT / "sdk", ROOT / "bench")
    for path in sorted(folder.glob("requirements*.txt"))
]

PIN = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[\w.!+]+)(?: ; (?P<marker>.+))? \\")
BY = re.compile(r" +# +(?:via )?(?P<name>[a-z][\w.-]*)")


class Pin(NamedTuple):
    """One entry of a frozen list; `by` names the packages that need it."""

    name: str
    version: str
    marker: str
    by: list[str]


def pins_of(text: str) -> list[Pin]:
    pins = list[Pin]()
    for line in text.splitlines():
        if found := PIN.fullmatch(line):
            pins.append(Pin(found["name"], found["version"], found["marker"] or "", []))
        elif found := BY.fullmatch(line):
            pins[-1].by.append(found["name"])
    # An empty package in pip's place could install nothing more.
    return [pin for pin in pins if pin.name != "pip"]


def write_wheel(folder: Path, name: str, version: str, needs: list[str]) -> str:
    """Write a wheel with nothing in it, and return its checksum."""
    stem = f"{name.replace('-', '_')}-{version}"
    metadata = [f"Name: {name}", f"Version: {version}", "Provides-Extra: more"]
    needed = [f"Requires-Dist: {need}" for need in needs]
    files = {
        "METADATA": "\n".join(["Metadata-Version: 2.1", *metadata, *needed, ""]),
        "WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{stem}.dist-info/{file},,\n" for file in (*files, "RECORD"))
    path = folder / f"{stem}-py3-none-any.whl"
    with ZipFile(path, "w") as wheel:
        for file, text in (files | {"RECORD": record}).items():
            wheel.writestr(f"{stem}.dist-info/{file}", text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def publish(text: str, index: Path) -> str:
    """Write a wheel of each pin of a list and a newer one; return the list with their hashes."""
    pins = pins_of(text)
    needs = defaultdict[str, list[str]](list)
    for pin in pins:
        marker = f" ; {pin.marker}" if pin.marker else ""
        for name in pin.by:
            needs[name].append(f"{pin.name}[more]>={pin.version}{marker}")
    frozen = []
    for pin in pins:
        sha256 = write_wheel(index, pin.name, pin.version, needs[pin.name])
        write_wheel(index, pin.name, newer(pin.version), needs[pin.name])
        marker = f" ; {pin.marker}" if pin.marker else ""
        frozen.append(f"{pin.name}=={pin.version}{marker} --hash=sha256:{sha256}\n")
    return "".join(frozen)


def newer(version: str) -> str:
    return f"{int(version.split('.')[0]) + 1}.0"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for copies of the lists; pip finds nothing but what a test publishes."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "MAKE"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return tmp_path / "copy"


def move_on(at: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy a list, and have pip install from an index that has moved on since it was frozen."""
    index = copy.with_name(f"index of {at}".replace("/", " "))
    index.mkdir()
    (copy / at).parent.mkdir(parents=True, exist_ok=True)
    (copy / at).write_text(publish((ROOT / at).read_text("utf-8"), index), "utf-8")
    monkeypatch.setenv("PIP_FIND_LINKS", index.as_uri())
    return copy / at


def installed(python: Path) -> set[str]:
    """Return what an environment holds, as `name==version`."""
    command = [python, "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def for_here(at: Path) -> set[str]:
    """Return what this machine is to get of a list."""
    return {
        f"{pin.name}=={pin.version}"
        for pin in pins_of((ROOT / at).read_text("utf-8"))
        if not pin.marker or Marker(pin.marker).evaluate()
    }


def make(folder: Path, target: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", target, f"PYTHON={sys.executable}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_list_is_tried() -> None:
    assert {str(at) for at in LISTS} == {
        "requirements.txt",
        "requirements-dev.txt",
        "sdk/requirements.txt",
        "bench/requirements.txt",
    }


def test_make_installs_the_pinned_versions(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for at, target in (("requirements.txt", ".venv/.run"), ("requirements-dev.txt", ".venv/.dev")):
        move_on(Path(at), copy, monkeypatch)
        shutil.copy(ROOT / "Makefile", copy)
        done = make(copy, target)
        assert done.returncode == 0, done.stderr
        assert for_here(Path(at)) <= installed(copy / ".venv/bin/python")
        assert (copy / target).exists()


def test_make_says_what_to_do_with_leftovers_that_no_longer_fit(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_on(Path("requirements.txt"), copy, monkeypatch)
    shutil.copy(ROOT / "Makefile", copy)
    assert make(copy, ".venv/bin/pip").returncode == 0
    left = copy.with_name("left")
    left.mkdir()
    write_wheel(left, "leftover", "1.0", ["flask<1"])
    pip = [copy / ".venv/bin/python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    install = [*pip, "install", "--no-deps", left / "leftover-1.0-py3-none-any.whl"]
    subprocess.run(install, check=True)
    done = make(copy, ".venv/.run")
    assert done.returncode != 0
    assert "leftover 1.0 has requirement flask<1" in done.stdout
    assert "error: .venv holds packages of an earlier list: run make clean" in done.stderr
    assert not (copy / ".venv/.run").exists()


@pytest.mark.parametrize("at", [at for at in LISTS if at.parent != Path()], ids=str)
def test_the_tools_install_the_pinned_versions(
    at: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = move_on(at, copy, monkeypatch)
    install_python(copy / "venv", [frozen])
    assert for_here(at) <= installed(copy / "venv/bin/python")


def test_the_tools_refuse_a_list_that_lacks_something(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    frozen = move_on(Path("sdk/requirements.txt"), copy, monkeypatch)
    lines = frozen.read_text("utf-8").splitlines(keepends=True)
    frozen.write_text("".join(line for line in lines if not line.startswith("anyio==")), "utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        install_python(copy / "venv", [frozen])
    assert "requires anyio, which is not installed" in capfd.readouterr().out


def test_no_list_is_installed_with_the_resolver() -> None:
    """A line that installs a frozen list says so by its hashes, or by the list's name."""
    found = []
    for path in texts():
        for line in path.read_text("utf-8").splitlines():
            if INSTALL.search(line):
                found.append(path.relative_to(ROOT))
                assert "--no-deps" in line, f"{path}: {line}"
    assert set(map(str, found)) == {"Makefile", "sdk/tools.py"}


# pip, called in a shell or from Python; pip-audit has an --require-hashes too, and installs nothing.
INSTALL = re.compile(r"install\b.*(--require-hashes|requirements[\w-]*\.txt|[\s\"']-r[\s\"'])")
OURS = ("Makefile", "Procfile", "README.md", ".ci/*", "*.conf.py")
BELOW = ("bench", "contract", "deploy", "docs", "importers", "sdk", "service")
NOT_OURS = ("node_modules", "__pycache__")


def texts() -> Iterator[Path]:
    """Yield the files of the project that may hold a command."""
    for pattern in (*OURS, *(f"{folder}/**/*" for folder in BELOW)):
        for path in ROOT.glob(pattern):
            is_text = path.suffix in ("", ".py", ".md", ".service", ".conf", ".sh")
            if path.is_file() and is_text and not set(path.parts) & set(NOT_OURS):
                yield path

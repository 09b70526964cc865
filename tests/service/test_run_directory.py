"""The directory of a running gunicorn: what is reserved in it, and what is removed."""

from pathlib import Path

from flask import Flask
from prometheus_client import REGISTRY
from prometheus_client.mmap_dict import mmap_key

from service.http.catalogue import CATALOGUE
from service.http.metrics import METHODS
from service.run_directory import PREFIX, RESERVED, RunDirectory, remove_leftovers

# Every value that a label can have, as long as it is; "le" has those of the histogram.
STATUSES = {200, 204, 206, 304, *(kind.status for kind in CATALOGUE.values())}


def values(app: Flask) -> dict[str, list[str]]:
    return {
        "method": [*METHODS, "other"],
        "route": [*{rule.rule for rule in app.url_map.iter_rules()}, "none"],
        "status": [str(status) for status in STATUSES],
        "code": list(CATALOGUE),
    }


def size_of(key: str) -> int:
    """Return the bytes of an entry: length, key padded to eight bytes, value and time."""
    return 4 + len(key.encode()) + 8 + 16


def combined(names: tuple[str, ...], known: dict[str, list[str]]) -> list[list[str]]:
    if not names:
        return [[]]
    return [[value, *rest] for value in known[names[0]] for rest in combined(names[1:], known)]


def test_every_method_route_and_status_fits(app: Flask) -> None:
    known, taken = values(app), dict.fromkeys(RESERVED, 8)
    for metric in {*REGISTRY._names_to_collectors.values()}:
        name = getattr(metric, "_name", "")
        if not name.startswith("burdenshare_"):
            continue
        kind = metric._type if metric._type != "gauge" else f"gauge_{metric._multiprocess_mode}"
        # A histogram has an entry for each bucket, and its sum.
        samples = len(metric._upper_bounds) + 1 if kind == "histogram" else 1
        for labels in combined(metric._labelnames, known):
            key = mmap_key(
                name,
                f"{name}_bucket",
                ["le", *metric._labelnames],
                ["0.0025", *labels],
                metric._documentation,
            )
            taken[kind] += samples * size_of(key)
    assert taken["counter"] > 2**20  # the largest is among them
    assert all(taken[kind] <= size for kind, size in RESERVED.items()), taken


def test_only_what_we_left_is_removed(tmp_path: Path) -> None:
    def make(name: str, *entries: str) -> Path:
        for entry in entries:
            (tmp_path / name / entry).mkdir(parents=True)
        return tmp_path / name

    left = make(f"{PREFIX}left", "metrics", "files-1/burdenshare-x", "wgunicorn-1")
    kept = [
        make("burdenshare-backup", "metrics", "files-1"),  # named otherwise
        make(f"{PREFIX}mine", "metrics", "files-1", "dump"),  # has something else
        make(f"{PREFIX}unfinished", "files-1"),  # is being made
        make("elsewhere", "metrics", "files-1"),
    ]
    (tmp_path / f"{PREFIX}link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / f"{PREFIX}file").write_text("")
    running = RunDirectory(make(f"{PREFIX}running", "files-1"))
    remove_leftovers(tmp_path)
    assert not left.exists()
    assert all(path.exists() for path in (*kept, running.path))


def test_a_worker_whose_directory_is_gone_ends_like_any_other(tmp_path: Path) -> None:
    running = RunDirectory(tmp_path)
    running.reserve(1)
    running.files(1).rmdir()
    running.clear_files(1)
    running.reserve(1)
    assert running.files(1).is_dir()

"""A temporary directory that is full: files get a 503, everything else goes on."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from importers.packs import folders_in
from tests.contract import contract

from .conftest import ROOT, Answer, Service, running

SIZE = 16 * 2**20
RELEASES = [folder.name for folder in folders_in(ROOT / "data" / "releases")]
# Every path that takes nothing but optional parameters, and search with its own.
ROUTES = {
    path + ("?q=spain" if path.startswith("/v1/search") else ""): item["get"]["responses"]["200"]
    for path, item in contract()["paths"].items()
    if "{" not in path
}
FILES = [path for path, answer in ROUTES.items() if "application/json" not in answer["content"]]
ARCHIVES = [f"/v1/exports/{release}.zip" for release in RELEASES]
WRITTEN_TO_DISK = [
    *ARCHIVES,
    *(path for path in FILES if path.partition("?")[0].endswith((".xlsx", ".parquet"))),
]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system of 16 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    options = f"size={SIZE},mode=1777"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root on Linux mounts a file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def filled(place: Path) -> Iterator[None]:
    """Take every byte that is left."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    try:
        yield
    finally:
        filler.unlink()


def needed(service: Service, paths: list[str]) -> dict[str, Answer]:
    with ThreadPoolExecutor(8) as clients:
        answers = clients.map(lambda path: service.get(path, timeout=60), paths)
        return dict(zip(paths, answers, strict=True))


def test_no_worker_dies_where_every_file_is_asked_for_on_a_small_disk(
    urls: dict[str, str], tmp_path: Path, small_disk: Path
) -> None:
    with running(urls, tmp_path, TMPDIR=str(small_disk)) as service:
        workers = service.workers()
        for _ in range(2):
            answers = needed(service, [*FILES, *ARCHIVES])
            assert {answer.status for answer in answers.values()} <= {200, 503}
            assert sum(answer.status == 200 for answer in answers.values()) > len(FILES) / 2
        assert service.workers() == workers


def test_a_full_disk_costs_files_alone(
    urls: dict[str, str], tmp_path: Path, small_disk: Path
) -> None:
    with running(urls, tmp_path, TMPDIR=str(small_disk)) as service:
        workers = service.workers()
        with filled(small_disk):
            for path, answer in needed(service, WRITTEN_TO_DISK).items():
                assert (path, answer.status, answer.json["code"]) == (path, 503, "storage_full")
                assert answer.headers["retry-after"]
            # Each route that is counted for the first time takes some of the metrics' space.
            for path, answer in needed(service, every_route()).items():
                assert answer.status in (200, 503), path
            assert "burdenshare_requests_total" in service.get("/metrics").body.decode()
            assert service.get("/readyz").status == 200
            # Only the directories for archives are left, and they are empty.
            assert [path for path in small_disk.glob("*/files-*/**/*") if path.is_file()] == []
        assert service.workers() == workers
        for path, answer in needed(service, WRITTEN_TO_DISK[-4:]).items():
            assert (path, answer.status) == (path, 200)
        text = service.log.read_text("utf-8")
        assert not any(word in text for word in ("fault in request", "broken off", "ignored in"))


def every_route() -> list[str]:
    return [path for path in ROUTES if path not in WRITTEN_TO_DISK]


def test_a_worker_that_dies_on_a_full_disk_is_replaced(
    urls: dict[str, str], tmp_path: Path, small_disk: Path
) -> None:
    with running(urls, tmp_path, TMPDIR=str(small_disk)) as service:
        dying, staying = service.workers()
        with filled(small_disk):
            os.kill(dying, signal.SIGKILL)
            wait_until_replaced(service, {dying})
            assert staying in service.workers()
            assert service.get("/v1/members").status == 200


def test_gunicorn_outlives_the_loss_of_a_directory(
    urls: dict[str, str], tmp_path: Path, small_disk: Path
) -> None:
    with running(urls, tmp_path, TMPDIR=str(small_disk)) as service:
        before = service.workers()
        for path in small_disk.glob("*/files-*"):  # as what clears old directories might
            path.rmdir()
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        wait_until_replaced(service, set(before))
        assert service.get("/v1/members.xlsx").status == 200


def wait_until_replaced(service: Service, gone: set[int]) -> None:
    deadline = time.monotonic() + 20
    while len(service.workers()) != 2 or gone & set(service.workers()):
        assert service.process.poll() is None, service.log.read_text("utf-8")
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_a_killed_worker_left_is_removed(
    urls: dict[str, str], tmp_path: Path, small_disk: Path
) -> None:
    with running(urls, tmp_path, TMPDIR=str(small_disk), WORKERS="1") as service:
        [worker] = service.workers()
        assert service.get("/v1/exports/latest.zip").status == 200
        assert list(small_disk.rglob("nato-*"))
        os.kill(worker, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while list(small_disk.rglob("nato-*")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert list(small_disk.iterdir()) == []


def test_a_reload_goes_on_counting(urls: dict[str, str], tmp_path: Path, small_disk: Path) -> None:
    with running(urls, tmp_path, TMPDIR=str(small_disk)) as service:
        for _ in range(5):
            assert service.get("/docs").status == 200
        before = set(service.workers())
        service.process.send_signal(signal.SIGHUP)
        wait_until_replaced(service, before)
        assert service.get("/docs").status == 200
        wait_until_counted(service, 6)
        assert len(list(small_disk.iterdir())) == 1
    assert list(small_disk.iterdir()) == []


def wait_until_counted(service: Service, docs: int) -> None:
    """Wait for the count of a page: those answered from memory are counted many at once."""
    line = f'burdenshare_requests_total{{method="GET",route="/docs",status="200"}} {docs}.0'
    deadline = time.monotonic() + 20
    while line not in service.get("/metrics").body.decode().splitlines():
        assert time.monotonic() < deadline, service.get("/metrics").body.decode()
        time.sleep(0.05)


def test_what_a_killed_gunicorn_left_is_removed_by_the_next(
    urls: dict[str, str], tmp_path: Path, small_disk: Path
) -> None:
    with running(urls, tmp_path, TMPDIR=str(small_disk)) as service:
        for pid in (service.process.pid, *service.workers()):
            os.kill(pid, signal.SIGKILL)
        service.process.wait(20)
        left = list(small_disk.iterdir())
        assert left
    with (
        running(urls, tmp_path, TMPDIR=str(small_disk)),
        running(urls, tmp_path, TMPDIR=str(small_disk)) as second,
    ):
        # The first one's own is left to it: it still runs.
        assert len(list(small_disk.iterdir())) == 2
        assert not set(left) & set(small_disk.iterdir())
        assert second.get("/metrics").status == 200


def test_too_small_a_disk_ends_the_start_in_one_line(
    urls: dict[str, str], small_disk: Path
) -> None:
    with filled(small_disk):
        ended = subprocess.run(
            [sys.executable, "-m", "gunicorn", "service.asgi:create_asgi()"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "TMPDIR": str(small_disk)} | urls,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ended.returncode == 1
        [line] = ended.stderr.splitlines()
        assert line.startswith("error: ")
        assert str(small_disk) in line
        assert "No space left on device" in line


def test_a_log_that_cannot_be_written_fails_no_request(
    urls: dict[str, str], tmp_path: Path
) -> None:
    with running(urls, tmp_path, log=Path("/dev/full")) as service:
        for path in ("/v1/members", "/v1/members", "/v1/nonsense", "/v1/members.csv", "/healthz"):
            assert service.get(path).status == (404 if "nonsense" in path else 200)

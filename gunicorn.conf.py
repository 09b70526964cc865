"""How gunicorn serves: read by it from the directory it is started in."""

import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
from types import FrameType
from typing import Any, NoReturn

# The workers' metrics meet in files here. It has to be named before the client is imported.
metrics = tempfile.mkdtemp(prefix="burdenshare-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics

from prometheus_client.multiprocess import mark_process_dead  # noqa: E402

from service.config import ConfigError, from_environment  # noqa: E402
from service.settings import bracketed, read_settings  # noqa: E402


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

bind = f"{bracketed(our_settings.host)}:{our_settings.port}"
workers = our_settings.workers
worker_class = "gthread"
# Not for speed, for which a few would do: a client that sends its request slowly holds a thread.
threads = 256
# A connection pool's threads do not survive a fork, so each worker makes the application itself.
preload_app = False

# Far above what the statement timeout lets a query take: a worker this late is stuck.
timeout = 30
# On SIGTERM, for the requests that are being answered.
graceful_timeout = 30
DRAIN_S = 1.5
SILENCE_S = 10
# Longer than a browser waits between the requests of a page.
keepalive = 5

# Room for every filter of a collection at once; a longer one is answered with 400.
limit_request_line = 8190
limit_request_fields = 100

# The application logs its requests itself, with the release and the request's id.
accesslog = None

# It would lie at one path for all services of a user, and nobody here talks to it.
control_socket_disable = True


def when_ready(server: Any) -> None:
    """Give up on a client that is silent in the middle of a request, or reads nothing of an answer.

    gunicorn waits for it without end. Connections inherit the time-outs of the socket that they
    come in by (on Linux; elsewhere a slow client just holds its thread).
    """
    if sys.platform == "linux":
        for listener in server.LISTENERS:
            for way in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                listener.sock.setsockopt(socket.SOL_SOCKET, way, struct.pack("ll", SILENCE_S, 0))


def post_worker_init(worker: Any) -> None:
    """Go on accepting for a while after SIGTERM, then stop as gunicorn does.

    A connection that waits to be accepted has mostly sent its request already; a worker that
    closed its socket at once would reset it.
    """
    stop: Any = signal.getsignal(signal.SIGTERM)

    def stop_soon(number: int, frame: FrameType | None) -> None:
        timer = threading.Timer(DRAIN_S, stop, (number, frame))
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, stop_soon)


def worker_exit(server: Any, worker: Any) -> None:
    """Close the pool while its threads still run: at exit Python 3.13 would wait 20 s for them."""
    # A worker may also end because it could not make the application.
    extensions = getattr(getattr(worker, "wsgi", None), "extensions", {})
    if "database" in extensions:
        extensions["database"].close()


def child_exit(server: Any, worker: Any) -> None:
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    shutil.rmtree(metrics, ignore_errors=True)

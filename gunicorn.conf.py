"""How gunicorn serves: read by it from the directory it is started in."""

import os
import sys
from typing import Any

from service.config import ConfigError, from_environment

host = os.environ.get("HOST") or "127.0.0.1"
port = os.environ.get("PORT") or "8000"
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

workers = int(os.environ.get("WORKERS") or 2)
# Threads, since a request mostly waits for PostgreSQL; as many as a worker has connections.
worker_class = "gthread"
threads = 4
# A connection pool's threads do not survive a fork, so each worker makes the application itself.
preload_app = False

# Far above what the statement timeout lets a query take: a worker this late is stuck.
timeout = 30
# On SIGTERM, for the requests that are being answered.
graceful_timeout = 30
# Longer than a browser waits between the requests of a page.
keepalive = 5

# Room for every filter of a collection at once; a longer one is answered with 400.
limit_request_line = 8190
limit_request_fields = 100

# One line a request costs more than many a request. --access-logfile=- turns it on.
accesslog = None

# It would lie at one path for all services of a user, and nobody here talks to it.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Say what is missing once, in a line, rather than from every worker with a traceback."""
    try:
        config = from_environment(os.environ)
    except ConfigError as error:
        sys.exit(f"error: {error}")
    if not (config.database_reader_url or config.database_url):
        sys.exit("error: DATABASE_URL is not set; `make run` brings a PostgreSQL of its own")


def worker_exit(server: Any, worker: Any) -> None:
    """Close the pool while its threads still run: at exit Python 3.13 would wait 20 s for them."""
    # A worker may also end because it could not make the application.
    extensions = getattr(getattr(worker, "wsgi", None), "extensions", {})
    if "database" in extensions:
        extensions["database"].close()

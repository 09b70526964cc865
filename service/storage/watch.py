"""Which revision of the data the database has, asked often enough to be known at any moment."""

import logging
import threading
import time
from datetime import date
from functools import lru_cache

import psycopg
from psycopg.conninfo import make_conninfo

from service import clock
from service.config import Config

from .connection import reader_conninfo
from .statements import whole

log = logging.getLogger("burdenshare")

# A load is seen in all workers within a second; the query takes 0.1 ms of PostgreSQL.
EVERY_S = 0.25
# Then another connection is made: of several replicas one may have stopped to follow.
LONGEST_S = 300
# Of a host that is gone without a word, so that its silence is not taken for news.
LIMITS = {"connect_timeout": 2, "tcp_user_timeout": 2000, "keepalives_idle": 2}


class Watch:
    """Polls the revision, on a connection of its own; to LISTEN would be refused by a replica.

    `version` names what an answer may depend on, the revision and the day; it is None as long as no
    data are known to be loaded. `heard_at` says when the revision was last heard of, on the
    monotonic clock. While the database is away the revision stays what it was.
    """

    def __init__(self, config: Config) -> None:
        self.conninfo = make_conninfo(reader_conninfo(config), **LIMITS)
        self.version: str | None = None
        self.heard_at = float("-inf")
        self.is_over = threading.Event()
        self.is_due = threading.Event()
        self.thread = threading.Thread(target=self.run, name="watch", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.is_over.set()
        self.is_due.set()
        if self.thread.is_alive():
            self.thread.join(timeout=5)

    def hurry(self) -> None:
        """Ask now: somebody has seen another revision."""
        self.is_due.set()

    def run(self) -> None:
        is_known_away = False
        while not self.is_over.is_set():
            try:
                with psycopg.connect(self.conninfo, autocommit=True) as connection:
                    until = time.monotonic() + LONGEST_S
                    while not self.is_over.is_set() and time.monotonic() < until:
                        self.ask(connection)
                        is_known_away = False
                        self.wait()
            except Exception as error:  # whatever it is: without the watch, what is old would stay
                if not is_known_away:
                    log.warning("no news of the data's revision: %s", error)
                is_known_away = True
                self.wait()

    def ask(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        query = whole("dataset/get", (), frozenset())
        row = connection.execute(query.text, prepare=True).fetchone()
        # In this order, a reader may take the news for older than it is, never for newer.
        self.version = None if row is None else version_of(str(row[0]), clock.today())
        self.heard_at = time.monotonic()

    def wait(self) -> None:
        self.is_due.wait(EVERY_S)
        self.is_due.clear()


@lru_cache(10)
def version_of(revision: str, today: date) -> str:
    """Return what an answer depends on: some say what holds on the day that is."""
    return f"{revision} {today}"

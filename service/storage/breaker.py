"""Remembers that the database is away, so that requests need not all wait to find out."""

import threading
import time

# Short beside what a person waits, long beside what asking a database costs.
PAUSE_S = 0.5


class Breaker:
    """Lets every request through while the database answers, else one each PAUSE_S to try it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_away = False
        self._try_again_at = 0.0
        self._succeeded_at = float("-inf")

    @property
    def is_away(self) -> bool:
        return self._is_away

    def admits(self) -> bool:
        if not self._is_away:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._try_again_at:
                return False
            self._try_again_at = now + PAUSE_S
            return True

    def failed(self, began: float) -> None:
        """Count a failure, unless the database answered after the attempt began: that is newer."""
        with self._lock:
            if self._succeeded_at > began:
                return
            self._is_away = True
            self._try_again_at = time.monotonic() + PAUSE_S

    def succeeded(self) -> None:
        self._succeeded_at = time.monotonic()
        self._is_away = False

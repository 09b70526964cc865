"""The operator's limit on requests, where there is one: headers on every answer, and 429."""

import math
import time
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from service.problems import ProblemError

from .probes import PROBES

if TYPE_CHECKING:
    from limits import RateLimitItem


class RateLimit:
    """Counts the requests of each address, in this process alone."""

    def __init__(self, item: "RateLimitItem") -> None:
        # Not at the top: without a limit, the default, nothing of it need be imported.
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        self.item = item
        self.limiter = FixedWindowRateLimiter(MemoryStorage())

    def admits(self, address: str) -> bool:
        return self.limiter.test(self.item, address)

    def refuse(self) -> None:
        """Raise a 429 ProblemError when the address has had what it may have."""
        if request.path in PROBES or self.admits(client()):
            return
        problem = ProblemError(
            "too_many_requests",
            f"{self.item.amount} requests in {self.item.get_expiry()} seconds are allowed.",
        )
        problem.headers["Retry-After"] = str(self.seconds_left(client()))
        raise problem

    def count(self, response: Response) -> Response:
        """Count the request, and say what is left."""
        if request.path not in PROBES:
            response.headers.update(self.counted(client(), response.status_code))
        return response

    def counted(self, address: str, status: int) -> dict[str, str]:
        """Count an answer, and return the headers. One that was not needed again is free."""
        if status not in (304, 429):
            self.limiter.hit(self.item, address)
        left = self.limiter.get_window_stats(self.item, address).remaining
        return {
            "RateLimit-Policy": f'"default";q={self.item.amount};w={self.item.get_expiry()}',
            "RateLimit": f'"default";r={left};t={self.seconds_left(address)}',
        }

    def seconds_left(self, address: str) -> int:
        stats = self.limiter.get_window_stats(self.item, address)
        return max(1, math.ceil(stats.reset_time - time.time()))


def client() -> str:
    return request.remote_addr or "unknown"


def init_app(app: Flask) -> None:
    item = app.config["BURDENSHARE"].rate_limit
    if item is not None:
        limit = RateLimit(item)
        app.extensions["rate_limit"] = limit
        app.before_request(limit.refuse)
        app.after_request(limit.count)

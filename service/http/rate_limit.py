"""The operator's limit on requests, where there is one: headers on every answer, and 429."""

import math
import time

from flask import Flask, Response, request
from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from .probes import PROBES
from .problems import ProblemError


class RateLimit:
    """Counts the requests of each address, in this process alone."""

    def __init__(self, item: RateLimitItem) -> None:
        self.item = item
        self.limiter = FixedWindowRateLimiter(MemoryStorage())

    def refuse(self) -> None:
        """Raise a 429 ProblemError when the address has had what it may have."""
        if request.path in PROBES or self.limiter.test(self.item, self.address()):
            return
        problem = ProblemError(
            "too_many_requests",
            f"{self.item.amount} requests in {self.item.get_expiry()} seconds are allowed.",
        )
        problem.headers["Retry-After"] = str(self.seconds_left())
        raise problem

    def count(self, response: Response) -> Response:
        """Count the request, and say what is left. An answer that was not needed again is free."""
        if request.path in PROBES:
            return response
        if response.status_code not in (304, 429):
            self.limiter.hit(self.item, self.address())
        left = self.limiter.get_window_stats(self.item, self.address()).remaining
        response.headers["RateLimit-Policy"] = (
            f'"default";q={self.item.amount};w={self.item.get_expiry()}'
        )
        response.headers["RateLimit"] = f'"default";r={left};t={self.seconds_left()}'
        return response

    def seconds_left(self) -> int:
        stats = self.limiter.get_window_stats(self.item, self.address())
        return max(1, math.ceil(stats.reset_time - time.time()))

    def address(self) -> str:
        return request.remote_addr or "unknown"


def init_app(app: Flask) -> None:
    item = app.config["BURDENSHARE"].rate_limit
    if item is not None:
        limit = RateLimit(item)
        app.before_request(limit.refuse)
        app.after_request(limit.count)

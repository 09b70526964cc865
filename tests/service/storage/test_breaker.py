"""The breaker remembers that the database is away, and forgets it by newer news alone."""

import time

from service.storage.breaker import Breaker


def test_a_failure_closes_the_way_until_a_success() -> None:
    breaker = Breaker()
    breaker.failed(time.monotonic())
    assert breaker.is_away
    assert not breaker.admits()
    breaker.succeeded()
    assert not breaker.is_away
    assert breaker.admits()


def test_an_attempt_that_began_before_the_last_success_is_no_news() -> None:
    breaker = Breaker()
    began = time.monotonic()  # such as a wait for a connection, which ends in a time-out
    breaker.succeeded()
    breaker.failed(began - 1)
    assert not breaker.is_away
    breaker.failed(time.monotonic() + 1)
    assert breaker.is_away

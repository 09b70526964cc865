"""Threads make calls for a loop: as many at once as there may be, and each to its end."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from service.front.threads import Threads


def in_loop(work: Callable[[Threads], Coroutine[Any, Any, Any]], most: int = 3) -> Any:
    async def main() -> Any:
        threads = Threads(most, "tried")
        try:
            return await asyncio.wait_for(work(threads), 10)
        finally:
            threads.shutdown()

    return asyncio.run(main())


def test_what_a_call_returns_and_raises_comes_back() -> None:
    async def work(threads: Threads) -> int:
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 // 0)
        with pytest.raises(KeyboardInterrupt):
            await threads.run(interrupted)
        return await threads.run(max, 3, 4)

    def interrupted() -> None:
        raise KeyboardInterrupt

    assert in_loop(work) == 4


def may_be_batch() -> bool:
    try:
        with ThreadPoolExecutor() as thread:
            thread.submit(os.sched_setscheduler, 0, os.SCHED_BATCH, os.sched_param(0)).result()
    except (AttributeError, OSError):
        return False
    return os.sched_getscheduler(0) == os.SCHED_OTHER


@pytest.mark.skipif(not may_be_batch(), reason="needs Linux, and leave to set a scheduler")
def test_a_thread_that_wakes_does_not_push_the_loop_aside() -> None:
    async def work(threads: Threads) -> tuple[int, int]:
        return await threads.run(os.sched_getscheduler, 0), os.sched_getscheduler(0)

    assert in_loop(work) == (os.SCHED_BATCH, os.SCHED_OTHER)


def test_a_call_may_raise_what_no_future_takes() -> None:
    async def work(threads: Threads) -> None:
        with pytest.raises(RuntimeError) as caught:
            await threads.run(next, iter(()))
        assert isinstance(caught.value.__cause__, StopIteration)

    in_loop(work)


def test_what_is_to_be_closed_is_closed_after_the_end() -> None:
    async def work(threads: Threads) -> int:
        await threads.run(max, 1, 2)
        threads.shutdown()
        return await threads.run(max, 3, 4)

    assert in_loop(work) == 4


def test_a_thread_that_cannot_start_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("can't start new thread")

    async def work(threads: Threads) -> int:
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", fail)
            with pytest.raises(RuntimeError, match="start"):
                await threads.run(max, 1, 2)
        assert (threads.started, threads.busy) == (0, 0)
        await threads.run(max, 1, 2)
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", fail)
            await asyncio.gather(*(threads.run(time.sleep, 0.01) for _ in range(3)))
        assert threads.started == 1
        return await threads.run(max, 3, 4)

    assert in_loop(work) == 4


def test_a_thread_is_started_when_all_others_are_busy() -> None:
    async def work(threads: Threads) -> list[int]:
        for _ in range(5):
            await threads.run(time.sleep, 0)
        one_by_one = threads.started
        await asyncio.gather(*(threads.run(time.sleep, 0.05) for _ in range(12)))
        return [one_by_one, threads.started, threads.busy]

    assert in_loop(work) == [1, 3, 0]


def test_calls_wait_in_line_when_there_are_no_more_threads() -> None:
    running, most = set[int](), [0]

    def hold(number: int) -> int:
        running.add(number)
        most[0] = max(most[0], len(running))
        time.sleep(0.01)
        running.remove(number)
        return number

    async def work(threads: Threads) -> list[int]:
        return await asyncio.gather(*(threads.run(hold, number) for number in range(20)))

    assert in_loop(work) == list(range(20))
    assert most == [3]


@pytest.mark.parametrize("times", [1, 3])
def test_a_call_that_is_given_up_is_waited_for(times: int) -> None:
    over = threading.Event()

    def hold() -> None:
        time.sleep(0.2)
        over.set()
        raise ZeroDivisionError  # which nobody wants any more

    async def work(threads: Threads) -> bool:
        task = asyncio.ensure_future(threads.run(hold))
        for _ in range(times):
            await asyncio.sleep(0.02)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return over.is_set() and threads.busy == 0

    assert in_loop(work)


def test_a_call_that_ends_as_it_is_given_up_is_over() -> None:
    async def work(threads: Threads) -> int:
        task = asyncio.ensure_future(threads.run(time.sleep, 0.05))
        await asyncio.sleep(0.01)
        time.sleep(0.1)  # the thread is done, and the loop has not heard of it
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return threads.busy

    assert in_loop(work) == 0


def test_what_was_asked_for_before_the_end_is_still_done() -> None:
    done = []

    async def work(threads: Threads) -> None:
        waiting = [asyncio.ensure_future(threads.run(done.append, at)) for at in range(9)]
        await asyncio.sleep(0)
        threads.shutdown()
        await asyncio.gather(*waiting)

    in_loop(work)
    assert sorted(done) == list(range(9))


def test_a_loop_that_has_ended_ends_no_thread() -> None:
    threads = Threads(1, "tried")

    async def leave() -> None:
        task = asyncio.ensure_future(threads.run(time.sleep, 0.1))
        await asyncio.sleep(0.01)
        assert not task.done()
        tasks.append(task)

    tasks: list[Any] = []
    loop = asyncio.new_event_loop()
    loop.run_until_complete(leave())
    loop.close()
    time.sleep(0.2)

    async def work() -> int:
        return await threads.run(max, 1, 2)

    assert asyncio.run(work()) == 2
    threads.shutdown()

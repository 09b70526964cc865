"""Threads that make calls for an event loop."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Call:
    """A call and what awaits it, in the event loop."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    loop: asyncio.AbstractEventLoop
    result: "asyncio.Future[Any]"
    is_over: bool = False


class Threads:
    """Up to so many threads, each started when all others are busy.

    Used by one event loop, which alone counts them. An executor would do; its future has a lock and
    a condition for each call beside the loop's own: a tenth of what a small answer took.
    """

    def __init__(self, most: int, name: str) -> None:
        self.most, self.name = most, name
        self.started = self.busy = 0
        self.is_shut = False
        self.calls: SimpleQueue[Call | None] = SimpleQueue()

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Return what a call that may wait returns; one that is given up is still waited for."""
        if self.is_shut:
            return function(*arguments)  # what is still to be closed
        loop = asyncio.get_running_loop()
        if self.started <= self.busy and self.started < self.most:
            self.start()
        call = Call(function, arguments, loop, loop.create_future())
        self.busy += 1
        self.calls.put(call)
        try:
            made: T = await call.result
            return made
        except asyncio.CancelledError:
            while not call.is_over:
                call.result = loop.create_future()
                # Whatever becomes of it, nobody wants it any more.
                with suppress(Exception, asyncio.CancelledError):
                    await call.result
            raise
        finally:
            del call  # which what it raised would keep, and be kept by

    def start(self) -> None:
        """Start another thread. Raises RuntimeError where there is none yet and none to be had."""
        name = f"{self.name}_{self.started + 1}"
        try:
            Thread(target=self.work, name=name, daemon=True).start()
        except RuntimeError:
            if not self.started:
                raise
        else:
            self.started += 1

    def work(self) -> None:
        # Where cores are few, one that wakes would push aside the loop that has just called it,
        # only to wait for Python's lock. Linux alone has this to set, and may not let us. What a
        # thread starts has it too.
        with suppress(AttributeError, OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        while (call := self.calls.get()) is not None:
            made: Any = None
            error: BaseException | None = None
            try:
                made = call.function(*call.arguments)
            except StopIteration as raised:  # which no future takes
                error = RuntimeError("a call raised StopIteration")
                error.__cause__ = raised
            except BaseException as raised:
                error = raised
            with suppress(RuntimeError):  # the loop has ended meanwhile
                call.loop.call_soon_threadsafe(self.finish, call, made, error)
            del call, made, error  # which would be kept until the next call

    def finish(self, call: Call, made: Any, error: BaseException | None) -> None:
        self.busy -= 1
        call.is_over = True
        if call.result.done():  # given up
            return
        if error is None:
            call.result.set_result(made)
        else:
            call.result.set_exception(error)

    def shutdown(self) -> None:
        """Let each thread end once there is nothing more to do."""
        self.is_shut = True
        for _ in range(self.started):
            self.calls.put(None)

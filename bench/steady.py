"""Asks at a fixed rate, in build/bench/venv: `python -m bench.steady '{"url": …}'`.

A question is due at its time whether or not the one before is answered, and its answer is measured
from when it was due. So what waits behind a slow answer is counted too.
"""

import asyncio
import json
import sys
import time
from typing import Any

import aiohttp
import uvloop
from yarl import URL

PATIENCE_S = 10


async def ask(asking: dict[str, Any]) -> dict[str, float]:
    """Return p50 and p99 in ms, how many were asked, and after how many seconds all was answered.

    What is not answered PATIENCE_S after the last question was due is counted up to then.
    """
    number = int(asking["rate"] * asking["seconds"])
    connector = aiohttp.TCPConnector(limit=asking["connections"])
    async with aiohttp.ClientSession(connector=connector, headers=asking["headers"]) as session:
        # The connections are opened before anything is measured.
        await asyncio.gather(*(one(session, asking, -1 - i) for i in range(asking["connections"])))
        begun = time.perf_counter()
        due = [begun + i / asking["rate"] for i in range(number)]
        tasks = []
        for i, moment in enumerate(due):
            if (wait := moment - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(one(session, asking, i)))
        done, late = await asyncio.wait(tasks, timeout=PATIENCE_S)
        given_up = time.perf_counter()
        for task in late:
            task.cancel()
    ended = [task.result() if task in done else given_up for task in tasks]
    times = sorted((end - moment) * 1000 for end, moment in zip(ended, due, strict=True))
    return {
        "p50_ms": times[int(number * 0.5)],
        "p99_ms": times[int(number * 0.99)],
        "asked": number,
        "seconds": max(ended) - begun,
    }


async def one(session: Any, asking: dict[str, Any], i: int) -> float:
    """Ask once; return when the whole answer was there."""
    url = asking["url"]
    if asking["first"] is not None:
        url = url.replace("NNN", str(asking["first"] + 100 + i))
    async with session.get(URL(url, encoded=True)) as answer:
        await answer.read()
        if answer.status not in (200, 304):
            raise SystemExit(f"{url}: {answer.status}")
    return time.perf_counter()


if __name__ == "__main__":
    print(json.dumps(uvloop.run(ask(json.loads(sys.argv[1])))))

"""Shows on a terminal how far long work has come; elsewhere it says nothing."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

WIDTH = 30


def shown(items: Iterable[T], total: int | None, what: str) -> Iterator[T]:
    """Pass the items on and draw a bar on stderr, which is gone once they are through."""
    if not total or not sys.stderr.isatty():
        yield from items
        return
    drawn = ""
    try:
        for count, item in enumerate(items):
            if (now := bar(count, total, what)) != drawn:
                drawn = now
                print(f"\r{drawn}", end="", file=sys.stderr, flush=True)
            yield item
    finally:
        print("\r" + " " * len(drawn) + "\r", end="", file=sys.stderr, flush=True)


def bar(count: int, total: int, what: str) -> str:
    share = min(count / total, 1)
    return f"[{'#' * int(share * WIDTH):<{WIDTH}}] {share:4.0%} {what}"

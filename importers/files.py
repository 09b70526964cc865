"""Reads and writes single files of data/: each whole or not at all, each refusal one line."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from importers.plain_yaml import NotPlainError, load
from importers.refusals import RefusedError, problem

MEGABYTE = 1_000_000

# The largest file of figures has 0.4 megabytes, the largest release.yaml 0.008. What is more is not
# read, so that time and memory stay bounded.
LARGEST_FILE = 10 * MEGABYTE
LARGEST_YAML = MEGABYTE // 5


def read_whole(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """Return what a regular file holds; anything else, such as a pipe, may have no end."""
    try:
        with open(path, "rb", opener=without_waiting) as file:
            is_regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            content = file.read(largest + 1) if is_regular else b""
    except OSError as error:
        raise RefusedError([problem(path, "", "", f"cannot be read: {error.strerror}")]) from error
    if not is_regular:
        raise RefusedError([problem(path, "", "", "is not a regular file")])
    if len(content) > largest:
        text = f"is larger than {largest / MEGABYTE:g} megabytes"
        raise RefusedError([problem(path, "", "", text)])
    return content


def without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe is open at once too, not when somebody writes into it."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


def read_yaml(path: Path) -> Any:
    content = read_whole(path, LARGEST_YAML)
    try:
        return load(content.decode("utf-8"))
    except NotPlainError as error:
        wrong = problem(path, f"line {error.line}", error.value, str(error))
        raise RefusedError([wrong]) from error
    # A ValueError is a day that no calendar has, or bytes that are no UTF-8.
    except (yaml.YAMLError, ValueError) as error:
        raise RefusedError([problem(path, "", "", f"is not YAML: {error}")]) from error


def write_whole(path: Path, text: str) -> None:
    """Write a file, and the folder for it where there is none."""
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, "utf-8", newline="\n")
        unfinished.replace(path)
    except OSError as error:
        wrong = problem(path, "", "", f"cannot be written: {error.strerror}")
        raise RefusedError([wrong]) from error
    finally:
        with suppress(OSError):
            unfinished.unlink()

"""Reads and writes single files of data/: each whole or not at all, each refusal one line."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from importers.refusals import RefusedError, problem


def read_yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise RefusedError([problem(path, "", "", f"cannot be read: {error.strerror}")]) from error
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

"""What goes wrong with the embedded PostgreSQL, in one line."""

import re
from pathlib import Path

from service.errors import OneLineError


class EmbeddedServerError(OneLineError):
    """The embedded PostgreSQL cannot be used; the message is one line for a person."""


def complaint(log: Path, offset: int) -> str:
    """Return the first error in a log after an offset, else its last line.

    What comes after the first error, on a full disk for instance, is about its consequences.
    """
    said = log.read_bytes()[offset:].decode(errors="replace")
    errors = re.findall(r"(?:FATAL|PANIC|ERROR|error): +(.*)", said)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return str((errors or lines[-1:] or ["it said nothing"])[0])

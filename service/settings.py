"""What the environment says to `python -m service`, checked before anything is started."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .config import ConfigError, whole
from .listening import Address, UnixSocket, read_address

# Set by us for gunicorn: it waits for a byte on its standard input before it listens.
HELD = "BURDENSHARE_HELD"


@dataclass(frozen=True)
class Settings:
    """Where to listen, with how many workers, and where the figures are kept.

    database_url: the server to use instead of the embedded one.
    directory: where the embedded one keeps its data, if somebody said so.
    """

    address: Address | UnixSocket
    workers: int
    database_url: str | None
    directory: Path | None


def read_settings(environment: Mapping[str, str]) -> Settings:
    directory = environment.get("DATABASE_DIR")
    name = "WORKERS" if environment.get("WORKERS") else "WEB_CONCURRENCY"
    return Settings(
        address=read_address(
            environment.get("HOST") or "127.0.0.1", whole(environment, "PORT", 8000, most=65535)
        ),
        # With 5 connections each, 19 workers take all that the embedded server leaves to us.
        workers=whole(environment, name, 2, most=19),
        database_url=environment.get("DATABASE_URL") or None,
        directory=Path(directory) if directory else None,
    )


def temporary_directory() -> Path:
    """Return TMPDIR, whether or not it can be written; Python would silently use another one.

    Without TMPDIR, return the directory that Python finds. Raises OSError where it finds none.
    """
    return Path(os.environ.get("TMPDIR") or tempfile.gettempdir()).absolute()


def check_temporary_directory() -> None:
    """Raise ConfigError where no temporary file can be made, or none in TMPDIR."""
    try:
        tempfile.TemporaryFile(dir=temporary_directory()).close()
    except OSError as error:
        named = os.environ.get("TMPDIR")
        place = f"TMPDIR={named}: " if named else ""
        text = f"{place}{error.strerror}: set TMPDIR to a directory that can be written"
        raise ConfigError(text) from error

"""What the environment says to `python -m service`, checked before anything is started."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .config import ConfigError, whole

# Set by us for gunicorn: it waits for a byte on its standard input before it listens.
HELD = "BURDENSHARE_HELD"


@dataclass(frozen=True)
class Settings:
    """Where to listen, with how many workers, and where the figures are kept.

    database_url: the server to use instead of the embedded one.
    directory: where the embedded one keeps its data, if somebody said so.
    """

    host: str
    port: int
    workers: int
    database_url: str | None
    directory: Path | None

    @property
    def own_host(self) -> str:
        """Where this machine reaches the service, also when it listens everywhere."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)

    @property
    def url(self) -> str:
        return f"http://{bracketed(self.own_host)}:{self.port}"


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def read_settings(environment: Mapping[str, str]) -> Settings:
    directory = environment.get("DATABASE_DIR")
    return Settings(
        host=environment.get("HOST") or "127.0.0.1",
        port=whole(environment, "PORT", 8000, most=65535),
        # With 5 connections each, as many as the 97 that the embedded server leaves to us.
        workers=whole(environment, "WORKERS", 2, most=19),
        database_url=environment.get("DATABASE_URL") or None,
        directory=Path(directory) if directory else None,
    )


def check_free(host: str, port: int) -> None:
    """Find out before anything is started whether gunicorn will be able to listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except (OSError, UnicodeError) as error:
            raise ConfigError(
                f"cannot listen on HOST={host} PORT={port}: {getattr(error, 'strerror', error)}"
            ) from error

"""Every environment variable the web process reads, its type and its default."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


class ConfigError(Exception):
    """A variable has a value that cannot be used; the message is one line."""


@dataclass(frozen=True)
class Config:
    """What the operator decides.

    database_url: the server; migrations and loading use it as it is.
    database_reader_url: what the web process connects with. Without it the web process uses
        database_url and takes on the role burdenshare_reader.
    statement_timeout_ms: after how long PostgreSQL gives up on a query.
    pool_size: connections a worker holds at most.
    pool_timeout_s: how long a request waits for one of them.
    """

    database_url: str | None = None
    database_reader_url: str | None = None
    statement_timeout_ms: int = 5000
    pool_size: int = 4
    pool_timeout_s: float = 3.0


def from_environment(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration. Raises ConfigError, naming the variable."""
    return Config(
        database_url=environment.get("DATABASE_URL") or None,
        database_reader_url=environment.get("DATABASE_READER_URL") or None,
        statement_timeout_ms=whole(environment, "STATEMENT_TIMEOUT_MS", 5000),
        pool_size=whole(environment, "POOL_SIZE", 4),
        pool_timeout_s=whole(environment, "POOL_TIMEOUT_MS", 3000) / 1000,
    )


def whole(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 600_000:
        raise ConfigError(f"{name}={text!r} is not a whole number from 1 to 600000")
    return int(text)

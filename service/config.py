"""Every environment variable the web process reads, its type and its default."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import OneLineError

if TYPE_CHECKING:
    from limits import RateLimitItem

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class ConfigError(OneLineError):
    """A variable has a value that cannot be used; the message is one line."""


@dataclass(frozen=True)
class Config:
    """What the operator decides.

    database_url: the server; migrations and loading use it as it is.
    database_reader_url: what the web process connects with. Without it the web process uses
        database_url and takes on the role burdenshare_reader.
    statement_timeout_ms: after how long PostgreSQL gives up on a query.
    file_timeout_ms: after how long a list in a file, which holds a connection, is broken off.
    pool_size: connections a worker holds at most.
    pool_timeout_s: how long a request waits for one of them.
    rate_limit: how many requests an address may make in which time; None: as many as it likes.
    cache_bytes: how much of answers a worker keeps to give again.
    trusted_proxies: how many proxies stand in front and add to X-Forwarded-For and -Proto.
    log_level: the least that is logged; INFO has a line for each request.
    """

    database_url: str | None = None
    database_reader_url: str | None = None
    statement_timeout_ms: int = 5000
    file_timeout_ms: int = 60_000
    pool_size: int = 4
    pool_timeout_s: float = 3.0
    rate_limit: "RateLimitItem | None" = None
    cache_bytes: int = 32 * 2**20
    trusted_proxies: int = 0
    log_level: str = "WARNING"


def from_environment(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration. Raises ConfigError, naming the variable."""
    return Config(
        database_url=environment.get("DATABASE_URL") or None,
        database_reader_url=environment.get("DATABASE_READER_URL") or None,
        statement_timeout_ms=whole(environment, "STATEMENT_TIMEOUT_MS", 5000),
        file_timeout_ms=whole(environment, "FILE_TIMEOUT_MS", 60_000),
        pool_size=whole(environment, "POOL_SIZE", 4, most=100),
        pool_timeout_s=whole(environment, "POOL_TIMEOUT_MS", 3000) / 1000,
        rate_limit=rate(environment, "RATE_LIMIT"),
        cache_bytes=whole(environment, "CACHE_MB", 32, least=0, most=10_000) * 2**20,
        trusted_proxies=whole(environment, "TRUSTED_PROXIES", 0, least=0, most=10),
        log_level=level(environment, "LOG_LEVEL", "INFO"),
    )


def whole(
    environment: Mapping[str, str], name: str, default: int, least: int = 1, most: int = 600_000
) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise ConfigError(f"{name}={text!r} is not a whole number from {least} to {most}")
    return int(text)


def rate(environment: Mapping[str, str], name: str) -> "RateLimitItem | None":
    text = environment.get(name)
    if not text:
        return None
    # It takes as long to import as Flask, and is needed where there is a limit.
    from limits import parse

    try:
        return parse(text)
    except ValueError as error:
        raise ConfigError(f"{name}={text!r} is not a rate such as 600/minute") from error


def level(environment: Mapping[str, str], name: str, default: str) -> str:
    text = (environment.get(name) or default).upper()
    if text not in LEVELS:
        raise ConfigError(f"{name}={text!r} is not one of {', '.join(LEVELS)}")
    return text

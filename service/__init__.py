"""The web service. create_app() is the only way in."""

from typing import TYPE_CHECKING

from .config import Config, ConfigError, from_environment

if TYPE_CHECKING:
    from flask import Flask


def create_app(config: Config | None = None) -> "Flask":
    """Return the WSGI application. Nothing is connected before the first request."""
    # Imported here, since `python -m service` starts sooner without Flask and all that needs it.
    from .assembly import assemble

    try:
        return assemble(config or from_environment())
    except ConfigError as wrong:
        from click import ClickException

        # Of this, the flask commands make one line.
        raise ClickException(str(wrong)) from wrong

"""`python -m service`: everything on one machine, from the database to the web server."""

import os
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from . import supervisor
from .config import from_environment
from .errors import OneLineError
from .listening import Address, TakenError, UnixSocket, check_free
from .settings import Settings, check_temporary_directory, read_settings
from .storage.embedded import EmbeddedServer, reachable_directory

DEFAULT_DIRECTORY = supervisor.ROOT / ".postgres"
EXAMPLE = "/v1/spending-years?year=2024&share_gdp_pct_gte=2"


def main() -> int:
    supervisor.signals.listen()
    # A path may have signs that the terminal's encoding lacks.
    if sys.stdout is not None:
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        with ExitStack() as started:
            try:
                launch(started)
            finally:
                supervisor.signals.begin_ending()
    except KeyboardInterrupt:
        say("Stopped.")
    except (OneLineError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return getattr(error, "exit_code", 1)
    return 0


def launch(started: ExitStack) -> None:
    """Bring up one thing after another, then watch; whatever was started ends with the stack.

    gunicorn imports the application meanwhile, and listens once the data are loaded.
    """
    from_environment(os.environ)  # Lest each worker find the mistake, and say it in twenty lines.
    settings = read_settings(os.environ)
    check_temporary_directory()
    wait_until_free(settings.address)
    server = None if settings.database_url else start_database(settings.directory, started)
    environment = for_gunicorn(os.environ, settings) | database_variables(settings, server)
    gunicorn = started.enter_context(supervisor.held(gunicorn_command(), environment))
    migrate(environment["DATABASE_URL"], environment.get("DATABASE_READER_URL") or None)
    supervisor.signals.check()
    load(environment)
    begun = time.monotonic()
    supervisor.let_go(gunicorn)
    supervisor.wait_until_ready(gunicorn, settings.address)
    say(f"{settings.workers} workers started", begun)
    greet(settings.address)
    supervisor.watch(gunicorn, server)


def wait_until_free(address: Address | UnixSocket) -> None:
    """Wait for what a killed launcher left: gunicorn ends by itself, after its last requests."""
    deadline = time.monotonic() + supervisor.ENDS_WITHIN_S
    is_told = False
    while True:
        try:
            return check_free(address)
        except TakenError:
            if time.monotonic() > deadline:
                raise
        if not is_told:
            seconds = supervisor.ENDS_WITHIN_S
            say(f"{address} is in use: waiting up to {seconds} s for an earlier run to end")
            is_told = True
        time.sleep(0.1)


def for_gunicorn(environment: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """Return the environment without gunicorn's variables, which would win over our own."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith(("GUNICORN_", "WEB_CONCURRENCY"))
    } | {"WORKERS": str(settings.workers)}


def start_database(named: Path | None, started: ExitStack) -> EmbeddedServer:
    begun = time.monotonic()
    directory = named or reachable_directory(DEFAULT_DIRECTORY)
    if not named and directory != DEFAULT_DIRECTORY:
        say(f"PostgreSQL does not run as root, and nobody else can enter {supervisor.ROOT}")
    server = started.enter_context(EmbeddedServer(directory))
    verb = "found running" if server.is_attached else "started"
    say(f"PostgreSQL {verb} in {server.directory}", begun)
    say(f"Its address for the importers: DATABASE_URL='{server.url}'")
    return server


def database_variables(settings: Settings, server: EmbeddedServer | None) -> dict[str, str]:
    if server is not None:
        return {"DATABASE_URL": server.url, "DATABASE_READER_URL": server.reader_url}
    from .storage import external

    assert settings.database_url is not None
    external.check(settings.database_url)
    say("PostgreSQL of DATABASE_URL reached")
    return {"DATABASE_URL": settings.database_url}


def migrate(url: str, reader_url: str | None) -> None:
    # Imported once gunicorn is on its way, which need not wait for it.
    from .storage import external, migrations

    begun = time.monotonic()
    with external.explained():
        applied = migrations.migrate(url, reader_url)
    say(f"{len(applied)} migrations applied" if applied else "No migration to apply", begun)


def load(environment: Mapping[str, str]) -> None:
    begun = time.monotonic()
    with supervisor.running([sys.executable, "-m", "importers", "load"], environment) as process:
        exit_code = process.wait()
    if exit_code != 0:
        raise supervisor.SupervisorError(
            f"the data was not loaded (exit code {exit_code})", exit_code
        )
    say("Data loaded", begun)


def gunicorn_command() -> list[str]:
    # gunicorn.conf.py in the root says the rest. Its information would drown our few lines.
    options = ["--log-level=warning", f"--graceful-timeout={supervisor.GRACE_S}"]
    return [sys.executable, "-m", "gunicorn", *options, "service.asgi:create_asgi()"]


def greet(address: Address | UnixSocket) -> None:
    say(f"Burdenshare on {address.url}")
    say(f"Try: {address.curl(EXAMPLE)}")
    say("Ctrl-C stops everything it started.")


def say(text: str, begun: float | None = None) -> None:
    elapsed = "" if begun is None else f" ({time.monotonic() - begun:.1f} s)"
    print(text + elapsed, flush=True)


if __name__ == "__main__":
    sys.exit(main())

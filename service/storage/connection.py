"""How the web process connects: as a reader, with limits."""

import orjson
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow
from psycopg.types.json import set_json_loads
from psycopg.types.numeric import FloatLoader

from service.config import Config

READER = "burdenshare_reader"


def reader_conninfo(config: Config) -> str:
    """Return what to connect with: as the reader, read-only, with a limit on every statement."""
    url = config.database_reader_url or config.database_url or ""
    settings = [
        f"statement_timeout={config.statement_timeout_ms}",
        # Should the worker hang over a file that it sends, and not break it off itself.
        f"idle_in_transaction_session_timeout={2 * config.file_timeout_ms}",
        "datestyle=ISO",  # what psycopg reads, whatever the server's default
    ]
    if not config.database_reader_url:
        settings.append(f"role={READER}")
    given = conninfo_to_dict(url).get("options") or ""
    options = " ".join([str(given), *(f"-c {setting}" for setting in settings)]).strip()
    # Texts go to the client as they come.
    return make_conninfo(url, options=options, client_encoding="UTF8")


def configure(connection: psycopg.Connection[DictRow]) -> None:
    connection.autocommit = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    connection.cursor_factory = psycopg.RawCursor
    connection.server_cursor_factory = psycopg.RawServerCursor
    connection.execute(
        # Of single statements too. Statements are made for what they filter by, and planned once.
        # Where PostgreSQL prints a double it has all its digits, whatever is set on the server.
        "SET default_transaction_isolation = 'repeatable read';"
        "SET default_transaction_read_only = on;"
        "SET plan_cache_mode = force_generic_plan;"
        "SET extra_float_digits = 1"
    )
    # Stored exact, compared exact in SQL, and turned into the nearest double only on the way out.
    connection.adapters.register_loader("numeric", FloatLoader)
    set_json_loads(orjson.loads, connection)

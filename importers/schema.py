"""Whether the database has the tables that this code loads into: neither newer nor older ones."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importers.load import Connection

TABLES = Path(__file__).parents[1] / "sql" / "tables"
# All of sql/always, under one name: applied again on every change, so that there is no order.
DEFINITIONS = "always"
MIGRATE = "run `flask --app service migrate` first"


def check_schema(connection: "Connection") -> Iterator[str]:
    """Compare the names of the files that were applied with those of the files that there are."""
    if connection.execute("SELECT to_regclass('migration')").fetchone() == (None,):
        yield f"the database is not migrated: {MIGRATE}"
        return
    known = {DEFINITIONS} | {path.stem for path in TABLES.glob("*.sql")}
    applied = {str(name) for (name,) in connection.execute("SELECT name FROM migration")}
    if newer := max(applied - known, default=None):
        text = f"the database is ahead of this code: it has {newer}"
        yield f"{text}. Load with the code that migrated it"
    elif older := min(known - applied, default=None):
        yield f"the database is behind this code: it lacks {older}; {MIGRATE}"

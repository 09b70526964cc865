"""Where the reference tables differ from their files, and what can be searched from the tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from importers.load import Connection, insert
from importers.loaded import Difference, Row, Verified, fetch
from importers.tables import Table, read_tables

# Shown in place of a release's id.
NAME = "reference"
SEARCHED = {"search_document": ("kind", "id"), "search_word": ("word",)}
# A release's own notes are no rows of notes.csv.
OWN_NOTES = " WHERE NOT EXISTS (SELECT FROM release WHERE note.id = ANY(release.notes))"


def verify_tables(connection: Connection, data: Path) -> Verified:
    """Compare each row with the one that loading would write."""
    tables = read_tables(data)
    cells = sum(len(values) for table in tables for _, values in table.rows)
    found = [each for table in tables for each in differences_of(connection, table)]
    return Verified(NAME, cells, found)


def differences_of(connection: Connection, table: Table) -> Iterator[Difference]:
    columns = list(table.rows[0][1]) if table.rows else [table.key]
    query = select(columns, table.name)
    if table.name == "note":
        query += OWN_NOTES
    loaded = rows_by(connection, query, (table.key,))
    return compared(table.name, loaded, typed(connection, table, columns))


def typed(connection: Connection, table: Table, columns: list[str]) -> dict[str, Row]:
    """Return the rows of a file as PostgreSQL would store them."""
    with connection.transaction(force_rollback=True):
        create = f"CREATE TEMPORARY TABLE expected (LIKE {table.name} INCLUDING DEFAULTS)"
        connection.execute(create.encode())
        for _, values in table.rows:
            connection.execute(insert("expected", columns), values)
        return rows_by(connection, select(columns, "expected"), (table.key,))


def verify_search(connection: Connection) -> Verified:
    """Compare what can be searched with what the texts of the tables give now."""
    found: list[Difference] = []
    cells = 0
    for table, key in SEARCHED.items():
        stored = rows_by(connection, f"TABLE {table}", key)
        made = rows_by(connection, f"TABLE {table}_of_texts", key)
        cells += len(stored)
        found += compared(table, stored, made)
    return Verified(NAME, cells, found)


def select(columns: list[str], table: str) -> str:
    """Return a query of names that are our own."""
    return "SELECT {} FROM {}".format(", ".join(f'"{column}"' for column in columns), table)


def rows_by(connection: Connection, query: str, key: tuple[str, ...]) -> dict[str, Row]:
    rows = fetch(connection, query.encode())
    return {" ".join(str(row[name]) for name in key): row for row in rows}


def compared(table: str, loaded: dict[str, Row], file: dict[str, Row]) -> Iterator[Difference]:
    for key in sorted(loaded.keys() | file.keys()):
        was, now = loaded.get(key), file.get(key)
        if was is None or now is None:
            yield differs(table, key, "a row" if was else None, "a row" if now else None)
            continue
        for column in now:
            if was[column] != now[column]:
                yield differs(table, f"{key}.{column}", was[column], now[column])


def differs(table: str, field: str, loaded: Any, file: Any) -> Difference:
    return Difference(NAME, table, None, None, None, field, loaded, file)

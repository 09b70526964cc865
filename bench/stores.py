"""The same rows in the form that each peer keeps them in."""

import json
import sqlite3
import urllib.request
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from .candidates import SERVED, Scene
from .questions import (
    OBSERVATIONS,
    SIZES,
    SPENDING_YEARS,
    Held,
    Listed,
    Row,
    Rows,
    asked,
    of_service,
)

POSTGRESQL = {
    "text": "text",
    "integer": "integer",
    "number": "numeric",
    "double": "double precision",
    "json": "jsonb",
}
SQLITE = {"text": "TEXT", "integer": "INTEGER", "number": "REAL", "json": "TEXT"}
# What the server of every answer adds to its head itself.
ADDED = {"date", "server", "connection"}


def store(scene: Scene, held: Held) -> None:
    """Store what the service holds; it is asked once more, for its answers as they are sent."""
    for listed in (OBSERVATIONS, SPENDING_YEARS):
        in_postgresql(scene.database, listed, held.rows[listed.table])
    in_sqlite(scene.place / "bench.db", OBSERVATIONS, held.rows[OBSERVATIONS.table])
    in_files(scene.place, held.rows[OBSERVATIONS.table])
    as_answered(scene)


def in_postgresql(url: str, listed: Listed, rows: Rows) -> None:
    """Make the table of a list anew."""
    table = sql.Identifier(listed.table)
    columns = [f"{name} {POSTGRESQL[kind]}" for name, kind in listed.fields.items()]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
        connection.execute(
            sql.SQL("CREATE TABLE {} ({}, PRIMARY KEY ({}))").format(
                table,
                sql.SQL(", ".join(columns)),
                sql.SQL(", ").join(map(sql.Identifier, listed.key)),
            )
        )
        # By COPY, which writes a float with all its digits.
        statement = sql.SQL("COPY {} FROM STDIN").format(table)
        with connection.cursor().copy(statement) as copy:
            for row in rows:
                copy.write_row(values(listed, row, Jsonb))
        connection.execute(sql.SQL("VACUUM ANALYZE {}").format(table))


def in_sqlite(path: Path, listed: Listed, rows: Rows) -> None:
    path.unlink(missing_ok=True)
    columns = ", ".join(f"{name} {SQLITE[kind]}" for name, kind in listed.fields.items())
    key, marks = ", ".join(listed.key), ", ".join("?" * len(listed.fields))
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(
            f"CREATE TABLE {listed.table} ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID"
        )
        connection.executemany(
            f"INSERT INTO {listed.table} VALUES ({marks})",
            [values(listed, row, json.dumps) for row in rows],
        )
    connection.close()


def values(listed: Listed, row: Row, parts: Any) -> list[Any]:
    """Return a row's values, those with parts wrapped by what the database wants."""
    return [
        parts(row[name]) if kind == "json" else row[name] for name, kind in listed.fields.items()
    ]


def in_files(place: Path, rows: Rows) -> None:
    """Write what ROAPI and json-server read."""
    table = OBSERVATIONS.table
    (place / f"{table}.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (place / "db.json").write_text(json.dumps({table: rows}))


def as_answered(scene: Scene) -> None:
    """Write each answer of the service, byte for byte, and its head beside it."""
    scene.answered.mkdir(exist_ok=True)
    for size in SIZES:
        url = f"http://127.0.0.1:{scene.ports[SERVED]}{asked(of_service(size))}"
        # The second comes from its cache, as all later ones do.
        for _ in range(2):
            with urllib.request.urlopen(url, timeout=30) as answer:
                head, body = answer.headers.items(), answer.read()
        (scene.answered / f"{size}.json").write_bytes(body)
        pairs = [(name, value) for name, value in head if name.lower() not in ADDED]
        (scene.answered / f"{size}.head").write_text(json.dumps(pairs), "utf-8")

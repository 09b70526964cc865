"""The same rows in the form that each peer keeps them in."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from .candidates import Scene
from .questions import FIELDS, SIZES, Row, Rows, expected

POSTGRESQL = {"text": "text", "integer": "integer", "number": "double precision", "json": "jsonb"}
SQLITE = {"text": "TEXT", "integer": "INTEGER", "number": "REAL", "json": "TEXT"}


def store(scene: Scene, rows: Rows) -> None:
    in_postgresql(scene.database, rows)
    in_sqlite(scene.place / "bench.db", rows)
    in_files(scene.place, rows)


def in_postgresql(url: str, rows: Rows) -> None:
    """Make the table `spending_years` anew.

    Numbers are double precision, which is easier for peers than the exact ones of the service.
    """
    columns = ", ".join(f"{name} {POSTGRESQL[kind]}" for name, kind in FIELDS.items())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS spending_years")
        connection.execute(
            sql.SQL("CREATE TABLE spending_years ({}, PRIMARY KEY (member, year))").format(
                sql.SQL(columns)
            )
        )
        marks = ", ".join(["%s"] * len(FIELDS))
        connection.cursor().executemany(
            sql.SQL("INSERT INTO spending_years VALUES ({})").format(sql.SQL(marks)),
            [values(row, Jsonb) for row in rows],
        )
        connection.execute("VACUUM ANALYZE spending_years")


def in_sqlite(path: Path, rows: Rows) -> None:
    path.unlink(missing_ok=True)
    columns = ", ".join(f"{name} {SQLITE[kind]}" for name, kind in FIELDS.items())
    marks = ", ".join("?" * len(FIELDS))
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(
            f"CREATE TABLE spending_years ({columns}, PRIMARY KEY (member, year)) WITHOUT ROWID"
        )
        connection.executemany(
            f"INSERT INTO spending_years VALUES ({marks})",
            [values(row, json.dumps) for row in rows],
        )
    connection.close()


def values(row: Row, parts: Any) -> list[Any]:
    """Return a row's values, those with parts wrapped by what the database wants."""
    return [parts(row[name]) if kind == "json" else row[name] for name, kind in FIELDS.items()]


def in_files(place: Path, rows: Rows) -> None:
    """Write what ROAPI and json-server read, and the constant answers."""
    (place / "spending_years.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (place / "db.json").write_text(json.dumps({"spending_years": rows}))
    static = place / "static"
    static.mkdir(exist_ok=True)
    for size in SIZES:
        answer = {"data": expected(rows, size)}
        (static / f"{size}.json").write_text(
            json.dumps(answer, ensure_ascii=False, separators=(",", ":")), "utf-8"
        )

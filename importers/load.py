"""Loads data/ into PostgreSQL: the reference tables in one transaction, each release in its own."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Composed, Identifier, Placeholder

from importers.checks import check_release
from importers.figures import Figure, read_figures
from importers.reference import Reference, read_reference
from importers.refusals import RefusedError, problem, refuse
from importers.releases import Release, read_release
from importers.rows import OBSERVATION, observation_rows, release_row, spending_year_rows
from importers.tables import Table, read_tables, reference_sha256

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
Pack: TypeAlias = tuple[Release, list[Figure]]

# Not the number of the migrations: loading waits for loading only.
LOCK = 1949_08_24

# Their rows are answered in the order of the file, which is unique.
NUMBERED = ("source", "indicator")


def load(url: str, data: Path) -> list[str]:
    """Bring the database up to the folder; return a line for each release.

    Everything is read and checked before anything is written. What is loaded already is left
    alone, so that the revision of the data set, and with it every ETag, moves only on a change.
    """
    tables, reference = read_tables(data), read_reference(data)
    packs = read_packs(data, reference)
    connection = connect(url)
    try:
        with connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            rows = connection.execute("SELECT id, content_sha256 FROM release").fetchall()
            loaded = {str(release): str(sha256) for release, sha256 in rows}
            refuse(check_altered(connection, packs, loaded))
            load_tables(connection, tables, reference_sha256(data))
            return [load_release(connection, reference, pack, loaded) for pack in packs]
    except psycopg.errors.UndefinedTable as error:
        raise RefusedError([f"the database is not migrated: {said(error)}"]) from error
    except psycopg.Error as error:
        raise RefusedError([f"the database refused: {said(error)}"]) from error


def connect(url: str) -> Connection:
    """Connect, or refuse without saying the password."""
    try:
        password = str(conninfo_to_dict(url).get("password") or "")
    except psycopg.ProgrammingError as error:
        raise RefusedError(["DATABASE_URL: is not the address of a PostgreSQL database"]) from error
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        text = said(error)
        text = text.replace(password, "***") if password else text
        raise RefusedError([f"the database cannot be reached: {text}"]) from error


def said(error: psycopg.Error) -> str:
    """Return what the database said as one line."""
    parts = (error.diag.message_primary or str(error), error.diag.message_detail or "")
    return " ".join(" ".join(parts).split())


def read_packs(data: Path, reference: Reference) -> list[Pack]:
    """Read and check all releases, oldest first; refuse with the problems of all of them."""
    packs: list[Pack] = []
    problems: list[str] = []
    for folder in sorted(path for path in (data / "releases").glob("*") if path.is_dir()):
        try:
            release = read_release(folder)
            figures = read_figures(release)
            refuse(check_release(release.figures, release, reference, figures))
            packs.append((release, figures))
        except RefusedError as refusal:
            problems += refusal.problems
    refuse(problems)
    return sorted(packs, key=lambda pack: (pack[0].published_on, pack[0].id))


def check_altered(
    connection: Connection, packs: Iterable[Pack], loaded: dict[str, str]
) -> Iterator[str]:
    """Refuse a release that was loaded with another content."""
    for release, figures in packs:
        if loaded.get(release.id, release.content_sha256) != release.content_sha256:
            text = first_difference(connection, release, figures)
            rule = "a release is immutable; a correction is a new release"
            yield problem(release.id, "", "", f"{rule}: {text}")


def first_difference(connection: Connection, release: Release, figures: list[Figure]) -> str:
    query = """
        SELECT area, indicator, year, value::text, stage, missing_reason, source_cell, notes
        FROM observation
        WHERE release = %s
        ORDER BY area, indicator, year
    """
    before = {row[:3]: row[3:] for row in connection.execute(query, [release.id])}
    after = {row[1:4]: row[4:] for row in observation_rows(release, figures)}
    for key in [*after, *(key for key in before if key not in after)]:
        was, now = before.get(key), after.get(key)
        if was != now:
            cell = " ".join(map(str, key))
            return f"{cell}: loaded {shown(was, now)}, now {shown(now, was)}"
    return "release.yaml says something else"


def shown(cell: tuple[Any, ...] | None, other: tuple[Any, ...] | None) -> str:
    """Return the value of a cell, or what else of it differs from the other."""
    if cell is None:
        return "no row"
    if other is None or cell[0] != other[0]:
        return str(cell[0] if cell[0] is not None else cell[2])
    return next(str(part) for part, its in zip(cell, other, strict=True) if part != its)


def load_tables(connection: Connection, tables: list[Table], sha256: str) -> None:
    """Make the reference tables equal to the files, unless they already are."""
    known = connection.execute("SELECT reference_sha256 FROM dataset").fetchone()
    if known == (sha256,):
        return
    with connection.transaction():
        connection.execute("SET CONSTRAINTS ALL DEFERRED")
        for name in NUMBERED:
            # Rows that change places would meet on the unique position.
            connection.execute(SQL("UPDATE {} SET position = -position").format(Identifier(name)))
        refuse(text for table in tables for text in put_rows(connection, table))
        refuse(text for table in reversed(tables) for text in drop_rows(connection, table))
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.execute(
            """
            INSERT INTO dataset (revision, changed_at, reference_sha256)
            VALUES (gen_random_uuid(), now(), %s)
            ON CONFLICT (is_only) DO UPDATE SET
                revision = excluded.revision,
                changed_at = excluded.changed_at,
                reference_sha256 = excluded.reference_sha256
            """,
            [sha256],
        )


def put_rows(connection: Connection, table: Table) -> Iterator[str]:
    """Insert or update each row; yield what the database refuses of it."""
    for place, values in table.rows:
        try:
            with connection.transaction():
                connection.execute(upsert(table.name, table.key, list(values)), values)
        except psycopg.Error as error:
            yield problem(place, "", str(values[table.key]), said(error))


def upsert(table: str, key: str, columns: list[str]) -> Composed:
    return SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}").format(
        Identifier(table),
        SQL(", ").join(map(Identifier, columns)),
        SQL(", ").join(map(Placeholder, columns)),
        Identifier(key),
        SQL(", ").join(SQL("{0} = excluded.{0}").format(Identifier(column)) for column in columns),
    )


def drop_rows(connection: Connection, table: Table) -> Iterator[str]:
    """Delete what is no longer in the files; the notes of releases never were in them."""
    query = SQL("DELETE FROM {} WHERE {} <> ALL(%s)").format(
        Identifier(table.name), Identifier(table.key)
    )
    if table.name == "note":
        query += SQL(" AND NOT EXISTS (SELECT FROM release WHERE note.id = ANY(release.notes))")
    try:
        with connection.transaction():
            connection.execute(query, [table.keys])
    except psycopg.Error as error:
        yield problem(f"{table.name}s", "", "", f"a row that is gone is still used: {said(error)}")


def load_release(
    connection: Connection, reference: Reference, pack: Pack, loaded: dict[str, str]
) -> str:
    release, figures = pack
    if release.id in loaded:
        return f"{release.id}: already loaded"
    row = release_row(release, reference, figures)
    try:
        with connection.transaction():
            for note in release.notes:
                values = {"id": note["id"], "text": note["text"]}
                connection.execute(insert("note", list(values)), values)
            connection.execute(insert("release", list(row)), row)
            copy(connection, "observation", OBSERVATION, observation_rows(release, figures))
            years = spending_year_rows(release, reference, figures)
            copy(connection, "spending_year", years[0], [(*year.values(),) for year in years])
            connection.execute("ANALYZE observation, spending_year")
            connection.execute(
                "UPDATE dataset SET revision = gen_random_uuid(), changed_at = now()"
            )
    except psycopg.Error as error:
        raise RefusedError([problem(release.folder, "", "", said(error))]) from error
    return f"{release.id}: {row['figure_count']:,} figures loaded"


def insert(table: str, columns: list[str]) -> Composed:
    return SQL("INSERT INTO {} ({}) VALUES ({})").format(
        Identifier(table),
        SQL(", ").join(map(Identifier, columns)),
        SQL(", ").join(map(Placeholder, columns)),
    )


def copy(
    connection: Connection, table: str, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    query = SQL("COPY {} ({}) FROM STDIN").format(
        Identifier(table), SQL(", ").join(map(Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(query) as writer:
        for row in rows:
            writer.write_row(row)

"""Loads data/ into PostgreSQL: the reference tables in one transaction, each release in its own."""

import hashlib
import os
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Composed, Identifier, Literal, Placeholder

from importers.completion import STANDING, Held, difference, held_in_folder, is_part
from importers.fingerprint import fingerprint
from importers.packs import Pack, read_packs
from importers.progress import shown
from importers.reference import Reference, read_reference
from importers.refusals import RefusedError, problem, refuse
from importers.rows import OBSERVATION, observation_rows, release_row, spending_year_rows
from importers.schema import check_schema
from importers.tables import Table, read_tables, reference_sha256
from importers.withdrawals import Withdrawal, read_withdrawals

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

# Not the number of the migrations: loading waits for loading only.
LOCK = 1949_08_24

# Their rows are answered in the order of the file, which is unique.
NUMBERED = ("source", "indicator")

# What is made of the figures of a source; a view <name>_of_figures says what each is to hold.
DERIVED = ("comparison", "availability")

# Make what can be searched equal to the tables, in the transaction that changed them.
RENEW_SEARCH = "SELECT renew_search()"


def load(
    url: str, data: Path, local: Path | None = None, only: Container[str] | None = None
) -> list[str]:
    """Bring the database up to the folder, and to the local one; return a line for each release.

    `only` names the releases to load; the others are not even read. Everything is read and checked
    before anything is written. What is loaded already is left alone, so that the revision of the
    data set, and with it every ETag, moves only on a change. A load of all that finds nothing to do
    is remembered with everything it depends on: the same again is not read again.
    """
    with opened(url) as connection:
        lock(connection)
        if only is not None:
            return load_folders(connection, data, local, only)
        ground, nothing_to_do = ground_of(connection, data, local), all_loaded(connection)
        if ground is not None and ground == read_mark(connection):
            return nothing_to_do
        lines = load_folders(connection, data, local)
        if lines == nothing_to_do and ground == ground_of(connection, data, local):
            write_mark(connection, ground)
        return lines


def load_folders(
    connection: Connection, data: Path, local: Path | None, only: Container[str] | None = None
) -> list[str]:
    tables, reference = read_tables(data), read_reference(data)
    packs, withdrawals = read_packs(data, local, reference, only), read_withdrawals(data, local)
    loaded, withdrawn = read_loaded(connection), read_withdrawn(connection)
    served = [pack for pack in packs if pack[0].id not in withdrawn]
    refuse(check_altered(connection, served, loaded))
    load_tables(connection, tables, reference_sha256(data))
    # What the database knows as withdrawn stays so, also where the folder does not say it.
    return [
        withdraw_release(connection, reference, pack, loaded, withdrawal)
        if (withdrawal := (withdrawn | withdrawals).get(pack[0].id))
        else load_release(connection, reference, pack, loaded)
        for pack in packs
    ]


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """Connect, and turn what the database refuses into one line."""
    try:
        with connect(url) as connection:
            refuse(check_schema(connection))
            yield connection
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
        connection = psycopg.connect(
            url, autocommit=True, connect_timeout=5, client_encoding="UTF8"
        )
        refuse_pooler(connection)
        return connection
    except psycopg.OperationalError as error:
        text = said(error)
        text = text.replace(password, "***") if password else text
        raise RefusedError([f"the database cannot be reached: {text}"]) from error


def refuse_pooler(connection: Connection) -> None:
    """Refuse a pooler: it may give each statement to another session, and loading keeps a lock."""
    process = connection.execute("SELECT pg_backend_pid()").fetchone()
    if process != (connection.info.backend_pid,):  # a pooler makes up a process for its client
        connection.close()
        text = "there is a pooler in front of the database: connect to PostgreSQL itself"
        raise RefusedError([text])


def said(error: psycopg.Error) -> str:
    """Return what the database said as one line."""
    parts = (error.diag.message_primary or str(error), error.diag.message_detail or "")
    return " ".join(" ".join(parts).split())


def database_url() -> str:
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise RefusedError(["DATABASE_URL: is not set; `make run` says that of its own database"])
    return url


def lock(connection: Connection) -> None:
    """Wait until nobody else loads, withdraws, verifies or migrates; until the connection ends."""
    connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    refuse(check_schema(connection))  # what was waited for may have been a migration


def read_loaded(connection: Connection) -> dict[str, str]:
    """Return the releases that are loaded, the oldest first, with the checksum of the folder."""
    rows = connection.execute("SELECT id, content_sha256 FROM release ORDER BY published_on, id")
    return {str(release): str(sha256) for release, sha256 in rows}


def read_withdrawn(connection: Connection) -> dict[str, Withdrawal]:
    """Return the releases that are withdrawn in the database."""
    rows = connection.execute(
        "SELECT id, withdrawn_on, withdrawn_reason FROM release WHERE withdrawn_on IS NOT NULL"
    )
    return {str(release): Withdrawal(*said) for release, *said in rows}


def all_loaded(connection: Connection) -> list[str]:
    """Return what a load says that finds all releases loaded."""
    return [f"{release}: already loaded" for release in read_loaded(connection)]


def ground_of(connection: Connection, data: Path, local: Path | None) -> str | None:
    """Return a checksum of all that decides whether there is anything to load, if all is there."""
    files = fingerprint(data, local)
    reference = connection.execute("SELECT reference_sha256 FROM dataset").fetchall()
    state = [files, read_loaded(connection), read_withdrawn(connection), reference]
    return None if files is None else hashlib.sha256(repr(state).encode()).hexdigest()


def read_mark(connection: Connection) -> str | None:
    """Return what was kept of the last load that found nothing to do."""
    ((mark,),) = connection.execute("SELECT obj_description('dataset'::regclass, 'pg_class')")
    return mark if mark is None else str(mark)


def write_mark(connection: Connection, mark: str | None) -> None:
    """Keep it as the comment on a table: it goes wherever the tables go, and where they do not."""
    with suppress(psycopg.Error):  # of somebody who may not, or on a replica: all is read again
        connection.execute(SQL("COMMENT ON TABLE dataset IS {}").format(Literal(mark)))


def check_altered(
    connection: Connection, packs: Iterable[Pack], loaded: dict[str, str]
) -> Iterator[str]:
    """Refuse a release that was loaded with another content, unless one completes the other."""
    for release, figures in packs:
        if loaded.get(release.id, release.content_sha256) == release.content_sha256:
            continue
        before, after = held_in_database(connection, release.id), held_in_folder(release, figures)
        text = difference(before, after)
        if text or not (is_part(before, after) or is_part(after, before)):
            rule = "a release is immutable; a correction is a new release"
            text = text or "release.yaml says something else"
            yield problem(release.id, "", "", f"{rule}: {text}")


def held_in_database(connection: Connection, release: str) -> Held:
    """Return what is loaded of a release as its folder would hold it."""
    columns = SQL(", ").join(map(Identifier, ("coverage", *STANDING)))
    query = SQL("SELECT {} FROM release WHERE id = %s").format(columns)
    ((coverage, *said),) = connection.execute(query, [release])
    notes = """
        SELECT note.id, note.text
        FROM release INNER JOIN note ON note.id = ANY(release.notes)
        WHERE release.id = %s
    """
    cells = """
        SELECT area, indicator, year, value::text, stage, missing_reason, source_cell, notes
        FROM observation
        WHERE release = %s
        ORDER BY area, indicator, year
    """
    currencies = "SELECT DISTINCT member, currency FROM spending_year WHERE release = %s"
    return Held(
        coverage,
        dict(zip(STANDING, said, strict=True))
        | {f"currency of {area}": code for area, code in connection.execute(currencies, [release])}
        | {f"note {id_}": text for id_, text in connection.execute(notes, [release])},
        {row[:3]: row[3:] for row in connection.execute(cells, [release])},
    )


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
            VALUES (gen_random_uuid(), clock_timestamp(), %s)
            ON CONFLICT (is_only) DO UPDATE SET
                revision = excluded.revision,
                changed_at = greatest(excluded.changed_at, dataset.changed_at),
                reference_sha256 = excluded.reference_sha256
            """,
            [sha256],
        )
        connection.execute(RENEW_SEARCH)


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
    if loaded.get(release.id) == release.content_sha256:
        return f"{release.id}: already loaded"
    is_loaded = release.id in loaded
    if is_loaded and release.coverage == "partial":
        return f"{release.id}: already loaded, more of it than is here"
    row = release_row(release, reference, figures)
    try:
        with connection.transaction():
            if is_loaded:
                drop_release(connection, release.id)
            put_release(connection, reference, pack, row)
    except psycopg.Error as error:
        raise RefusedError([problem(release.folder, "", "", said(error))]) from error
    done = "completed" if is_loaded else "loaded"
    return f"{release.id}: {row['figure_count']:,} figures {done}"


def withdraw_release(
    connection: Connection,
    reference: Reference,
    pack: Pack,
    loaded: dict[str, str],
    withdrawal: Withdrawal,
) -> str:
    """Have the release in the database as withdrawn, without a moment in which it is served."""
    release = pack[0].id
    with connection.transaction():
        if release not in loaded:
            load_release(connection, reference, pack, loaded)
        withdraw(connection, release, withdrawal)
    return f"{release}: withdrawn on {withdrawal.withdrawn_on}"


def withdraw(connection: Connection, release: str, withdrawal: Withdrawal) -> None:
    """Delete a release's figures and say why in its row, unless it says so already."""
    said = {
        "release": release,
        "day": withdrawal.withdrawn_on,
        "reason": withdrawal.withdrawn_reason,
    }
    changed = connection.execute(
        """
        UPDATE release
        SET
            withdrawn_on = %(day)s,
            withdrawn_reason = %(reason)s,
            withdrawn_at = now(),
            indicators = '{}',
            figure_count = 0
        WHERE
            id = %(release)s
            AND (withdrawn_on, withdrawn_reason) IS DISTINCT FROM (%(day)s::date, %(reason)s)
        RETURNING source
        """,
        said,
    )
    for (source,) in changed.fetchall():
        drop_figures(connection, release)
        renew(connection, source)


def drop_release(connection: Connection, release: str) -> None:
    """Delete a part of a release, to make room for all of it in the same transaction."""
    drop_figures(connection, release)
    for query in (
        "DELETE FROM note USING release WHERE release.id = %s AND note.id = ANY(release.notes)",
        "DELETE FROM release WHERE id = %s",
    ):
        connection.execute(query, [release])


def drop_figures(connection: Connection, release: str) -> None:
    connection.execute("DELETE FROM observation WHERE release = %s", [release])
    connection.execute("DELETE FROM spending_year WHERE release = %s", [release])


def put_release(
    connection: Connection, reference: Reference, pack: Pack, row: dict[str, Any]
) -> None:
    release, figures = pack
    for note in release.notes:
        values = {"id": note["id"], "text": note["text"]}
        connection.execute(insert("note", list(values)), values)
    connection.execute(insert("release", list(row)), row)
    copy(connection, "observation", OBSERVATION, observation_rows(release, figures))
    years = spending_year_rows(release, reference, figures)
    copy(connection, "spending_year", years[0], [(*year.values(),) for year in years])
    connection.execute("ANALYZE observation, spending_year")
    renew(connection, release.source)


def renew(connection: Connection, source: str) -> None:
    """Make what follows from a source's figures agree with them.

    Their JSON and the revision of the data set are renewed by triggers.
    """
    for name in DERIVED:
        derive(connection, name, source)
    connection.execute(RENEW_SEARCH)


def derive(connection: Connection, name: str, source: str) -> None:
    """Write anew what a table says of a source.

    All of it: a release that is loaded late, or completed, changes what the next one is compared
    with.
    """
    table, view = Identifier(name), Identifier(f"{name}_of_figures")
    connection.execute(SQL("DELETE FROM {} WHERE source = %s").format(table), [source])
    query = SQL("INSERT INTO {0} SELECT {1}.* FROM {1} WHERE source = %s").format(table, view)
    connection.execute(query, [source])
    connection.execute(SQL("ANALYZE {}").format(table))


def insert(table: str, columns: list[str]) -> Composed:
    return SQL("INSERT INTO {} ({}) VALUES ({})").format(
        Identifier(table),
        SQL(", ").join(map(Identifier, columns)),
        SQL(", ").join(map(Placeholder, columns)),
    )


def copy(
    connection: Connection, table: str, columns: Iterable[str], rows: list[tuple[Any, ...]]
) -> None:
    query = SQL("COPY {} ({}) FROM STDIN").format(
        Identifier(table), SQL(", ").join(map(Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(query) as writer:
        for row in shown(rows, len(rows), f"loading {table}"):
            writer.write_row(row)

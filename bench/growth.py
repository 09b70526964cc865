"""Fills an empty database with data/, made larger: `python -m bench.growth --times 100 URL`.

Each release gets copies that nobody published, COPIES_APART years before one another: of
nato-2026-07-10 nato-2022-07-10, nato-2018-07-10 and so on into the Middle Ages. They hold the same
figures of the same years, so that each figure has a longer history, revised as often. The newest
release stays what it is.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from importers.load import load, renew
from service.storage.migrations import migrate

from . import ROOT

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

# More than lie between the first release and the last, so that copies do not mix.
COPIES_APART = 4

# More copies would be of before the year 1.
MOST = 500

# What holds figures, with the columns that name a release, a row's own first.
LOADED = {"observation": ("release",), "spending_year": ("release",)}
AVAILABILITY = {"availability": ("release",)}
COMPARISON = {"comparison": ("to_release", "from_release")}
GROWING = LOADED | AVAILABILITY | COMPARISON

# Of each release, and of its first copy, the release that is `number` copies before it.
COPIES = """
    CREATE TEMPORARY TABLE copy ON COMMIT DROP AS
    SELECT
        release.source || to_char(made.day, '-YYYY-MM-DD') AS release,
        back.number,
        release.source || to_char(copied.day, '-YYYY-MM-DD') AS id,
        copied.day::date AS published_on,
        release.title || ' (copy, made up)' AS title,
        made.number = 0 AS is_of_original
    FROM release
    CROSS JOIN LATERAL (
        SELECT
            first.number,
            release.published_on - make_interval(years => {apart} * first.number) AS day
        FROM generate_series(0, 1) AS first (number)
    ) AS made
    CROSS JOIN generate_series(0, {last}) AS back (number)
    CROSS JOIN LATERAL (
        SELECT made.day - make_interval(years => {apart} * back.number) AS day
    ) AS copied
"""

# The first copies are compared as the oldest, before which there is nothing: that the last are.
TO_THE_OLDEST = """
    UPDATE comparison
    SET
        to_release = oldest.id,
        from_release = before.id
    FROM copy AS oldest, copy AS before
    WHERE
        comparison.to_release = oldest.release
        AND NOT oldest.is_of_original
        AND oldest.number = {number}
        AND comparison.from_release = before.release
        AND before.number = {number}
"""

# What the trigger of a row would write, at a fraction of its time.
RENAMED = SQL("replace(given.json, to_json(given.release)::text, to_json(release.id)::text)")

COLUMNS = """
    SELECT attname
    FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""

# Keys before the foreign keys, and both with the indexes of their own.
CONSTRAINTS = """
    SELECT
        conname,
        pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype IN ('p', 'u', 'f')
    ORDER BY contype = 'f'
"""

INDEXES = """
    SELECT
        relname,
        pg_get_indexdef(indexrelid)
    FROM pg_index
    INNER JOIN pg_class ON indexrelid = pg_class.oid
    WHERE indrelid = %s::regclass
"""


def grow(url: str, times: int) -> None:
    """Load data/ into an empty database and multiply it by `times`, all constraints kept.

    Raises psycopg.Error and what the importers raise, when the database cannot be filled so.
    """
    migrate(url)
    load(url, ROOT / "data")
    if times > 1:
        with psycopg.connect(url) as connection:
            multiply(connection, times - 1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def multiply(connection: Connection, last: int) -> None:
    """Add the copies of every release from the first to the last.

    The importers say how the originals differ from the first copies, and these from each other. As
    the first copies do from the originals, so do all copies from those before them.
    """
    connection.execute(SQL(COPIES).format(apart=Literal(COPIES_APART), last=Literal(last)))
    add(connection, {"release": ("id",)}, 1, last, {"published_on", "title"})
    with bare(connection, GROWING):
        add(connection, LOADED, 1, 1)
        for (source,) in connection.execute("SELECT id FROM source").fetchall():
            renew(connection, source)
        connection.execute(SQL(TO_THE_OLDEST).format(number=Literal(last - 1)))
        add(connection, LOADED | AVAILABILITY, 2, last)
        add(connection, COMPARISON, 1, last - 1)


def add(
    connection: Connection,
    tables: Mapping[str, tuple[str, ...]],
    first: int,
    last: int,
    made_up: Iterable[str] = (),
) -> None:
    """Add the copies from the first to the last of what the tables hold of the originals.

    `made_up` are columns that a copy has of its own, as it has its id.
    """
    for table, (own, *others) in tables.items():
        columns = [str(name) for (name,) in connection.execute(COLUMNS, [table])]
        values = {name: SQL("given.{}").format(Identifier(name)) for name in columns}
        values |= {name: SQL("{}.id").format(Identifier(name)) for name in (own, *others)}
        if "json" in columns:
            values["json"] = Composed([RENAMED])
        values |= {name: SQL("{}.{}").format(*map(Identifier, (own, name))) for name in made_up}
        joins = [
            SQL("INNER JOIN copy AS {0} ON given.{0} = {0}.release").format(Identifier(name))
            + (SQL(" AND {}.number = {}.number").format(*map(Identifier, (own, name))))
            for name in (own, *others)
        ]
        query = SQL(
            "INSERT INTO {} ({}) SELECT {} FROM {} AS given {} "
            "WHERE {own}.is_of_original AND {own}.number BETWEEN {first} AND {last}"
        ).format(
            Identifier(table),
            SQL(", ").join(map(Identifier, columns)),
            SQL(", ").join(values.values()),
            Identifier(table),
            SQL(" ").join(joins),
            own=Identifier(own),
            first=Literal(first),
            last=Literal(last),
        )
        connection.execute(query)


@contextmanager
def bare(connection: Connection, tables: Iterable[str]) -> Iterator[None]:
    """Take the indexes and keys off the tables, and make them anew at the end: faster by far.

    Nor do their triggers run meanwhile: whoever inserts gives what they would make.
    """
    again = []
    connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for table in tables:
        for name, text in connection.execute(CONSTRAINTS, [table]).fetchall():
            again.append(alter(table, "ADD CONSTRAINT {} " + text, name))
            connection.execute(alter(table, "DROP CONSTRAINT {}", name))
        for name, text in connection.execute(INDEXES, [table]).fetchall():
            again.append(SQL(text))
            connection.execute(SQL("DROP INDEX {}").format(Identifier(name)))
        connection.execute(SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(Identifier(table)))
        again.append(SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(Identifier(table)))
    yield
    for statement in again:
        connection.execute(statement)


def alter(table: str, text: str, name: str) -> Any:
    return SQL("ALTER TABLE {} ").format(Identifier(table)) + SQL(text).format(Identifier(name))


def times_of(text: str) -> int:
    times = int(text)
    if not 1 <= times <= MOST:
        raise ValueError(times)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=times_of, default=100, help=f"1 to {MOST}")
    parser.add_argument("url", metavar="URL", help="of an empty database: postgresql://…")
    given = parser.parse_args()
    with psycopg.connect(given.url) as connection:
        if connection.execute("SELECT to_regclass('migration')").fetchone() != (None,):
            parser.exit(1, "error: the database is not empty: it has tables of this service\n")
    grow(given.url, given.times)


if __name__ == "__main__":
    main()

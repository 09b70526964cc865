"""What can be searched is what is loaded, at every moment and whoever loads it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from importers.load import load
from service.storage.migrations import MigrationError, migrate

from .database import Row

SEARCH = "0025_search_tables"


def found(connection: psycopg.Connection[Row]) -> set[tuple[str, str]]:
    """Return the kind and id of everything that can be found."""
    rows = connection.execute("SELECT kind, id FROM search_document")
    return {(row["kind"], row["id"]) for row in rows}


def of_release(connection: psycopg.Connection[Row], release: str) -> set[tuple[str, str]]:
    return {
        (kind, id_)
        for kind, id_ in found(connection)
        if kind in ("release", "note") and id_.startswith(release)
    }


def words(connection: psycopg.Connection[Row]) -> set[str]:
    return {row["word"] for row in connection.execute("SELECT word FROM search_word")}


def add_claim(data: Path, name: str, text: str) -> None:
    with (data / "claims.csv").open("a") as file:
        file.write(
            f"{name},NATO,2024-06-17,{text},two_percent,1,0,=,members,members_at_least,"
            "share_gdp_pct,2024,,,2,nato,\n"
        )
    with (data / "references.csv").open("a") as file:
        file.write(f"claims,{name},1,T,P,https://example.org,,press\n")


def test_an_empty_database_finds_nothing(connection: psycopg.Connection[Row]) -> None:
    assert found(connection) == set()
    assert words(connection) == set()


def test_it_follows_the_files(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    load(scratch_database, data)
    before = found(connection)
    assert "zymurgy" not in words(connection)
    original = {name: (data / name).read_text() for name in ("claims.csv", "references.csv")}
    add_claim(data, "nato-zymurgy", "On zymurgy.")
    load(scratch_database, data)
    assert found(connection) - before == {("claim", "nato-zymurgy")}
    assert "zymurgy" in words(connection)
    for name, text in original.items():
        (data / name).write_text(text)
    load(scratch_database, data)
    assert found(connection) == before
    assert "zymurgy" not in words(connection)


def test_only_documents_that_changed_are_written(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    load(scratch_database, data)
    before = connection.execute("SELECT max(xmin::text::bigint) FROM search_document").fetchone()
    assert before is not None
    add_claim(data, "nato-zymurgy", "On zymurgy.")
    load(scratch_database, data)
    query = "SELECT id FROM search_document WHERE xmin::text::bigint > %s"
    assert connection.execute(query, [before["max"]]).fetchall() == [{"id": "nato-zymurgy"}]


def test_a_release_and_its_notes_are_found_once_it_is_loaded(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    release = "nato-2024-06-17"
    aside = (data / "releases" / release).rename(data / release)
    load(scratch_database, data)
    assert not of_release(connection, release)
    aside.rename(data / "releases" / release)
    load(scratch_database, data)
    notes = connection.execute("SELECT unnest(notes) AS id FROM release WHERE id = %s", [release])
    expected = {("release", release), *(("note", row["id"]) for row in notes)}
    assert len(expected) > 1
    assert of_release(connection, release) == expected


def test_who_began_to_read_before_a_load_goes_on_finding_what_there_was(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    load(scratch_database, data)
    before = found(connection)
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SELECT FROM dataset")  # takes the snapshot
        add_claim(data, "nato-zymurgy", "On zymurgy.")
        load(scratch_database, data)
        assert found(connection) == before
        assert "zymurgy" not in words(connection)
    assert found(connection) - before == {("claim", "nato-zymurgy")}


def test_migrating_a_database_that_is_loaded_fills_it(
    scratch_database: str, connection: psycopg.Connection[Row], data: Path
) -> None:
    load(scratch_database, data)
    before = found(connection), words(connection)
    connection.execute("DROP TABLE search_word, search_document CASCADE")
    connection.execute("DROP FUNCTION search_folded CASCADE")
    connection.execute("DELETE FROM migration WHERE name = %s", [SEARCH])
    assert migrate(scratch_database) == [SEARCH]
    assert (found(connection), words(connection)) == before


@pytest.fixture
def modest(server_url: str) -> Iterator[tuple[psycopg.Connection, sql.Identifier, str, str]]:
    """Return a role without any right but to make tables, in an empty database.

    That is a connection of an administrator, the database, the role, and the role's URL.
    """
    name = f"burdenshare_test_{uuid4().hex[:12]}"
    database = role = sql.Identifier(name)
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(database))
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE").format(role))
        url = make_conninfo(server_url, dbname=name)
        with psycopg.connect(url, autocommit=True) as inside:
            inside.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(role))
        try:
            yield admin, role, name, make_conninfo(url, options=f"-c role={name}")
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))
            admin.execute(sql.SQL("DROP ROLE {}").format(role))


def test_whoever_may_create_in_the_database_can_migrate_and_load(
    modest: tuple[psycopg.Connection, sql.Identifier, str, str], data: Path
) -> None:
    admin, role, name, url = modest
    admin.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(sql.Identifier(name), role))
    migrate(url)
    load(url, data)
    reader = url.replace(f"role={name}", "role=burdenshare_reader")
    with psycopg.connect(reader) as connection:
        query = "SELECT search_folded('Türkiye'), levenshtein('a', 'b'), count(*) FROM search_word"
        row = connection.execute(query).fetchone()
    assert row is not None
    assert row[:2] == ("turkiye", 1)
    assert row[2] > 1000


def test_without_that_right_migrating_says_so(
    modest: tuple[psycopg.Connection, sql.Identifier, str, str],
) -> None:
    _, _, name, url = modest
    with pytest.raises(MigrationError) as refused:
        migrate(url)
    assert str(refused.value).endswith(
        f"in the database {name}, then migrate again: CREATE EXTENSION unaccent SCHEMA public; "
        "CREATE EXTENSION fuzzystrmatch SCHEMA public;"
    )

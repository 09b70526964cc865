"""Whoever owns the database sets it up; where rights lack, the error prints the SQL to run."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.errors import InsufficientPrivilege

from importers.__main__ import main
from service import create_app
from service.config import Config
from service.storage import rights
from service.storage.connection import reader_conninfo

from ...conftest import DATA, served
from .servers import OwnServer, own_server

__all__ = ["own_server"]

READER = "burdenshare_reader"
RELEASE = "nato-2024-06-17"
DOCUMENTED = f"CREATE ROLE {READER} LOGIN; GRANT {READER} TO {{user}};"
HINT = "An administrator runs this in the database "


@dataclass(frozen=True)
class Place:
    """An empty database, a user that is no superuser, and a superuser to prepare both."""

    admin: psycopg.Connection
    url: str
    name: str
    user: str

    def run(self, statement: str) -> None:
        """Run SQL as the superuser, in the database."""
        self.admin.execute(statement.format(user=self.user, database=self.name).encode())

    def url_of(self, user: str) -> str:
        return make_conninfo(self.url, user=user)


@pytest.fixture
def place(own_server: OwnServer) -> Iterator[Place]:
    name = f"burdenshare_test_{uuid4().hex[:12]}"
    user = f"{name}_user"
    database, role = sql.Identifier(name), sql.Identifier(user)
    with psycopg.connect(own_server.url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(database))
        url = make_conninfo(own_server.url, dbname=name)
        try:
            with psycopg.connect(url, autocommit=True) as admin:
                yield Place(admin, url, name, user)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))
            server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(READER)))
            server.execute(sql.SQL("DROP ROLE {}").format(role))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a copy of data/ with one release."""
    data = tmp_path / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("releases"))
    shutil.copytree(DATA / "releases" / RELEASE, data / "releases" / RELEASE)
    return data


Migrate = Callable[..., tuple[int, str]]


@pytest.fixture
def migrate(monkeypatch: pytest.MonkeyPatch) -> Migrate:
    """Return a function that runs `flask migrate`: its exit code and output."""

    def run(url: str, reader_url: str | None = None) -> tuple[int, str]:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.delenv("DATABASE_READER_URL", raising=False)
        if reader_url:
            monkeypatch.setenv("DATABASE_READER_URL", reader_url)
        done = create_app(Config()).test_cli_runner().invoke(args=["migrate"])
        return done.exit_code, done.output

    return run


def assert_serves(url: str, data: Path, reader_url: str | None = None) -> None:
    """Load as the commands do, with the environment that migrating had; then ask a question."""
    assert main(["load", str(data)]) == 0
    with served(url, reader_url) as app:
        answer = app.test_client().get("/v1/spending-years?member=POL&year=2024")
    assert (answer.status_code, answer.json["meta"]["total"]) == (200, 1)


def test_a_superuser_sets_it_up(place: Place, migrate: Migrate, data: Path) -> None:
    assert migrate(place.url)[0] == 0
    assert_serves(place.url, data)


OWNER = "ALTER DATABASE {database} OWNER TO {user}"
# What an administrator does beforehand so that migrating, loading and serving work without more.
ENOUGH = {
    "an owner that may create roles": (OWNER, "ALTER ROLE {user} CREATEROLE"),
    "an owner after the documented lines": (OWNER, DOCUMENTED),
    "a user that may create in the database": (
        "GRANT CREATE ON DATABASE {database} TO {user}",
        "GRANT CREATE ON SCHEMA public TO {user}",
        DOCUMENTED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ENOUGH)
def test_enough_rights(place: Place, migrate: Migrate, data: Path, case: str) -> None:
    for statement in ENOUGH[case]:
        place.run(statement)
    url = place.url_of(place.user)
    code, output = migrate(url)
    assert (code, "0001_reader" in output) == (0, True), output
    assert_serves(url, data)
    assert migrate(url) == (0, "nothing to migrate\n")


LACKING = {
    "an owner": ((OWNER,), DOCUMENTED),
    "an owner whose role is there, and not its own": (
        (OWNER, f"CREATE ROLE {READER} LOGIN"),
        f"GRANT {READER} TO {{user}};",
    ),
    "a user that may only create tables": (
        ("GRANT CREATE ON SCHEMA public TO {user}", DOCUMENTED),
        "CREATE EXTENSION unaccent SCHEMA public; CREATE EXTENSION fuzzystrmatch SCHEMA public;",
    ),
    "a user without any right": (
        (),
        f"CREATE ROLE {READER} LOGIN; GRANT {READER} TO {{user}}; "
        "GRANT CREATE ON SCHEMA public TO {user}; "
        "CREATE EXTENSION unaccent SCHEMA public; CREATE EXTENSION fuzzystrmatch SCHEMA public;",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LACKING)
def test_lacking_rights_print_the_sql_that_then_works(
    place: Place, migrate: Migrate, data: Path, case: str
) -> None:
    before, printed = LACKING[case]
    for statement in before:
        place.run(statement)
    url = place.url_of(place.user)
    code, output = migrate(url)
    assert code == 1
    assert output.count("\n") == 1
    assert output.startswith(f"Error: the user {place.user} lacks rights. {HINT}{place.name}, then")
    sql_to_run = output.partition(": ")[2].partition(": ")[2]
    assert sql_to_run == printed.format(user=place.user) + "\n"
    count = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    assert place.admin.execute(count).fetchone() == (0,)
    place.run(sql_to_run)
    assert migrate(url)[0] == 0
    assert_serves(url, data)


def test_with_a_login_of_the_reader_the_owner_need_not_be_a_member(
    place: Place, migrate: Migrate, data: Path
) -> None:
    place.run(OWNER)
    place.run(f"CREATE ROLE {READER} LOGIN")
    url, reader_url = place.url_of(place.user), place.url_of(READER)
    code, output = migrate(url, reader_url)
    assert code == 0, output
    assert_serves(url, data, reader_url)


def test_what_a_superuser_set_up_goes_on(place: Place, migrate: Migrate, data: Path) -> None:
    """The database was restored, or migrated, on a server that lost the role's rights."""
    place.run(OWNER)
    place.run(DOCUMENTED)
    url = place.url_of(place.user)
    assert migrate(url)[0] == 0
    for table in ("member", "spending_year", "search_document"):
        place.run(f"REVOKE ALL ON {table} FROM {READER}")
    assert migrate(url) == (0, "nothing to migrate\n")
    assert_serves(url, data)


def test_a_name_that_needs_quotes_is_quoted(place: Place, migrate: Migrate) -> None:
    place.run('CREATE ROLE "O\'Neill; DROP" LOGIN')
    try:
        code, output = migrate(place.url_of("O'Neill; DROP"))
        assert code == 1
        place.run(output.partition(": ")[2].partition(": ")[2])
        assert migrate(place.url_of("O'Neill; DROP"))[0] == 0
    finally:
        place.run('DROP OWNED BY "O\'Neill; DROP" CASCADE')
        place.run('DROP ROLE "O\'Neill; DROP"')


def denied(url: str, statements: tuple[str, ...]) -> list[str]:
    """Return those of the statements that the web process may not run."""
    found = []
    with psycopg.connect(reader_conninfo(Config(database_url=url))) as reader:
        for statement in statements:
            try:
                reader.execute(statement.encode())
            except InsufficientPrivilege:
                found.append(statement)
            reader.rollback()
    return found


OWNERS = ("CREATE TEMPORARY TABLE nonsense ()", "CREATE TABLE nonsense ()")
SUPERUSERS = (
    "SELECT pg_advisory_lock(19490404)",
    "SELECT pg_advisory_lock(19490824)",
    "SELECT lo_create(0)",
    "SELECT pg_logical_emit_message(false, 'x', 'x')",
    "SELECT pg_terminate_backend(0)",
)


def test_an_owner_revokes_what_it_may_and_an_administrator_the_rest(
    place: Place, migrate: Migrate, data: Path
) -> None:
    place.run(OWNER)
    place.run(DOCUMENTED)
    url = place.url_of(place.user)
    assert migrate(url)[0] == 0
    assert denied(url, OWNERS + SUPERUSERS) == list(OWNERS)
    place.admin.execute(rights.GRANTED.read_bytes())
    assert denied(url, OWNERS + SUPERUSERS) == [*OWNERS, *SUPERUSERS]
    assert migrate(url) == (0, "nothing to migrate\n")
    assert_serves(url, data)
    assert main(["releases", "verify", "--data", str(data)]) == 0


def test_who_does_not_own_the_database_goes_on_without_revoking(
    place: Place, migrate: Migrate, data: Path
) -> None:
    place.run("GRANT CREATE ON DATABASE {database} TO {user}")
    place.run("GRANT CREATE ON SCHEMA public TO {user}")
    place.run(DOCUMENTED)
    url = place.url_of(place.user)
    assert migrate(url)[0] == 0
    assert denied(url, OWNERS + SUPERUSERS) == ["CREATE TABLE nonsense ()"]
    place.admin.execute(rights.GRANTED.read_bytes())
    assert denied(url, OWNERS + SUPERUSERS) == [*OWNERS, *SUPERUSERS]
    assert_serves(url, data)


@pytest.mark.parametrize("who", ["superuser", "owner"])
def test_a_backup_is_restored_as_documented(
    place: Place, own_server: OwnServer, migrate: Migrate, data: Path, tmp_path: Path, who: str
) -> None:
    """Into the database that was dumped, as after a mistake: all that stands there is replaced."""
    if who == "owner":
        place.run(OWNER)
        place.run(DOCUMENTED)
    url = place.url if who == "superuser" else place.url_of(place.user)
    assert migrate(url)[0] == 0
    assert_serves(url, data)
    place.admin.execute(rights.GRANTED.read_bytes())
    dump = str(tmp_path / "burdenshare.dump")
    for command in (
        ["pg_dump", "--format=custom", f"--file={dump}", url],
        [
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--no-privileges",
            f"--dbname={url}",
            dump,
        ],
    ):
        command[0] = str(own_server.programs / command[0])
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    assert migrate(url) == (0, "nothing to migrate\n")
    assert_serves(url, data)
    assert main(["releases", "verify", "--data", str(data)]) == 0
    assert denied(url, OWNERS + SUPERUSERS) == [*OWNERS, *SUPERUSERS]

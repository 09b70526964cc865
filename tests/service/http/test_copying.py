"""CSV that PostgreSQL writes is that which Python writes, byte for byte."""

import struct
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import marshmallow as ma
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.types.json import Jsonb

from schemas.base import Note, Output, sortable
from schemas.dumping import compiled
from schemas.spending_years import MissingFigure
from service.http import files
from service.http.files import UntilRead, as_csv, kinds_of
from service.http.formats import Table
from service.storage import pages
from service.storage.csv_copy import CELLS, Kinds, texts, values
from service.storage.file_rows import Rows, next_block
from service.storage.statements import page_form
from tests.conftest import served
from tests.service.http.test_files import download, idle, queries_of, small, whole
from tests.service.storage.test_paging import LISTS

# Whose rows stand in the database as JSON too.
COPIED = ["/v1/spending-years", "/v1/observations"]


@pytest.fixture(scope="module")
def written(database_url: str) -> Iterator[Callable[[str, dict[str, str]], bytes]]:
    """Return what downloads a list as CSV that Python writes."""
    with served(database_url) as app, pytest.MonkeyPatch.context() as patch:

        def of_python(path: str, query: dict[str, str]) -> bytes:
            with patch.context() as one:
                one.setattr(UntilRead, "copied", lambda self, row: None)
                return download(app.test_client(), path, ".csv", query)

        yield of_python


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the queries that are copied from here on, by name."""
    seen: list[str] = []
    copied = Rows.copied

    def note(rows: Rows, kinds: Kinds) -> Any:
        seen.append(rows.name)
        return copied(rows, kinds)

    monkeypatch.setattr(Rows, "copied", note)
    return seen


@pytest.mark.parametrize("path", LISTS)
def test_lists_that_are_stored_as_json_are_copied(
    client: FlaskClient, copies: list[str], path: str
) -> None:
    assert client.get(f"{path}.csv?{urlencode(LISTS[path][1])}").status_code == 200
    assert bool(copies) == (path in COPIED)


@pytest.mark.parametrize("path", COPIED)
def test_a_copied_list_is_the_written_one(
    client: FlaskClient, written: Callable[..., bytes], path: str
) -> None:
    schema, query = LISTS[path]
    for sort in ("", *sortable(schema.row)):
        asked = query | ({"sort": f"-{sort}"} if sort else {})
        assert download(client, path, ".csv", asked) == written(path, asked), sort


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
@pytest.mark.parametrize("path", COPIED)
def test_a_copied_list_is_the_written_one_under_any_query(
    client: FlaskClient, written: Callable[..., bytes], path: str, data: st.DataObject
) -> None:
    schema, narrow = LISTS[path]
    query = narrow | data.draw(queries_of(schema, whole(client, path, narrow)))
    if client.get(f"{path}?{urlencode(query)}").status_code == 200:
        assert download(client, path, ".csv", query) == written(path, query)


@pytest.mark.parametrize("path", COPIED)
def test_all_of_a_long_list_is_the_written_one(
    client: FlaskClient, written: Callable[..., bytes], path: str
) -> None:
    assert download(client, path, ".csv", {}) == written(path, {})
    of_sipri = {"source": "sipri"}
    assert download(client, path, ".csv", of_sipri) == written(path, of_sipri)


def test_no_setting_of_a_server_changes_a_digit(
    database_url: str, written: Callable[..., bytes]
) -> None:
    options = "-c extra_float_digits=0 -c timezone=Asia/Tokyo"
    with small(make_conninfo(database_url, options=options)) as app:
        for path, query in (("/v1/observations", {"area": "DEU"}), ("/v1/spending-years", {})):
            assert download(app.test_client(), path, ".csv", query) == written(path, query)


# Any values, through PostgreSQL.


class Every(Output):
    """A row with a field of each kind that can be copied."""

    text = ma.fields.String()
    integer = ma.fields.Integer()
    double = ma.fields.Float()
    exact = ma.fields.Float()
    missing = ma.fields.List(ma.fields.Nested(MissingFigure))
    notes = ma.fields.List(ma.fields.Nested(Note))


TYPES = {
    "text": "text",
    "integer": "int",
    "double": "float8",
    "exact": "numeric",
    "missing": "jsonb",
    "notes": "jsonb",
}
AWKWARD = [
    "",
    " ",
    ",",
    '"',
    "\r",
    "\n",
    "\r\n",
    "'",
    "\\",
    "\\.",
    "\\N",
    "NULL",
    "%s",
    "$1",
    "a, b",
]
TEXTS = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)
DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
ROWS = st.fixed_dictionaries(
    {
        name: st.none() | values
        for name, values in {
            "text": TEXTS,
            "integer": st.integers(-(2**31), 2**31 - 1),
            "double": DOUBLES,
            "exact": st.decimals(-(10**15), 10**15, places=17),
            "missing": st.lists(st.fixed_dictionaries({"field": TEXTS, "reason": TEXTS})),
            "notes": st.lists(st.fixed_dictionaries({"id": TEXTS, "text": TEXTS})),
        }.items()
    }
)


@pytest.fixture(scope="module")
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def literal(name: str, value: Any) -> sql.Composed:
    given = Jsonb(value) if TYPES[name] == "jsonb" and value is not None else value
    if TYPES[name] == "float8" and value is not None:
        given = repr(value)  # as a number it would be a numeric first, which has no -0.0
    kind = sql.SQL(TYPES[name])
    return sql.SQL("({})::{} AS {}").format(sql.Literal(given), kind, sql.Identifier(name))


def copied(connection: psycopg.Connection, rows: list[dict[str, Any]]) -> bytes:
    """Return the lines that PostgreSQL writes of rows of Every."""
    kinds = kinds_of(Every())
    selects = [
        sql.SQL("SELECT {} AS place, {}").format(
            sql.Literal(place), sql.SQL(", ").join(literal(name, row[name]) for name in TYPES)
        )
        for place, row in enumerate(rows)
    ]
    statement = page_form("csv").format(
        texts=texts(kinds),
        values=values(kinds),
        query=sql.SQL(" UNION ALL ").join(selects),
        order=sql.Identifier("place"),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return b"".join(iter(lambda: next_block(copy), b""))


def by_python(rows: list[dict[str, Any]]) -> bytes:
    # PostgreSQL's numeric has no negative zero; adding zero takes the sign away.
    exact = [
        row | {"exact": None if row["exact"] is None else float(row["exact"]) + 0.0} for row in rows
    ]
    schema = Every()
    body = b"".join(as_csv(Table(schema.fields, map(compiled(schema), exact), {})))
    return body.split(b"\r\n", 1)[1]


def test_every_kind_is_tried() -> None:
    assert {kind for _, kind in kinds_of(Every())} == set(CELLS)


@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(ROWS, min_size=1, max_size=5))
def test_any_row_is_copied_as_it_is_written(
    connection: psycopg.Connection, rows: list[dict[str, Any]]
) -> None:
    assert copied(connection, rows) == by_python(rows)


def near(exponent: int, base: int) -> list[float]:
    number = float(base**exponent) if exponent >= 0 else 1 / float(base**-exponent)
    bits = struct.unpack("<q", struct.pack("<d", number))[0]
    return [struct.unpack("<d", struct.pack("<q", bits + step))[0] for step in (-1, 0, 1)]


# Around each power of two and of ten, where notations and the widths of steps change.
EDGES = [
    *(number for at in range(-1000, 1023) for number in near(at, 2)),
    *(number for at in range(-300, 308) for number in near(at, 10)),
    0.0, -0.0, 5e-324, 1e23, 9007199254740993.0, 1.7976931348623157e308,
]  # fmt: skip
BITS = st.integers(-(2**63), 2**63 - 1).map(
    lambda bits: struct.unpack("<d", struct.pack("<q", bits))[0]
)
FINITE = (BITS | DOUBLES | st.floats(1e14, 1e24)).filter(lambda number: abs(number) < float("inf"))


def printed(connection: psycopg.Connection, numbers: list[float]) -> list[str]:
    text = sql.SQL(CELLS["number"].text).format(sql.Identifier("number"))
    query = sql.SQL(
        "SELECT {} FROM unnest(%s::float8[]) WITH ORDINALITY AS given (number, place) ORDER BY place"
    ).format(text)
    return [printed for (printed,) in connection.execute(query, [numbers])]


def test_doubles_on_edges_are_printed_as_json_has_them(connection: psycopg.Connection) -> None:
    both = [*EDGES, *(-number for number in EDGES)]
    assert printed(connection, both) == [files.cell(number) for number in both]


@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(numbers=st.lists(FINITE, min_size=20, max_size=100))
def test_any_double_is_printed_as_json_has_it(
    connection: psycopg.Connection, numbers: list[float]
) -> None:
    assert printed(connection, numbers) == [files.cell(number) for number in numbers]


# Errors, time-outs, and who goes away.


@pytest.fixture
def copying_also(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what adds an expression to all that is copied."""

    def add(expression: str) -> None:
        text = page_form("csv").as_string().replace("{texts}", f"{{texts}}, {expression}")
        monkeypatch.setattr(pages, "page_form", lambda name: sql.SQL(text))
        # Statements are kept, these in no place but here.
        monkeypatch.setattr(pages, "as_csv", pages.as_csv.__wrapped__)

    return add


def at(row: int, expression: str) -> str:
    return f"CASE row_number() OVER () WHEN {row} THEN ({expression})::text END"


def test_an_error_before_the_first_byte_is_a_problem(
    database_url: str, copying_also: Callable[[str], None]
) -> None:
    with small(database_url) as app:
        copying_also("1 / (row_number() OVER () - 5)")
        answer = app.test_client().get("/v1/spending-years.csv")
        assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
        assert idle(app)
        assert app.test_client().get("/v1/members").status_code == 200


def test_an_error_after_the_first_byte_breaks_off_and_is_logged(
    database_url: str, copying_also: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    with small(database_url) as app:
        copying_also("1 / (row_number() OVER () - 5000)")
        answer = app.test_client().get("/v1/observations.csv", headers={"X-Request-Id": "abc-1"})
        assert answer.status_code == 200
        with pytest.raises(files.BrokenOffError):
            list(answer.response)
        [record] = [one for one in caplog.records if one.name == "burdenshare"]
        assert record.getMessage() == "file broken off in request abc-1"
        assert isinstance(record.exc_info and record.exc_info[1], psycopg.errors.DivisionByZero)
        assert idle(app)
        assert app.test_client().get("/v1/members").status_code == 200


def test_the_first_rows_have_the_time_of_a_statement(
    database_url: str, copying_also: Callable[[str], None]
) -> None:
    with small(database_url, statement_timeout_ms=300) as app:
        copying_also(at(5, "pg_sleep(10)"))
        answer = app.test_client().get("/v1/spending-years.csv")
        assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
        assert answer.headers["Retry-After"]
        assert idle(app)
        assert app.test_client().get("/v1/members").status_code == 200


def test_all_rows_have_the_time_of_a_file(
    database_url: str, copying_also: Callable[[str], None]
) -> None:
    with small(database_url, statement_timeout_ms=1000) as app:
        whole = app.test_client().get("/v1/observations.csv").data
        copying_also(at(5000, "pg_sleep(1.5)"))
        slow = app.test_client().get("/v1/observations.csv").data
        assert slow.count(b"\r\n") == whole.count(b"\r\n") > 5000


def test_a_copy_that_takes_longer_than_a_file_is_broken_off(
    database_url: str, copying_also: Callable[[str], None]
) -> None:
    with small(database_url, file_timeout_ms=1000) as app:
        copying_also(at(5000, "pg_sleep(60)"))
        answer = app.test_client().get("/v1/observations.csv")
        with pytest.raises(files.BrokenOffError) as broken:
            list(answer.response)
        assert str(broken.value.__cause__) == "canceling statement due to statement timeout"
        assert idle(app)


def test_a_client_that_goes_away_ends_the_copy(
    database_url: str, copying_also: Callable[[str], None], connection: psycopg.Connection
) -> None:
    # A parallel worker shows its leader's query as its own.
    running = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND state = 'active' AND query ~ '^\\s*COPY'"
    )
    with small(database_url) as app:
        copying_also(at(5000, "pg_sleep(60)"))
        answer = app.test_client().get("/v1/observations.csv")
        next(iter(answer.response))
        assert connection.execute(running).fetchone() == (1,)
        answer.close()
        assert connection.execute(running).fetchone() == (0,)
        assert idle(app)
        with app.extensions["database"].pool.connection() as used:
            [setting] = used.execute("SHOW statement_timeout").fetchall()
        assert setting == {"statement_timeout": "5s"}


def test_neither_head_nor_304_copies(
    app: Flask, client: FlaskClient, copying_also: Callable[[str], None]
) -> None:
    copying_also("1 / (row_number() OVER () - 1)")
    head = client.head("/v1/spending-years.csv")
    assert (head.status_code, head.data) == (200, b"")
    again = client.get("/v1/spending-years.csv", headers={"If-None-Match": head.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/v1/spending-years.csv").status_code == 500
    assert idle(app)

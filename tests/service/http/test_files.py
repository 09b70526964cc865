"""Every list in a file has the rows that it has as JSON, whole, or breaks so that it is seen."""

import csv
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from time import sleep
from typing import Any
from urllib.parse import urlencode

import marshmallow as ma
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from psycopg.sql import SQL

from schemas.base import ListQuery, Output, sortable
from schemas.codelists import CODELISTS
from schemas.dumping import compiled
from schemas.spending_years import SpendingYear, SpendingYearListQuery
from service import create_app
from service.config import Config
from service.http import files, workbook, workbook_writer
from service.http.endpoint import endpoints_of, schema_of
from service.http.files import BrokenOffError
from service.http.formats import Table
from service.http.routing import FILES
from service.http.workbook import XLSX
from service.storage import pages
from service.storage.snapshot import Snapshot
from tests.conftest import DATA
from tests.contract import FILES as ALL_SUFFIXES
from tests.contract import contract
from tests.service.storage.test_paging import LISTS

Row = dict[str, Any]

SUFFIXES = [file.suffix for file in FILES]
# The lists that are answered without the database besides those that are paged.
QUERIES = {path: query for path, (_, query) in LISTS.items()} | {
    "/v1/codelists": {},
    "/v1/problems": {},
}


def fields_of(app: Flask, path: str) -> dict[str, ma.fields.Field[Any]]:
    """Return the fields of a list's rows, in their order."""
    endpoint, _ = app.url_map.bind("localhost").match(path)
    row = endpoints_of(app)[endpoint].returns().fields["data"].inner.schema
    return dict(row.fields)


# What docs/formats.md says of a cell, written down once more and by another hand than the service's.


def as_cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "missing":
        return "; ".join(f"{part['field']}={part['reason']}" for part in value)
    if name == "notes":
        return "; ".join(part["id"] for part in value)
    if isinstance(value, list) and not any(isinstance(part, dict) for part in value):
        assert not any("; " in str(part) for part in value), "its items could not be told apart"
        return "; ".join(str(part) for part in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def as_excel(name: str, field: ma.fields.Field[Any], value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    if value is not None and isinstance(field, ma.fields.Date):
        return date.fromisoformat(value)
    return as_cell(name, value) or None  # an empty cell is none, for a text as for a null


def read_csv(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


def read_ndjson(body: bytes) -> list[Row]:
    return [json.loads(line) for line in body.decode().split("\n")[:-1]]


def read_xlsx(body: bytes, title: str = "data") -> list[Row]:
    """Return a sheet's rows, days as days: Excel has only instants."""
    header, *rows = load_workbook(io.BytesIO(body))[title].iter_rows(values_only=True)
    return [
        {
            str(name): value.date() if hasattr(value, "date") else value
            for name, value in zip(header, row, strict=True)
        }
        for row in rows
    ]


def whole(client: FlaskClient, path: str, query: dict[str, str]) -> list[Row]:
    answer = client.get(f"{path}?{urlencode(query)}")
    assert answer.status_code == 200, answer.json
    assert answer.json["links"]["next"] is None
    rows: list[Row] = answer.json["data"]
    return rows


def download(client: FlaskClient, path: str, suffix: str, query: dict[str, str]) -> bytes:
    answer = client.get(f"{path}{suffix}?{urlencode(query)}")
    assert answer.status_code == 200, answer.json
    return answer.data


def same(app: Flask, client: FlaskClient, path: str, query: dict[str, str]) -> list[Row]:
    """Assert that every file has the rows that JSON has, in their order, and return them."""
    rows, fields = whole(client, path, query), fields_of(app, path)
    bodies = {suffix: download(client, path, suffix, query) for suffix in SUFFIXES}
    assert bodies[".csv"].split(b"\r\n")[0].decode() == ",".join(fields)
    assert read_csv(bodies[".csv"]) == [
        {name: as_cell(name, row[name]) for name in fields} for row in rows
    ]
    assert read_ndjson(bodies[".ndjson"]) == rows
    assert [list(row) for row in read_ndjson(bodies[".ndjson"])] == [list(fields) for _ in rows]
    assert read_xlsx(bodies[".xlsx"]) == [
        {name: as_excel(name, field, row[name]) for name, field in fields.items()} for row in rows
    ]
    return rows


def test_every_list_is_tried() -> None:
    paths = {path for path in contract()["paths"] if path.endswith(".ndjson")}
    assert {path.replace("{target}", "wales-2014-spending") for path in paths} == {
        f"{path}.ndjson" for path in QUERIES
    }


def test_a_file_takes_what_the_list_takes_but_no_page() -> None:
    def taken(path: str) -> list[str]:
        return [at["name"] for at in contract()["paths"][path]["get"]["parameters"]]

    for path in contract()["paths"]:
        if path.endswith(ALL_SUFFIXES):
            of_list = taken(path.partition(".")[0])
            assert taken(path) == [name for name in of_list if name not in ("limit", "cursor")]


@pytest.mark.parametrize("path", QUERIES)
def test_a_file_has_the_rows_of_the_json(app: Flask, client: FlaskClient, path: str) -> None:
    assert same(app, client, path, QUERIES[path])


def test_a_file_is_not_cut_where_a_page_is(client: FlaskClient) -> None:
    first = client.get("/v1/observations").json
    assert first["meta"]["count"] == 1000 < first["meta"]["total"]
    rows = read_ndjson(client.get("/v1/observations.ndjson").data)
    assert rows[:1000] == first["data"]
    assert len(rows) == first["meta"]["total"]
    assert len(read_csv(client.get("/v1/observations.csv").data)) == len(rows)


def test_nulls_reasons_and_accents_come_through(client: FlaskClient) -> None:
    query = "?member=ISL,TUR&year=2024"
    iceland, turkiye = read_csv(client.get(f"/v1/spending-years.csv{query}").data)
    assert iceland["share_gdp_pct"] == ""
    assert "share_gdp_pct=not_applicable" in iceland["missing"].split("; ")
    assert float(turkiye["share_gdp_pct"]) > 1
    [member] = read_csv(client.get("/v1/members.csv?member=TUR").data)
    assert member["name"] == "Türkiye"
    [sheet] = read_xlsx(client.get("/v1/members.xlsx?member=TUR").data)
    assert sheet["name"] == "Türkiye"


def queries(schema: type[ListQuery], row: type[Output], filters: dict[str, list[str]]) -> Any:
    """Return a strategy of queries: any sort, and any of the filters given."""
    names = st.sampled_from([f"{sign}{name}" for name in sortable(row) for sign in ("", "-")])
    sort = st.lists(names, max_size=3, unique_by=lambda name: name.removeprefix("-"))
    chosen = {name: st.sampled_from(values) for name, values in filters.items()}
    optional = st.fixed_dictionaries({}, optional=chosen)
    assert schema.row is row
    return st.builds(
        lambda asked, by: asked | ({"sort": ",".join(by)} if by else {}), optional, sort
    )


UNUSUAL = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@UNUSUAL
@given(
    query=queries(
        SpendingYearListQuery,
        SpendingYear,
        {
            "member": ["ISL", "DEU,TUR", "USA,CAN,HRV"],
            "year_gte": ["2014", "2024", "2026"],
            "share_gdp_pct_lte": ["2", "0"],
            "stage": ["actual", "estimate"],
            "release": ["nato-2024-06-17", "nato-2025-08-28", "first"],
        },
    )
)
def test_under_any_query_a_file_has_the_rows_of_the_json(
    app: Flask, client: FlaskClient, query: dict[str, str]
) -> None:
    same(app, client, "/v1/spending-years", {"year_gte": "2023", **query})


def filters_of(schema: type[ListQuery]) -> dict[str, str]:
    """Return the parameters that filter by a field of the rows, with the field."""
    stems = {name: name.removesuffix("_gte").removesuffix("_lte") for name in schema().fields}
    return {name: stem for name, stem in stems.items() if stem in schema.row().fields}


def queries_of(schema: type[ListQuery], rows: list[Row]) -> st.SearchStrategy[dict[str, str]]:
    """Return a strategy of queries: any sort, and up to two filters by what stands in the rows."""
    values = {
        name: {as_text(row[field]) for row in rows if isinstance(row[field], str | int | float)}
        for name, field in filters_of(schema).items()
    }
    chosen = {name: st.sampled_from(sorted(some)) for name, some in values.items() if some}
    pairs = [st.tuples(st.just(name), value) for name, value in chosen.items()]
    filters = st.lists(st.one_of(pairs), max_size=2 if pairs else 0).map(dict)
    sorts = st.sampled_from(
        [f"{sign}{name}" for name in sortable(schema.row) for sign in ("", "-")]
    )
    by = st.lists(sorts, min_size=1, max_size=3, unique_by=lambda name: name.removeprefix("-"))
    return st.builds(lambda asked, sort: asked | {"sort": ",".join(sort)}, filters, by)


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.10f}" if isinstance(value, float) else str(value)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
@pytest.mark.parametrize("path", LISTS)
def test_every_file_has_what_the_json_has_under_any_query(
    app: Flask, client: FlaskClient, path: str, data: st.DataObject
) -> None:
    schema, narrow = LISTS[path]
    query = narrow | data.draw(queries_of(schema, whole(client, path, narrow)))
    answer = client.get(f"{path}?{urlencode(query)}")
    if answer.status_code == 200:
        same(app, client, path, query)
    else:  # not every value of a field may be asked for, nor every two at once
        for suffix in SUFFIXES:
            refused = client.get(f"{path}{suffix}?{urlencode(query)}")
            assert refused.status_code == answer.status_code == 400
            assert refused.json["errors"] == answer.json["errors"]


def test_an_empty_list_is_a_file_without_rows(app: Flask, client: FlaskClient) -> None:
    assert same(app, client, "/v1/members", {"member": "CAN", "region": "europe"}) == []


# The manners of a file.


@pytest.mark.parametrize("file", FILES, ids=SUFFIXES)
def test_a_file_says_what_it_is(client: FlaskClient, file: Any) -> None:
    answer = client.get(f"/v1/spending-years{file.suffix}?year=2024&release=nato-2026-07-10")
    assert answer.headers["Content-Type"] == {
        ".csv": "text/csv; charset=utf-8; header=present",
        ".ndjson": "application/x-ndjson",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }[file.suffix]  # fmt: skip
    name = f"spending-years_nato-2026-07-10{file.suffix}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["X-Data-Release"] == "nato-2026-07-10"
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert "immutable" in answer.headers["Cache-Control"]
    links = answer.headers["Link"].split(", ")
    query = "?release=nato-2026-07-10&year=2024"
    assert links[0] == f'</v1/spending-years{file.suffix}{query}>; rel="self"'
    assert f'</v1/spending-years{query}>; rel="alternate"; type="application/json"' in links
    assert '</v1/releases/nato-2026-07-10>; rel="describedby"' in links
    assert '</v1/sources/nato>; rel="license"' in links


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/members.csv", "members.csv"),
        ("/v1/codelists.csv", "codelists.csv"),
        (
            "/v1/targets/wales-2014-spending/assessments.csv?release=nato-2025-08-28",
            "targets-wales-2014-spending-assessments_nato-2025-08-28.csv",
        ),
    ],
)
def test_a_file_has_a_name(client: FlaskClient, path: str, name: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_list_names_in_its_head_what_it_leads_to_and_not_its_files(client: FlaskClient) -> None:
    links = client.get("/v1/members?region=europe&limit=40").headers["Link"]
    own = '</v1/members?limit=40&region=europe>; rel="self"'
    assert links == f'{own}, </openapi.yaml>; rel="describedby"'


@pytest.mark.parametrize("file", FILES, ids=SUFFIXES)
def test_accept_chooses_and_the_suffix_wins(client: FlaskClient, file: Any) -> None:
    chosen = client.get("/v1/members", headers={"Accept": f"{file.media_type}, */*;q=0.1"})
    assert chosen.mimetype == file.media_type
    assert chosen.headers["Content-Disposition"].endswith(f'members{file.suffix}"')
    for accept in ("application/json", "image/png", f"{file.media_type};q=0"):
        by_suffix = client.get(f"/v1/members{file.suffix}", headers={"Accept": accept})
        assert (by_suffix.status_code, by_suffix.mimetype) == (200, file.media_type)
    if file is not XLSX:  # which holds the address and the hour it was made
        assert by_suffix.data == chosen.data


@pytest.mark.parametrize("name", ["limit=10", "cursor=x"])
@pytest.mark.parametrize("accept", ["text/csv", None])
def test_a_file_takes_no_limit_and_says_why(
    client: FlaskClient, name: str, accept: str | None
) -> None:
    path = "/v1/members" if accept else "/v1/members.csv"
    answer = client.get(f"{path}?{name}", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_parameter")
    [error] = answer.json["errors"]
    assert error["name"] == name.partition("=")[0]
    assert error["detail"].startswith("A list in a file is whole")
    assert not {"limit", "cursor"} & set(error["allowed"])


def test_every_format_has_a_tag_of_its_own(client: FlaskClient) -> None:
    tags = {client.get(f"/v1/members{suffix}").headers["ETag"] for suffix in ["", *SUFFIXES]}
    accepted = [client.get("/v1/members", headers={"Accept": file.media_type}) for file in FILES]
    assert len(tags | {answer.headers["ETag"] for answer in accepted}) == 7


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the rows of any list fail that are asked for."""

    def fail(*_: Any) -> Iterator[Row]:
        raise AssertionError("the rows were asked for")
        yield {}

    monkeypatch.setattr(Snapshot, "fetch_each", fail)


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_neither_head_nor_304_asks_for_the_rows(
    app: Flask, client: FlaskClient, suffix: str
) -> None:
    path = f"/v1/members{suffix}"
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    again = client.get(path, headers={"If-None-Match": head.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(path).status_code == 500, "without them the rows are asked for"
    assert idle(app)


# The workbook.


def test_a_workbook_has_its_notes_codes_and_ground(client: FlaskClient) -> None:
    url = "/v1/spending-years.xlsx?release=nato-2024-06-17&year=2024"
    body = client.get(url).data
    rows = client.get(url.replace(".xlsx", "")).json
    notes = {note["id"]: note["text"] for row in rows["data"] for note in row["notes"]}
    assert notes
    assert read_xlsx(body, "notes") == [{"id": id, "text": notes[id]} for id in sorted(notes)]
    about = {row["name"]: row["value"] for row in read_xlsx(body, "about")}
    assert about.pop("url") == f"http://localhost{url}"
    meta = {name: at for name, at in rows["meta"].items() if name not in ("count", "total")}
    assert about == meta
    codes = read_xlsx(body, "codelists")
    assert {
        "field": "stage",
        "codelist": "stages",
        "code": "actual",
        "definition": CODELISTS["stages"][1]["actual"],
    } in codes
    reasons = [row["code"] for row in codes if row["field"] == "missing.reason"]
    assert reasons == list(CODELISTS["missing-reasons"][1])


def sheet_of(app: Flask, *values: Any) -> list[Any]:
    """Return what Excel reads of these values in one row."""
    fields = {f"f{at}": ma.fields.Raw() for at in range(len(values))}
    table = Table(fields, [dict(zip(fields, values, strict=True))], {})
    with app.test_request_context("/"):
        body = b"".join(workbook.as_xlsx(table))
    [row] = load_workbook(io.BytesIO(body))["data"].iter_rows(min_row=2)
    return [(cell.data_type, cell.value) for cell in row]


def test_a_text_in_a_workbook_is_no_formula(app: Flask) -> None:
    assert sheet_of(app, "=1+1", "-2", "+3", "@x", -2.5, True) == [
        ("s", "=1+1"), ("s", "-2"), ("s", "+3"), ("s", "@x"), ("n", -2.5), ("b", True),
    ]  # fmt: skip


def test_characters_that_xml_has_not_break_no_workbook(app: Flask) -> None:
    assert sheet_of(app, "a\x01b\x0bc\x1f", "Ü\n'\"&<") == [
        ("s", "a\ufffdb\ufffdc\ufffd"),
        ("s", "Ü\n'\"&<"),
    ]


def test_what_a_worksheet_cannot_hold_is_refused_and_not_cut(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_writer, "MOST_ROWS", 33)
    assert client.get("/v1/members.xlsx").status_code == 200
    monkeypatch.setattr(workbook_writer, "MOST_ROWS", 32)
    answer = client.get("/v1/members.xlsx")
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
    assert "more than 31 rows" in answer.json["detail"]
    monkeypatch.undo()
    monkeypatch.setattr(workbook_writer, "LONGEST", 20)
    assert "more than 20 characters" in client.get("/v1/members.xlsx").json["detail"]


# CSV to the letter.


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1)
)
def test_any_text_comes_back_out_of_a_line(cells: list[str]) -> None:
    text = files.line(cells)
    assert text.endswith("\r\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [cells]


def test_no_text_that_a_program_would_compute_is_served(client: FlaskClient) -> None:
    """The ground on which texts in CSV are left as they are."""
    for path, query in QUERIES.items():
        for row in read_csv(download(client, path, ".csv", query)):
            for value in row.values():
                assert not re.match(r"[=+@\t\r]|-(?![0-9.]+(e-?[0-9]+)?$)", value), (path, value)


# Errors, before and after the first byte.


def idle(app: Flask) -> bool:
    """Whether every connection is back in the pool, and of use."""
    stats = app.extensions["database"].pool.get_stats()
    return bool(stats["pool_available"] == stats["pool_size"])


@contextmanager
def small(url: str, **kwargs: Any) -> Iterator[Flask]:
    app = create_app(Config(url, **{"pool_size": 1, "pool_timeout_s": 1, **kwargs}))
    yield app
    app.extensions["database"].close()


def failing_at(number: int, dump: Callable[..., Any]) -> Callable[..., Any]:
    seen = iter(range(1, 10**9))

    def fail(*args: Any, **kwargs: Any) -> Any:
        if next(seen) == number:
            raise RuntimeError("a fault of ours")
        return dump(*args, **kwargs)

    return fail


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_error_before_the_first_byte_is_a_problem(
    database_url: str, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    with small(database_url) as app:
        client = app.test_client()
        row = fields_owner(app, "/v1/members")
        fail = failing_at(5, compiled(row))
        monkeypatch.setattr(files, "compiled", lambda _: fail)
        monkeypatch.setattr(files.UntilRead, "copied", lambda self, row: None)
        answer = client.get(f"/v1/members{suffix}")
        assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
        assert answer.mimetype == "application/problem+json"
        assert idle(app)
        assert client.get(f"/v1/members{suffix}").status_code == 200


def fields_owner(app: Flask, path: str) -> Any:
    """Return the schema that dumps the rows of a list."""
    endpoint, _ = app.url_map.bind("localhost").match(path)
    return schema_of(endpoints_of(app)[endpoint].returns).fields["data"].inner.schema  # type: ignore[attr-defined]


def test_a_query_that_is_too_slow_is_a_503(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small(database_url, statement_timeout_ms=300) as app:
        slow = SQL("SELECT matching.*, pg_sleep(1) FROM ({query}) AS matching ORDER BY {order}")
        monkeypatch.setattr(pages, "page_form", lambda name: slow)
        # Statements are kept, the slow one in no place but here.
        monkeypatch.setattr(pages, "in_order", pages.in_order.__wrapped__)
        answer = app.test_client().get("/v1/members.ndjson")
        assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
        assert answer.headers["Retry-After"]
        monkeypatch.undo()
        assert app.test_client().get("/v1/members.ndjson").status_code == 200


@pytest.mark.parametrize("suffix", [".csv", ".ndjson"])
def test_an_error_after_the_first_byte_breaks_off_and_is_logged_once(
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    suffix: str,
) -> None:
    with small(database_url) as app:
        row = fields_owner(app, "/v1/spending-years")
        fail = failing_at(250, compiled(row))
        monkeypatch.setattr(files, "compiled", lambda _: fail)
        monkeypatch.setattr(files.UntilRead, "copied", lambda self, row: None)
        with caplog.at_level(logging.ERROR, logger="burdenshare"):
            answer = app.test_client().get(
                f"/v1/spending-years{suffix}", headers={"X-Request-Id": "abc-1"}
            )
            assert answer.status_code == 200
            read = []
            with pytest.raises(BrokenOffError):
                read.extend(answer.response)
        assert len(b"".join(read).splitlines()) in (200, 201)
        [record] = caplog.records
        assert record.getMessage() == "file broken off in request abc-1"
        assert record.exc_info
        assert isinstance(record.exc_info[1], RuntimeError)
        assert idle(app)
        assert app.test_client().get("/v1/members").status_code == 200


def test_a_client_that_goes_away_gives_the_connection_back(database_url: str) -> None:
    with small(database_url) as app:
        for _ in range(3):
            answer = app.test_client().get("/v1/observations.csv")
            assert next(iter(answer.response)).startswith(b"area,")
            assert not idle(app)
            assert app.test_client().get("/v1/members").status_code == 503
            answer.close()
            assert idle(app)
            app.extensions["database"].breaker.succeeded()
        assert len(read_ndjson(app.test_client().get("/v1/members.ndjson").data)) == 32


def test_an_answer_that_nobody_begins_to_read_gives_it_back_too(database_url: str) -> None:
    with small(database_url) as app:
        app.test_client().get("/v1/observations.csv").close()
        assert idle(app)


def test_a_client_that_reads_too_slowly_is_cut_off(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with small(database_url, file_timeout_ms=300) as app:
        answer = app.test_client().get("/v1/observations.csv")
        next(iter(answer.response))
        sleep(0.4)
        with pytest.raises(BrokenOffError), caplog.at_level(logging.ERROR, logger="burdenshare"):
            list(answer.response)
        assert "too slowly" in str(caplog.records[-1].exc_info)
        assert idle(app)


def test_slow_clients_leave_a_connection_to_all_else(database_url: str) -> None:
    with small(database_url, pool_size=3) as app:
        slow = [app.test_client().get("/v1/observations.csv") for _ in range(2)]
        for answer in slow:
            next(iter(answer.response))
        refused = app.test_client().get("/v1/members.csv")
        assert (refused.status_code, refused.json["code"]) == (503, "database_unavailable")
        assert app.test_client().get("/v1/members").status_code == 200
        for answer in slow:
            answer.close()
        assert app.test_client().get("/v1/members.csv").status_code == 200


def test_a_workbook_keeps_no_connection_while_it_is_sent(database_url: str) -> None:
    with small(database_url) as app:
        answer = app.test_client().get("/v1/members.xlsx")
        assert idle(app)
        assert load_workbook(io.BytesIO(answer.data)).sheetnames == [
            "data", "notes", "codelists", "about",
        ]  # fmt: skip


# What docs/formats.md says.

TEXT = (DATA.parent / "docs" / "formats.md").read_text("utf-8")
EXAMPLES = re.findall(r"^GET (\S+)\n((?:    .+\n)+)", TEXT, re.MULTILINE)


@pytest.mark.parametrize(("url", "shown"), EXAMPLES)
def test_an_example_is_what_a_file_begins_with(client: FlaskClient, url: str, shown: str) -> None:
    lines = client.get(url).text.splitlines()
    for line, begins in zip(lines, shown.splitlines(), strict=False):
        assert line.startswith(begins.removeprefix("    "))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == TEXT.count("\nGET ") == 5

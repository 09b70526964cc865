"""A list as Parquet has the rows of the JSON, with their types, in bounded memory."""

import io
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import marshmallow as ma
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask import Flask
from flask.testing import FlaskClient

from schemas.base import Note
from service.http import parquet, parquet_writer
from service.http.formats import Table, as_json
from tests.conftest import DATA

Row = dict[str, Any]

PATHS = {
    "/v1/observations": "area=DEU,ISL,TUR,NATO_TOTAL&year_gte=2023",
    "/v1/spending-years": "release=nato-2024-06-17&year_gte=2023&sort=-share_gdp_pct",
}


def read(body: bytes) -> pa.Table:
    return pq.read_table(io.BytesIO(body))


@pytest.mark.parametrize(("path", "query"), PATHS.items())
def test_it_has_the_rows_of_the_json(client: FlaskClient, path: str, query: str) -> None:
    answer = client.get(f"{path}.parquet?{query}")
    assert (answer.status_code, answer.mimetype) == (200, "application/vnd.apache.parquet")
    assert answer.headers["Content-Disposition"].endswith('.parquet"')
    rows = client.get(f"{path}?{query}").json["data"]
    table = read(answer.data)
    assert table.column_names == list(rows[0])
    assert table.to_pylist() == rows


def test_nulls_reasons_and_notes_come_through(client: FlaskClient) -> None:
    query = "?release=nato-2024-06-17&year=2024"
    rows = read(client.get(f"/v1/spending-years.parquet{query}").data).to_pylist()
    [iceland] = [row for row in rows if row["member"] == "ISL"]
    assert iceland["share_gdp_pct"] is None
    assert {"field": "share_gdp_pct", "reason": "not_applicable"} in iceland["missing"]
    notes = [note for row in rows for note in row["notes"]]
    assert notes
    as_json = client.get(f"/v1/spending-years{query}").json["data"]
    assert notes == [note for row in as_json for note in row["notes"]]


def test_columns_have_the_types_of_the_fields(client: FlaskClient) -> None:
    schema = read(client.get("/v1/spending-years.parquet?member=DEU&year=2024").data).schema
    types = {field.name: str(field.type) for field in schema}
    assert (types["member"], types["year"], types["share_gdp_pct"]) == ("string", "int64", "double")
    assert types["missing"] == "list<element: struct<field: string, reason: string>>"
    assert types["notes"] == "list<element: struct<id: string, text: string>>"
    said = schema.field("share_gdp_pct").metadata[b"description"].decode()
    assert said.startswith("Defence expenditure as a share of real GDP. Unit: per cent of GDP.")


def test_it_says_where_it_is_from(client: FlaskClient) -> None:
    url = "/v1/observations.parquet?area=DEU&year=2024"
    metadata = read(client.get(url).data).schema.metadata
    meta = client.get(url.replace(".parquet", "")).json["meta"]
    assert metadata[b"url"].decode() == f"http://localhost{url}"
    for name in ("release", "source", "citation", "licence"):
        assert metadata[name.encode()].decode() == meta[name]


def test_no_rows_are_a_table_without_rows(client: FlaskClient) -> None:
    table = read(client.get("/v1/observations.parquet?year=1990").data)
    assert table.num_rows == 0
    assert str(table.schema.field("value").type) == "double"


def test_the_same_rows_are_the_same_bytes(client: FlaskClient) -> None:
    bodies = {client.get("/v1/spending-years.parquet?year=2024").data for _ in range(2)}
    assert len(bodies) == 1


def test_only_long_tables_have_it(client: FlaskClient) -> None:
    assert client.get("/v1/members.parquet").status_code == 404
    accept = {"Accept": parquet.PARQUET.media_type}
    assert client.get("/v1/members", headers=accept).status_code == 406
    assert client.get("/v1/observations?year=2024", headers=accept).data[:4] == b"PAR1"


class Part(ma.Schema):
    """What a field may hold."""

    number = ma.fields.Integer(metadata={"description": "A number."})
    day = ma.fields.Date(metadata={"description": "A day."})


class Every(ma.Schema):
    """A field of every kind."""

    text = ma.fields.String(metadata={"description": "A text."})
    number = ma.fields.Integer(metadata={"description": "A number."})
    amount = ma.fields.Float(metadata={"description": "An amount."})
    flag = ma.fields.Boolean(metadata={"description": "A flag."})
    day = ma.fields.Date(metadata={"description": "A day."})
    instant = ma.fields.AwareDateTime(metadata={"description": "An instant."})
    words = ma.fields.List(ma.fields.String(), metadata={"description": "Words."})
    part = ma.fields.Nested(Part, metadata={"description": "A part."})
    notes = ma.fields.List(ma.fields.Nested(Note), metadata={"description": "Notes."})
    anything = ma.fields.Raw(metadata={"description": "Anything."})


ROW = {
    "text": "Türkiye \N{SNOWMAN}",
    "number": 2**40,
    "amount": 0.1 + 0.2,
    "flag": False,
    "day": "2024-02-29",
    "instant": "2026-11-22T06:59:11Z",
    "words": ["a", "é"],
    "part": {"number": 1, "day": "1949-04-04"},
    "notes": [{"id": "x", "text": "ß"}],
    "anything": {"of": ["no", "fixed", 1]},
}


def written(rows: list[Row]) -> pa.Table:
    with TemporaryFile() as file:
        parquet.save(Table(Every().fields, rows, {}), file, {"as_of": None, "release": "x"})
        file.seek(0)
        return read(file.read())


def test_every_kind_of_field_comes_back() -> None:
    nulls = dict.fromkeys(ROW)
    table = written([ROW, nulls])
    first, second = table.to_pylist()
    assert second == nulls
    assert json.loads(first.pop("anything")) == ROW["anything"]
    assert first == {name: ROW[name] for name in first} | {
        "day": date(2024, 2, 29),
        "instant": datetime(2026, 11, 22, 6, 59, 11, tzinfo=UTC),
        "part": {"number": 1, "day": date(1949, 4, 4)},
    }
    assert table.schema.metadata == {b"release": b"x"}


def test_rows_are_written_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_writer, "ROWS", 2)
    monkeypatch.setattr(parquet_writer, "BATCHES", 2)
    head = [parquet.columns_of({"number": Every().fields["number"]}), {}]
    file = io.BytesIO()
    parquet_writer.main(
        io.BytesIO(b"".join(map(as_json, [head, *([at] for at in range(9))]))), file
    )
    metadata = pq.read_metadata(io.BytesIO(file.getvalue()))
    assert [metadata.row_group(at).num_rows for at in range(3)] == [4, 4, 1]
    assert read(file.getvalue())["number"].to_pylist() == list(range(9))


def test_a_worker_never_loads_pyarrow(database_url: str) -> None:
    program = """
import sys
from service import create_app
from service.config import Config
app = create_app(Config(sys.argv[1]))
assert app.test_client().get("/v1/observations.parquet?area=DEU").data[-4:] == b"PAR1"
assert "pyarrow" not in sys.modules
app.extensions["database"].close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program, database_url],
        cwd=DATA.parent,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def is_idle(app: Flask) -> bool:
    stats = app.extensions["database"].pool.get_stats()
    return bool(stats["pool_available"] == stats["pool_size"])


def test_an_error_before_the_first_byte_is_a_problem(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(parquet, "as_json", fail)
    answer = client.get("/v1/observations.parquet?area=DEU")
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert is_idle(app)


@pytest.mark.parametrize(
    "program", ["import sys; sys.exit(3)", "for line in open(0): pass\nexit(3)"]
)
def test_a_writer_that_fails_is_a_problem(
    app: Flask,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    program: str,
) -> None:
    writer = tmp_path / "writer.py"
    writer.write_text(program)
    monkeypatch.setattr(parquet, "WRITER", writer)
    answer = client.get("/v1/observations.parquet")
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert is_idle(app)

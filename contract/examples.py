"""Draws contract/examples.json from the service: `python -m contract.examples`.

Every operation is asked for its example request, every code of the catalogue is provoked, and every
field gets the first value that any row has. What is not the same at every asking (the request's id,
the day, the instant of loading) is fixed.
"""

import errno
import json
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from limits import parse

from importers.load import load
from importers.withdrawals import Withdrawal, record_of, write_withdrawal
from schemas.vintage import Vintage
from service import clock, create_app
from service.config import Config
from service.http import metrics
from service.http.endpoint import Endpoint
from service.http.formats import JSON, ZIP, File
from service.http.parquet import PARQUET
from service.http.sdmx import STRUCTURE_XML
from service.http.workbook import XLSX
from service.storage.database import Database
from service.storage.embedded import EmbeddedServer
from service.storage.errors import DatabaseDamagedError, DatabaseMismatchError, NoDataError
from service.storage.migrations import migrate

from . import drawing
from .endpoints import endpoints
from .example_file import FILE, request_of
from .names import camel
from .text import SERVERS

DATA = Path(__file__).parents[1] / "data"

# On which day the examples are of, lest 1 January make them wrong.
DAY = date(2026, 11, 22)
LOADED_AT = "2026-11-22T06:59:11Z"
# A day as an instant, which begins at midnight, is the same everywhere.
INSTANT = re.compile(r"[0-9-]{10}T(?!00:00:00Z)[0-9:]{8}(\.[0-9]+)?Z")
# What is shown as it is; all else as a text, a cube in JSON among it.
JSON_TYPES = {JSON.media_type, "application/problem+json"}
PACKED = (XLSX, PARQUET, ZIP)
REQUEST_ID = "5f0e7c3a9b1d4e62"


class NoAnswerError(Exception):
    """An example request is refused: its endpoint needs another `example=`."""


class Asked(NamedTuple):
    """A request that brings a problem, and how the service must stand for it."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = {}
    body: bytes = b""
    service: str = "well"

    @property
    def line(self) -> str:
        headers = "".join(f", {name}: {value}" for name, value in self.headers.items())
        body = f", {len(self.body)} bytes of body" if self.body else ""
        path = self.path if len(self.path) <= 100 else f"{self.path[:100]}…"
        return f"{self.method} {path}{headers}{body}"


# By code of the catalogue. What no operation declares is left out: 405 is not the answer to a GET.
PROVOKED = {
    "bad_request": Asked("/v1/spending-years?memebr=POL&limit=many"),
    "unknown_parameter": Asked("/v1/spending-years?memebr=POL"),
    "missing_parameter": Asked("/v1/search"),
    "unknown_value": Asked("/v1/spending-years?member=Polnad&stage=final"),
    "invalid_value": Asked("/v1/spending-years?limit=20000"),
    "repeated_parameter": Asked("/v1/spending-years?year=2023&year=2024"),
    "empty_range": Asked("/v1/spending-years?year_gte=2024&year_lte=2014"),
    "conflicting_parameters": Asked("/v1/spending-years?release=first&as_of=2024-07-01"),
    "before_first_release": Asked("/v1/spending-years?as_of=2014-09-05"),
    "invalid_cursor": Asked("/v1/spending-years?cursor=2"),
    "not_found": Asked("/v1/members/Polnad"),
    "gone": Asked("/v1/spending-years?release=nato-2026-07-10", service="withdrawn"),
    "not_acceptable": Asked("/v1/members", headers={"Accept": "image/png"}),
    "range_not_satisfiable": Asked(
        "/v1/exports/nato-2024-06-17.zip", headers={"Range": "bytes=99999999-"}
    ),
    "content_too_large": Asked("/v1/members", body=b"x" * 5000),
    "uri_too_long": Asked(f"/v1/spending-years?member={'POL,' * 1000}"),
    "too_many_requests": Asked("/v1/members", service="limited"),
    "internal_error": Asked("/v1/members", service="faulty"),
    "database_unavailable": Asked("/v1/members", service="away"),
    "no_data_loaded": Asked("/v1/members", service="empty"),
    "database_mismatch": Asked("/v1/members", service="changed"),
    "database_damaged": Asked("/v1/members", service="damaged"),
    "storage_full": Asked("/v1/members.xlsx", service="full"),
}

# How a service stands that is not well.
STANDING = {
    "limited": Config(rate_limit=parse("1/minute")),
    "away": Config("postgresql://127.0.0.1:1/nowhere", pool_timeout_s=0.1),
}
# What reading the database raises in a service that stands so.
FAILING = {
    "faulty": RuntimeError("a fault of ours"),
    "empty": NoDataError(),
    "changed": DatabaseMismatchError(),
    "damaged": DatabaseDamagedError(),
    "full": OSError(errno.ENOSPC, "No space left on device"),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        data = Path(shutil.copytree(DATA, Path(directory) / "data"))
        withdraw(data, "nato-2026-07-10")
        with loaded(DATA) as app, loaded(data) as withdrawn:
            FILE.write_text(as_text(draw(app, withdrawn=withdrawn)), "utf-8")


def withdraw(data: Path, release: str) -> None:
    record = record_of(data / "releases" / release)
    write_withdrawal(record, Withdrawal(date(2026, 11, 20), f"{release} was wrong."))


@contextmanager
def loaded(data: Path) -> Iterator[Flask]:
    """Serve a folder from a PostgreSQL of our own, which is gone afterwards."""
    directory = Path(tempfile.gettempdir()) / f"burdenshare-examples-{uuid4().hex[:12]}"
    try:
        with EmbeddedServer(directory) as server:
            migrate(server.url)
            load(server.url, data)
            app = create_app(Config(server.url))
            yield app
            app.extensions["database"].close()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def as_text(examples: dict[str, Any]) -> str:
    return json.dumps(examples, indent=1, ensure_ascii=False) + "\n"


def draw(app: Flask, **standing: Flask) -> dict[str, Any]:
    """Return what contract/examples.json ought to hold, asked of a service that holds data/.

    Services that stand otherwise are made here, or given by the name that `Asked.service` has.
    """
    answers, fields, schemas = {}, Fields(), schemas_of(app)
    with patch.object(clock, "today", lambda: DAY):
        for endpoint in endpoints(app):
            assert endpoint.returns is not None
            if endpoint.format in PACKED:  # bytes that no reader of the contract could read
                continue
            drawn = example(app, Asked(request_of(endpoint)))
            answers[camel(endpoint.name)] = drawn
            if isinstance(endpoint.format, File) or endpoint.format is STRUCTURE_XML:
                drawn["answer"] = first_lines(drawn["answer"])
            if endpoint.format is not JSON:
                continue
            if "data" not in drawn["answer"]:
                raise NoAnswerError(f"{drawn['request']}: {drawn['answer']['detail']}")
            fields.gather(schemas, endpoint.returns.__name__, drawn["answer"])
            for path in wider(endpoint):
                fields.gather(schemas, endpoint.returns.__name__, answer(app, Asked(path)))
        services = {"well": app, **standing}
        problems = {code: provoke(services, asked) for code, asked in PROVOKED.items()}
    for problem in problems.values():
        fields.gather(schemas, "Problem", problem["answer"])
    return {"answers": answers, "problems": problems, "fields": dict(sorted(fields.items()))}


def first_lines(text: str) -> str:
    """Return the beginning of what comes whole: of a list in a file its header and a row."""
    return "".join(text.splitlines(keepends=True)[:2])


def schemas_of(app: Flask) -> dict[str, Any]:
    found = drawing.draw(app)["components"]["schemas"]
    assert isinstance(found, dict)
    return found


def wider(endpoint: Endpoint) -> Iterator[str]:
    """Return requests whose answers have what is null in the example: other rows and releases."""
    path = request_of(endpoint).partition("?")[0]
    yield path
    if "as_of" in endpoint.accepts().fields:
        yield f"{path}?as_of={Vintage().fields['as_of'].metadata['example']}"
        yield f"{path}?release=first"


def example(app: Flask, asked: Asked) -> dict[str, Any]:
    return {"request": asked.line, "answer": answer(app, asked)}


def answer(app: Flask, asked: Asked) -> Any:
    # A plain client: that of the tests holds each answer against the contract that is drawn here.
    response = FlaskClient(app, app.response_class).open(
        asked.path,
        method=asked.method,
        base_url=SERVERS[0]["url"],
        headers={"X-Request-Id": REQUEST_ID, **asked.headers},
        data=asked.body,
    )
    return fixed(response.json if response.mimetype in JSON_TYPES else response.text)


def fixed(value: Any) -> Any:
    """Return the answer as if everything had been loaded at one known instant."""
    if isinstance(value, dict):
        return {name: fixed(part) for name, part in value.items()}
    if isinstance(value, list):
        return [fixed(part) for part in value]
    return INSTANT.sub(LOADED_AT, value) if isinstance(value, str) else value


def provoke(services: Mapping[str, Flask], asked: Asked) -> dict[str, Any]:
    """Ask a service that stands as the problem needs it; what it logs of that is no news."""
    with silence():
        if asked.service in services:
            return example(services[asked.service], asked)
        other = create_app(STANDING.get(asked.service, Config()))
        if error := FAILING.get(asked.service):
            with (
                patch.object(Database, "read", side_effect=error),
                patch.object(Database, "file", side_effect=error),
                patch.object(metrics, "count_failure"),
            ):
                return example(other, asked)
        other.test_client().get("/v1/problems")  # the one request that the limit allows
        try:
            return example(other, asked)
        finally:
            other.extensions["database"].close()


@contextmanager
def silence() -> Iterator[None]:
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


class Fields(dict[str, Any]):
    """The first value that is not null, or empty, for each field of each schema."""

    def gather(self, schemas: dict[str, Any], name: str, found: dict[str, Any]) -> None:
        """Take what an answer, or a part of one, has; a refusal has nothing."""
        for field, described in schemas[name]["properties"].items():
            value = found.get(field)
            if value is None or value == []:
                continue
            nested = described.get("items", described).get("$ref", "").rpartition("/")[2]
            if not nested:
                self.setdefault(f"{name}.{field}", value)
            for part in value if isinstance(value, list) else [value]:
                if nested:
                    self.gather(schemas, nested, part)


if __name__ == "__main__":
    main()

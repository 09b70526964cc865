"""Compiled schemas dump what marshmallow does: for every answer there is, and for any row."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import marshmallow as ma
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from marshmallow import fields

from contract.endpoints import endpoints
from schemas.base import Output
from schemas.dumping import dumper
from schemas.parameters import Instant
from service import create_app
from service.http.formats import as_json


def answered() -> list[type[ma.Schema]]:
    found = {endpoint.returns for endpoint in endpoints(create_app())}
    return sorted(found, key=lambda schema: schema.__name__)


ANSWERED = answered()


def written(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


# As a driver gives them, and as a column of JSON may: a whole number for a double, say.
INTEGERS = st.integers(-(2**63), 2**63 - 1)
DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text()
VALUES: dict[type[fields.Field[Any]], st.SearchStrategy[Any]] = {
    fields.String: TEXTS | st.just(UUID(int=7)) | st.sampled_from(['"', "\\", "\0", "\x1f", "é", "\u2028", "\U0001d6fc", "\x7f"]),
    fields.Integer: INTEGERS | st.just(2.0) | st.just(True),
    fields.Float: DOUBLES | st.integers(-(2**53), 2**53) | st.sampled_from([0.0, -0.0, 5e-324, 1.7976931348623157e308, 1e16, 1e-5, 0.1 + 0.2]),
    fields.Boolean: st.booleans(),
    fields.Date: st.dates(),
    Instant: st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)),
}  # fmt: skip


def values(field: fields.Field[Any]) -> st.SearchStrategy[Any]:
    if isinstance(field, fields.Nested):
        return st.none() | rows(field.schema)
    if isinstance(field, fields.List):
        return st.none() | st.lists(values(field.inner), max_size=3)
    return st.none() | VALUES[type(field)]


def rows(schema: ma.Schema) -> st.SearchStrategy[Any]:
    """Return rows with all that a schema names, and with what it does not."""
    every = {
        field.attribute or name: values(field) for name, field in schema.dump_fields.items()
    } | {"not_a_field": st.just(1)}
    return st.fixed_dictionaries(every)


@pytest.mark.parametrize("returns", ANSWERED, ids=lambda schema: schema.__name__)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_compiled_schema_dumps_as_the_schema_does(
    returns: type[ma.Schema], data: st.DataObject
) -> None:
    given = data.draw(rows(returns()))
    expected = returns().dump(given)
    # As text, which also has the order of the keys, and tells 2 from 2.0 and from true.
    assert json.dumps(dumper(returns)(given)) == json.dumps(expected)
    assert as_json(expected) == written(expected)


def test_there_are_schemas_to_compile() -> None:
    assert len(ANSWERED) > 30


class Small(Output):
    day = fields.Date()
    share = fields.Float()


def test_a_whole_row_does_not_go_through_marshmallow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Small, "dump", lambda *_: pytest.fail("it went"))
    compiled = dumper(Small)
    row = {"share": 2.5, "day": date(2026, 11, 22), "more": 1}
    assert compiled(row) == {"day": "2026-11-22", "share": 2.5}


def test_a_row_that_lacks_a_field_is_a_fault() -> None:
    with pytest.raises(KeyError, match="day"):
        dumper(Small)({"share": 2.5})


@settings(max_examples=2000, deadline=None)
@given(DOUBLES | st.floats(1e-7, 1e-2) | st.floats(1e14, 1e18) | INTEGERS)
@example(1.5259e-05)
@example(1e16)
@example(-0.0)
def test_a_number_is_written_as_python_writes_it(number: float) -> None:
    assert as_json({"number": number}) == written({"number": number})
    assert json.loads(as_json(number)) == number


def test_an_integer_of_any_size_is_written() -> None:
    assert as_json(2**70) == b"1180591620717411303424\n"

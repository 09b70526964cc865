"""Forged cursors: whatever is inside, the answer is 400 `invalid_cursor` and never a fault."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from schemas.base import sortable

from .service.storage.test_paging import LISTS, cursor_of

NO_TEXTS: list[Any] = [
    "\ud800", "a\udfffb", "\0", "a\0b", 7, 1.5, True, [], {}, ["a"], [["a"] * 200], 10**400,
]  # fmt: skip
NO_NUMBERS = [
    "", " ", "x", "NaN", "Infinity", "-inf", "1e999999", "9" * 400, "1_0", "\u0661", "0x1", "1 2", "null", "--1",
]  # fmt: skip
# By the SQL type of a field: texts that none of its values is written as.
WRONG: dict[str, list[str]] = {
    "text": [],
    "bigint": [*NO_NUMBERS, "1.5", "1e3", "9223372036854775808", "-9223372036854775809"],
    "numeric": NO_NUMBERS,
    "boolean": ["", "yes", "1", "t", "TRUE", "null"],
    "date": ["", "x", "infinity", "2024-02-30", "0000-01-01", "99999-01-01", "2024-1-1", "today", "20240101", "-4713-01-01"],
    "timestamptz": ["", "x", "infinity", "now", "99999-01-01 00:00:00+00", "2024-02-30 00:00:00+00", "2024-01-01 25:00:00+00", "2024-01-01"],
}  # fmt: skip


def opened(cursor: str) -> dict[str, Any]:
    content = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    assert isinstance(content, dict)
    return content


def sealed(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def forged(content: dict[str, Any], sql_type: str) -> Iterator[object]:
    """Yield a cursor's content with one part wrong; the first part of its key has this type."""
    key = content["key"]
    for wrong in [*NO_TEXTS, *WRONG[sql_type]]:
        yield content | {"key": [wrong, *key[1:]]}
    for wrong_key in (None, "a", 7, {}, {"0": "a"}, [], [[]], key[1:], [*key, "a"], [None] * 99):
        yield content | {"key": wrong_key}
    for wrong in [*NO_TEXTS, "nato-1999-01-01", "latest", "first", "", "x" * 2000]:
        yield content | {"release": wrong}
    for wrong in [*NO_TEXTS, None, "", "0" * 16]:
        yield content | {"query": wrong}
    for name in content:
        yield {other: value for other, value in content.items() if other != name}
    yield content | {"more": 1}
    yield from (None, True, 7, "text", [], [content], {})


@pytest.mark.parametrize("path", LISTS)
def test_a_forged_cursor_is_always_an_invalid_cursor(client: FlaskClient, path: str) -> None:
    schema, query = LISTS[path]
    by_type = {sql_type: field for field, sql_type in sortable(schema.row).items()}
    for sql_type, field in by_type.items():
        url = f"{path}?{urlencode(query | {'limit': '1', 'sort': field})}"
        for content in forged(opened(cursor_of(client, url)), sql_type):
            answer = client.get(f"{url}&cursor={sealed(content)}")
            found = (answer.status_code, answer.json.get("code"))
            assert found == (400, "invalid_cursor"), (field, content, found)


def test_a_cursor_of_a_source_s_release_does_not_lead_to_another_source(
    client: FlaskClient,
) -> None:
    url = "/v1/spending-years?source=sipri&limit=1"
    content = opened(cursor_of(client, url))
    answer = client.get(f"{url}&cursor={sealed(content | {'release': 'nato-2026-07-10'})}")
    assert (answer.status_code, answer.json["code"]) == (400, "invalid_cursor")


def test_a_null_in_a_cursor_is_refused_where_no_row_has_one(client: FlaskClient) -> None:
    url = "/v1/members?sort=name&limit=1"
    content = opened(cursor_of(client, url))
    answer = client.get(f"{url}&cursor={sealed(content | {'key': [None, None]})}")
    assert (answer.status_code, answer.json["code"]) == (400, "invalid_cursor")


def test_what_is_no_base64_or_no_json_is_an_invalid_cursor(client: FlaskClient) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 2000).decode()
    number = base64.urlsafe_b64encode(b"9" * 2000).decode()
    utf_16 = base64.urlsafe_b64encode('{"a":1}'.encode("utf-16")).decode()
    for text in ("x", "%00", "%ED%A0%80", "%FF", "====", "....", deep, number, utf_16):
        answer = client.get(f"/v1/members?limit=1&cursor={text}")
        assert (answer.status_code, answer.json["code"]) == (400, "invalid_cursor"), text[:20]

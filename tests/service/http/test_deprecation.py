"""What is deprecated says so: in the contract, and on every answer that used it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from marshmallow import fields

from contract import drawing
from schemas.base import NoParameters, Output, Query
from schemas.deprecation import Deprecation
from schemas.envelope import item_of
from schemas.parameters import Whole
from service import create_app
from service.config import Config
from service.http import answers
from service.http.routing import constant

GOES = Deprecation(date(2027, 1, 1), date(2029, 1, 1), "use `year`.")
GOES_FIRST = Deprecation(date(2026, 12, 1), date(2028, 12, 31), "use `/v1/new`.")
LINKS = [
    '</docs>; rel="deprecation"; type="text/html"',
    '</docs>; rel="sunset"; type="text/html"',
]


class Thing(Output):
    """A thing."""

    name = fields.String(metadata={"description": "Its name."})


class OldThing(Output):
    """A thing with a field that goes."""

    title = fields.String(metadata={"description": "Its title.", "deprecated": GOES})


class ThingQuery(Query):
    year = Whole(1900, 2100, metadata={"description": "The year."})
    period = Whole(1900, 2100, metadata={"description": "The year.", "deprecated": GOES})


ThingItem = item_of(Thing)


@pytest.fixture(scope="module")
def service() -> Iterator[Flask]:
    """Return the service with three paths of which nothing, or something, or all is deprecated."""
    app = create_app(Config())
    blueprint = Blueprint("things", __name__)

    @constant(blueprint, "/v1/thing", accepts=ThingQuery, returns=ThingItem)
    def get_thing() -> Any:
        """Get the thing."""
        return answers.item({"name": "it"})

    @constant(
        blueprint,
        "/v1/old",
        accepts=ThingQuery,
        returns=ThingItem,
        deprecated=GOES_FIRST,
    )
    def get_old() -> Any:
        """Get the old thing."""
        return answers.item({"name": "it"})

    @constant(blueprint, "/v1/field", accepts=NoParameters, returns=item_of(OldThing))
    def get_field() -> Any:
        """Get the thing with a field that goes."""
        return answers.item({"title": "it"})

    app.register_blueprint(blueprint)
    yield app
    app.extensions["database"].close()


@pytest.fixture
def things(service: Flask) -> FlaskClient:
    return service.test_client()


def said(answer: Any) -> tuple[str | None, str | None, list[str]]:
    links = [link for link in answer.headers.get("Link", "").split(", ") if "/docs" in link]
    return answer.headers.get("Deprecation"), answer.headers.get("Sunset"), links


NOTHING = (None, None, [])
# 2027-01-01 and 2026-12-01 in seconds since 1970.
PARAMETER_GOES = ("@1798761600", "Mon, 01 Jan 2029 00:00:00 GMT", LINKS)
OPERATION_GOES = ("@1796083200", "Sun, 31 Dec 2028 00:00:00 GMT", LINKS)


def test_an_answer_that_used_a_deprecated_parameter_says_so(things: FlaskClient) -> None:
    answer = things.get("/v1/thing?period=2024")
    assert (answer.status_code, said(answer)) == (200, PARAMETER_GOES)
    [links] = answer.headers.getlist("Link")
    assert links.startswith('</v1/thing?period=2024>; rel="self", ')


def test_an_answer_that_did_not_says_nothing(things: FlaskClient) -> None:
    assert said(things.get("/v1/thing?year=2024")) == NOTHING
    assert said(things.get("/v1/nonsense?period=2024")) == NOTHING


def test_304_head_and_errors_say_so_too(things: FlaskClient) -> None:
    url = "/v1/thing?period=2024"
    tag = things.get(url).headers["ETag"]
    unchanged = things.get(url, headers={"If-None-Match": tag})
    assert (unchanged.status_code, said(unchanged)) == (304, PARAMETER_GOES)
    assert said(things.head(url)) == PARAMETER_GOES
    # The last is no UTF-8, as a server hands it on.
    for wrong in ("period=x", "period=", "period=2024&nonsense=1", "\xff=1&period=2024"):
        answer = things.get("/v1/thing", environ_overrides={"QUERY_STRING": wrong})
        assert (answer.status_code, said(answer)) == (400, PARAMETER_GOES)


def test_every_answer_of_a_deprecated_operation_says_so(things: FlaskClient) -> None:
    assert said(things.get("/v1/old")) == OPERATION_GOES
    assert said(things.get("/v1/old?nonsense=1")) == OPERATION_GOES


def test_the_earliest_days_are_said_where_several_things_go(things: FlaskClient) -> None:
    assert said(things.get("/v1/old?period=2024")) == OPERATION_GOES


def test_an_answer_with_a_deprecated_field_says_so(things: FlaskClient) -> None:
    assert said(things.get("/v1/field")) == PARAMETER_GOES


def test_a_page_of_the_web_may_read_it(things: FlaskClient) -> None:
    assert things.get("/v1/old").headers["Access-Control-Expose-Headers"] == "*"


def test_the_contract_marks_what_goes_and_says_what_comes(service: Flask) -> None:
    drawn = drawing.draw(service)
    words = "Deprecated since 2027-01-01, gone on 2029-01-01: use `year`."
    taken = {
        taken["name"]: taken
        for taken in drawn["components"]["parameters"].values()
        if taken["name"] in ("year", "period")
    }
    assert taken["period"]["deprecated"] is True
    assert taken["period"]["description"] == f"The year. {words}"
    assert "deprecated" not in taken["year"]
    field = drawn["components"]["schemas"]["OldThing"]["properties"]["title"]
    assert (field["deprecated"], field["description"]) == (True, f"Its title. {words}")
    operation = drawn["paths"]["/v1/old"]["get"]
    assert operation["deprecated"] is True
    assert (
        "Deprecated since 2026-12-01, gone on 2028-12-31: use `/v1/new`."
        in (operation["description"])
    )
    assert "deprecated" not in drawn["paths"]["/v1/thing"]["get"]
    for response in operation["responses"].values():
        headers = drawn["components"]["responses"].get(
            response.get("$ref", "").rpartition("/")[2], response
        )["headers"]
        assert {"Deprecation", "Sunset", "Link"} <= headers.keys()


def test_nothing_goes_within_24_months() -> None:
    with pytest.raises(ValueError, match="2028-12-31 is less than 24 months away"):
        Deprecation(date(2027, 1, 1), date(2028, 12, 31), "use `year`.")

"""A service that breaks its contract turns the tests red: the client of the tests sees it."""

import pytest
from flask import Response, json
from jsonschema import ValidationError

from sdk.alterations import FAULTS, Change, change_all

from .conftest import served


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_fails_the_test_that_meets_it(database_url: str, fault: Change) -> None:
    with served(database_url) as app:
        client = app.test_client()
        url = "/v1/spending-years/POL/2024"
        assert client.get(url).status_code == 200

    with served(database_url) as app:

        @app.after_request
        def break_it(response: Response) -> Response:
            response.set_data(json.dumps(change_all(response.get_json(), fault)))
            return response

        with pytest.raises(ValidationError):
            app.test_client().get(url)

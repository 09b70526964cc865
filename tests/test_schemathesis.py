"""Cases that nobody thought of: made from the contract, answered in process."""

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from .contract import CONTRACT

# A list in a file takes the parameters of the list as JSON, and by the same parser: one stands for all.
FILES = r"(?<!/quadrants)\.(csv|ndjson|xlsx|parquet|jsonstat|jsonld)$"
contract = schemathesis.openapi.from_path(CONTRACT).exclude(path_regex=FILES)


@contract.parametrize()
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@pytest.mark.filterwarnings("ignore")
def test_the_service_keeps_the_contract(case: schemathesis.Case, app: Flask) -> None:
    # In process nothing decodes what is compressed.
    plain = {"Accept-Encoding": "identity"}
    case.call_and_validate(app=app, headers=plain, excluded_checks=[positive_data_acceptance])

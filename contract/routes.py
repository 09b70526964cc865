"""The operations that the contract describes."""

from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

from service.http.endpoint import Endpoint, endpoints_of


def routes(app: Flask) -> Iterator[tuple[Rule, Endpoint]]:
    """Return the routes that carry schemas, in the order of their registration."""
    endpoints = endpoints_of(app)
    for rule in app.url_map.iter_rules():
        endpoint = endpoints.get(rule.endpoint)
        if endpoint is not None and endpoint.returns is not None:
            yield rule, endpoint

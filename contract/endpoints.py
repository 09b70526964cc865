"""The endpoints that the contract describes."""

from collections.abc import Iterator

from flask import Flask

from service.http.endpoint import Endpoint, endpoints_of


def endpoints(app: Flask) -> Iterator[Endpoint]:
    """Return the endpoints that have a schema, in the order of their registration."""
    return (one for one in endpoints_of(app).values() if one.returns is not None)

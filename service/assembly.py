"""The application, put together of its parts."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import cli
from .config import Config
from .http import (
    door,
    download,
    limits,
    log,
    openapi,
    rate_limit,
    reference,
)
from .resources import BLUEPRINTS
from .storage.database import Database

# What is registered first comes first before a request, and last after it.
PARTS = (
    log,
    door,
    limits,
    rate_limit,
    download,
    cli,
)


def assemble(config: Config) -> Flask:
    app = Flask("service", static_folder=None)
    app.config["BURDENSHARE"] = config
    app.extensions["database"] = Database(config)
    app.url_map.merge_slashes = False  # a doubled slash is a slip to name, not to redirect
    for part in PARTS:
        part.init_app(app)
    for blueprint in (openapi.blueprint, reference.blueprint, *BLUEPRINTS):
        app.register_blueprint(blueprint)
    if trusted := config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted)  # type: ignore[method-assign]
    return app

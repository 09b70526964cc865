"""The web service. create_app() is the only way in."""

from flask import Flask

from . import cli
from .config import Config, from_environment
from .http import contract, cors, limits, problems, reference
from .resources import BLUEPRINTS
from .storage.database import Database

API_VERSION = "1.0.0"


def create_app(config: Config | None = None) -> Flask:
    """Return the WSGI application. Nothing is connected before the first request."""
    app = Flask("service", static_folder=None)
    app.config["API_VERSION"] = API_VERSION
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.compact = True  # type: ignore[attr-defined]
    app.extensions["database"] = Database(config or from_environment())
    for part in (problems, limits, cors, contract, reference, cli):
        part.init_app(app)
    app.url_map.merge_slashes = False  # a doubled slash is a slip to name, not to redirect
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app

"""/docs: the reference, read from the contract. Nothing on it is loaded from elsewhere."""

from collections.abc import Callable
from mimetypes import guess_type
from pathlib import Path

import flask_swagger_ui
from flask import Flask, Response, request

from schemas.base import NoParameters

from . import caching, negotiation, parsing
from .headers import POLICY_HEADER, REFERRER_HEADER

DIST = Path(flask_swagger_ui.__file__).parent / "dist"
# They change with a new version of Swagger UI alone.
LONGER = "public, max-age=86400"
ASSETS = {"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"}

# Swagger UI sets styles on elements and draws its icons as data URLs.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
)

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Burdenshare: the reference</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="describedby" type="application/ld+json" href="/v1/datasets.jsonld">
</head>
<body>
<div id="reference"></div>
<noscript><p>The contract as text: <a href="/openapi.yaml">openapi.yaml</a></p></noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""

# Whichever server shows the page is the one to try, and the only one that the policy lets it ask.
# The form of each operation is filled in with the request of its example and no more: with every
# parameter's own example, of which some exclude each other, its first try would be refused.
START = """const filledIn = (operation, named) => {
  const shown = operation.description.match(/Example: `(.+)`$/)?.[1] ?? "/";
  const query = new URL(shown, location.href).searchParams;
  operation.parameters = operation.parameters.map((reference) => {
    const found = reference.$ref ? named[reference.$ref.split("/").pop()] : reference;
    if (found.in === "path") return found;
    const { example, ...parameter } = found;
    if (example !== undefined) parameter.description += ` Example: \\`${example}\\`.`;
    const value = query.get(found.name);
    if (value === null) return parameter;
    return { ...parameter, example: found.schema.type === "array" ? value.split(",") : value };
  });
};

fetch("/openapi.json")
  .then((answer) => answer.json())
  .then((contract) => {
    for (const path of Object.values(contract.paths)) {
      filledIn(path.get, contract.components.parameters);
    }
    SwaggerUIBundle({
      spec: { ...contract, servers: [{ url: "/" }] },
      dom_id: "#reference",
      deepLinking: true,
      tryItOutEnabled: true,
      validatorUrl: null,
      supportedSubmitMethods: ["get"],
    });
  });
"""


def init_app(app: Flask) -> None:
    app.get("/docs")(get_page)
    app.get("/docs/start.js")(get_start)
    for asset in sorted(ASSETS):
        app.get(f"/docs/{asset}", endpoint=f"docs.{asset.replace('.', '_')}")(as_asset(asset))


@negotiation.offering("text/html")
def get_page() -> Response:
    """Answer with the reference's page."""
    negotiation.choose(request.accept_mimetypes, "text/html")
    parsing.parse(NoParameters, None)
    response = Response(PAGE, content_type="text/html; charset=utf-8")
    response.headers[POLICY_HEADER] = POLICY
    response.headers[REFERRER_HEADER] = "no-referrer"
    return caching.conditional(response, caching.of_content(response))


@negotiation.offering()
def get_start() -> Response:
    """Answer with the script that draws the reference: a file, since the policy forbids inline."""
    response = Response(START, content_type="text/javascript; charset=utf-8")
    return caching.conditional(response, caching.of_content(response))


def as_asset(name: str) -> Callable[[], Response]:
    """Return a view of one of Swagger UI's files, known again by its content."""

    @negotiation.offering()
    def get_asset() -> Response:
        mimetype, _ = guess_type(name)
        response = Response((DIST / name).read_bytes(), mimetype=mimetype)
        validators = caching.of_content(response)._replace(cache_control=LONGER)
        return caching.conditional(response, validators)

    return get_asset

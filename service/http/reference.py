"""/docs: the reference, read from the contract. Nothing on it is loaded from elsewhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Blueprint

from .formats import Text
from .headers import GUARDED, POLICY_HEADER, REFERRER_HEADER, SHARED
from .routing import route
from .text import AnyParameters, TextEndpoint

DIST = Path(flask_swagger_ui.__file__).parent / "dist"
# They change with a new version of Swagger UI alone.
LONGER = "public, max-age=86400"
CHARSET = "; charset=utf-8"
ASSETS = {
    "favicon-32x32.png": Text("image/png", ".png"),
    "swagger-ui-bundle.js": Text("text/javascript", ".js", CHARSET),
    "swagger-ui.css": Text("text/css", ".css", CHARSET),
}

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


blueprint = Blueprint("docs", __name__)


def route_text(path: str, form: Text, content: Callable[[], bytes], **more: Any) -> None:
    """Route a text under the name of its path's last part."""
    name = path.rpartition("/")[2].replace(".", "_")
    made = TextEndpoint(path=path, name=name, doc="", forms=(form,), view=content, **more)
    route(blueprint, made)


route_text(
    "/docs",
    Text("text/html", parameters=CHARSET),
    PAGE.encode,
    own=(
        *SHARED.items(),
        *GUARDED.items(),
        (POLICY_HEADER, POLICY),
        (REFERRER_HEADER, "no-referrer"),
    ),
)
# A file, since the policy forbids scripts in the page.
route_text(
    "/docs/start.js",
    Text("text/javascript", ".js", CHARSET),
    START.encode,
    accepts=AnyParameters,
)
for asset, form in ASSETS.items():
    route_text(
        f"/docs/{asset}",
        form,
        (DIST / asset).read_bytes,
        accepts=AnyParameters,
        cache_control=LONGER,
    )

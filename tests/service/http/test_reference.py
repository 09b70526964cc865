"""/docs: a reference that loads nothing from elsewhere."""

import json
import re
import shutil
import subprocess
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

from service.http.reference import START

from ...contract import document


def test_the_page_loads_only_what_we_serve(client: FlaskClient) -> None:
    page = client.get("/docs")
    assert page.mimetype == "text/html"
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert "/docs/swagger-ui-bundle.js" in loaded
    for url in loaded:
        assert url.startswith("/"), url
        with client.get(url) as answer:
            assert answer.status_code == 200, url


def test_the_policy_forbids_anything_from_elsewhere(client: FlaskClient) -> None:
    policy = client.get("/docs").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert "<script>" not in client.get("/docs").text


def test_the_script_reads_the_contract_and_asks_no_validator(client: FlaskClient) -> None:
    script = client.get("/docs/start.js").text
    assert 'fetch("/openapi.json")' in script
    assert "validatorUrl: null" in script


def test_other_files_of_the_package_are_not_served(client: FlaskClient) -> None:
    for name in ("oauth2-redirect.html", "../__init__.py", "%2e%2e/__init__.py", "index.css"):
        assert client.get(f"/docs/{name}").status_code == 404


# What a browser has and node has not; Swagger UI would draw what it is given here.
BROWSER = """
globalThis.location = { href: "http://localhost/docs" };
globalThis.fetch = async () => ({ json: async () => JSON.parse(require("fs").readFileSync(0)) });
globalThis.SwaggerUIBundle = (given) => console.log(JSON.stringify(given.spec));
"""


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """Return the contract as the script hands it to Swagger UI."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: install it to run the script of /docs")
    done = subprocess.run(
        [node, "-e", BROWSER + START],
        input=json.dumps(document()),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_the_form_is_filled_in_with_the_example_request_and_no_more(page: dict[str, Any]) -> None:
    assert page["paths"].keys() == document()["paths"].keys()
    for path, item in page["paths"].items():
        operation = item["get"]
        filled = {at["name"]: at["example"] for at in operation["parameters"] if "example" in at}
        asked = path
        for name in re.findall(r"\{(\w+)\}", path):
            asked = asked.replace(f"{{{name}}}", str(filled.pop(name)))
        pairs = [
            f"{name}={','.join(value) if isinstance(value, list) else value}"
            for name, value in sorted(filled.items())
        ]
        asked += "?" + "&".join(pairs) if pairs else ""
        shown = operation["description"].rpartition("Example: `")[2].rstrip("`")
        assert urlsplit(asked).path == urlsplit(shown).path
        assert parse_qsl(urlsplit(asked).query) == sorted(parse_qsl(urlsplit(shown).query))


def test_the_other_examples_are_told_in_words(page: dict[str, Any]) -> None:
    [taken] = (
        at
        for at in page["paths"]["/v1/spending-years"]["get"]["parameters"]
        if at["name"] == "member"
    )
    assert "example" not in taken
    assert taken["description"].endswith("in any case. Example: `DEU,FRA`.")

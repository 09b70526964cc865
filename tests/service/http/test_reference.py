"""/docs: a reference that loads nothing from elsewhere."""

import re

from flask.testing import FlaskClient


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

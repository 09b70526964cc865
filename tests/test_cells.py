"""No cell of CSV begins like a formula, unless it is a number: a spreadsheet would compute it."""

import csv
import io
import re
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from .contract import contract
from .test_conventions import joined

SIGNS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")
CSV_PATHS = [path for path in contract()["paths"] if path.endswith(".csv")]
# Of lists that answer from one release, or cannot answer without a parameter, what else to ask.
QUERIES = {
    "/v1/paths.csv": ["step_pp=0.2", "step_pp=0.2&reaches_target=true"],
    "/v1/search.csv": [],  # has a test of its own
}


def wrong_cells(text: str) -> list[str]:
    """Return the cells that a spreadsheet would compute, each with its column."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert rows
    return [
        f"{name}: {cell}"
        for row in rows
        for name, cell in zip(header, row, strict=True)
        if cell.startswith(SIGNS) and not NUMBER.fullmatch(cell)
    ]


def ids(client: FlaskClient, path: str) -> list[str]:
    return [row["id"] for row in client.get(path).json["data"]]


def urls(client: FlaskClient, path: str) -> Iterator[str]:
    """Yield what gives all rows of a list: of each release, and of each target."""
    parameters = {at["name"] for at in contract()["paths"][path]["get"]["parameters"]}
    paths = [path]
    if "{target}" in path:
        every = client.get("/v1/targets").json["data"]
        yearly = {"pp_per_year"}  # a rise and no level, which nobody is assessed against
        levels = [target["id"] for target in every if target["unit"] not in yearly]
        paths = [path.replace("{target}", id) for id in levels]
    queries = QUERIES.get(path, [""])
    if "release" in parameters and path not in QUERIES:
        queries = ["", *(f"release={id}" for id in ids(client, "/v1/releases"))]
    for one in paths:
        for query in queries:
            yield joined(one, query) if query else one


@pytest.mark.parametrize("path", CSV_PATHS)
def test_no_cell_of_a_list_is_computed(client: FlaskClient, path: str) -> None:
    rows = 0
    for url in urls(client, path):
        answer = client.get(url)
        if answer.status_code == 400:  # no list answers from a release of each source
            assert {error["name"] for error in answer.json["errors"]} & {"release", "source"}, url
            continue
        assert answer.status_code == 200, (url, answer.json)
        if answer.text.count("\r\n") > 1:
            rows += 1
            assert wrong_cells(answer.text) == [], url
    assert rows or path == "/v1/search.csv", "no list had rows"


def test_no_passage_of_the_search_is_computed(client: FlaskClient) -> None:
    """Ask for each word of what can be found, since a passage begins near it."""
    texts = " ".join(
        client.get(f"/v1/{name}.csv").text
        for name in ("claims", "commitments", "summits", "targets", "indicators", "releases")
    )
    words = sorted(set(re.findall(r"[a-z]{5,}|[0-9]\.[0-9]+", texts.lower())))
    assert len(words) > 300
    found = 0
    for word in words[::3]:
        text = client.get(f"/v1/search.csv?q={word}").text
        if text.count("\r\n") > 1:
            found += 1
            assert wrong_cells(text) == [], word
    assert found > 50


def test_no_cell_of_an_archive_is_computed(client: FlaskClient) -> None:
    for id in ids(client, "/v1/releases"):
        with ZipFile(io.BytesIO(client.get(f"/v1/exports/{id}.zip").data)) as archive:
            names = [name for name in archive.namelist() if name.endswith(".csv")]
            assert len(names) > 5
            for name in names:
                assert wrong_cells(archive.read(name).decode()) == [], (id, name)


def test_what_is_computed_is_seen() -> None:
    text = 'a,b\r\n-1.2,"=1+1"\r\n1e-05,"\t=1"\r\n-,@x\r\n'
    assert wrong_cells(text) == ["b: =1+1", "b: \t=1", "a: -", "b: @x"]

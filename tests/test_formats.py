"""What docs/formats.md shows of each tool prints what stands under it."""

import re
from importlib import resources
from pathlib import Path
from urllib.request import urlopen

import duckdb
import pytest

from sdk.page import ADDRESS, ROOT, blocks
from tests.pages import check, examples

TEXT = (ROOT / "docs" / "formats.md").read_text("utf-8")
TOOLS = TEXT.partition("\n## From each tool\n")[2]
# They run in programs that are not here; what they ask is asked all the same.
SHEETS = [*blocks(TOOLS, "powerquery"), *blocks(TOOLS, "sheets")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a home in which DuckDB finds what it would else fetch from its own server."""
    home = tmp_path_factory.mktemp("home")
    folder = resources.files("duckdb_extension_httpfs") / "extensions" / f"v{duckdb.__version__}"
    with (
        resources.as_file(folder / "httpfs.duckdb_extension") as extension,
        duckdb.connect(config={"home_directory": str(home)}) as connection,
    ):
        connection.execute(f"INSTALL '{extension}'")
    return str(home)


@pytest.mark.parametrize(("language", "code", "printed"), examples(TOOLS))
def test_a_line_prints_what_stands_under_it(
    address: str, tmp_path: Path, home: str, language: str, code: str, printed: str
) -> None:
    check(language, code, printed, address, tmp_path, HOME=home)


def test_every_tool_has_its_line() -> None:
    headings = re.findall(r"^### (.+)$", TOOLS, re.MULTILINE)
    for tool in ("curl", "pandas (CSV)", "pandas (Parquet)", "DuckDB (CSV)", "DuckDB (Parquet)", "R", "pyjstat", "sdmx1", "frictionless", "openpyxl", "Excel", "Sheets"):  # fmt: skip
        assert any(tool in heading for heading in headings), tool
    assert TOOLS.count("```") == 2 * len(re.findall(r"^```\w+$", TOOLS, re.MULTILINE))
    assert len(SHEETS) == 2


@pytest.mark.parametrize("line", SHEETS)
def test_a_spreadsheet_asks_for_what_is_there(address: str, line: str) -> None:
    [url] = re.findall(r'"(http[^"]+)"', line)
    with urlopen(url.replace(ADDRESS, address)) as answer:  # a plain GET, no header of ours
        header = answer.read().decode().splitlines()[0].split(",")
        assert (answer.status, answer.headers.get_content_type()) == (200, "text/csv")
    assert set(re.findall(r'\{"(\w+)", type number\}', line)) <= set(header)

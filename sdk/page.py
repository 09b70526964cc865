"""The commands of docs/clients.md, which are run as they stand there."""

import re

from . import ROOT

PAGE = ROOT / "docs" / "clients.md"
# Where the page says that the service is.
ADDRESS = "http://127.0.0.1:8000"


def section(name: str) -> str:
    """Return the text under the heading that ends with (`name`)."""
    found = re.search(
        rf"^### [^\n]+ \(`{re.escape(name)}`\)\n(.*?)(?=^##|\Z)",
        PAGE.read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    if found is None:
        raise LookupError(f"docs/clients.md has no section on {name}")
    return found[1]


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks that are marked as of this language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(name: str, url: str) -> tuple[str, str]:
    """Return what generates a client from the service at this URL, and what compiles it."""
    generate, compile_it = blocks(section(name), "sh")
    return generate.replace(ADDRESS, url), compile_it

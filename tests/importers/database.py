"""What a test sees of a loaded database."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from importers.load import load
from importers.refusals import RefusedError

TABLES = {
    "source": "id", "indicator": "id", "note": "id", "member": "code", "area": "code",
    "summit": "id", "target": "id", "commitment": "id", "claim": "id", "changelog": "id",
    "release": "id",
    "observation": "release, area, indicator, year", "spending_year": "release, member, year",
    "comparison": "to_release, area, indicator, year",
    "availability": "release, area, indicator",
    "dataset": "is_only",
    "search_document": "kind, id", "search_word": "word",
}  # fmt: skip

Row = dict[str, Any]


def everything(connection: psycopg.Connection[Row]) -> dict[str, list[Row]]:
    return {
        table: connection.execute(f"SELECT * FROM {table} ORDER BY {key}".encode()).fetchall()
        for table, key in TABLES.items()
    }


def refusal(url: str, data: Path) -> list[str]:
    with pytest.raises(RefusedError) as refused:
        load(url, data)
    return [line.removeprefix(f"{data}/") for line in refused.value.problems]

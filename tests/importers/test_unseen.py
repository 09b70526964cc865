"""A release that the project has never seen, from its publisher's tidy file to the answers."""

import csv
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from flask.testing import FlaskClient

from importers.__main__ import DATA, main
from importers.load import load
from importers.reference import Reference
from importers.tidy import COLUMNS

from ..conftest import made_database, served
from .serving import run

UNSEEN = "nato-2019-06-25"
DAY, BASE, YEARS = date(2019, 6, 25), 2010, range(2008, 2020)
SERIES = {
    "defence_expenditure_share_gdp": ("share_gdp_pct", f"% of real GDP ({BASE} prices)"),
    "defence_expenditure_usd_current": (
        "spending_usd_m_current",
        "million USD, current prices and exchange rates",
    ),
    "military_personnel": ("personnel_thousands", "thousands"),
}

Key = tuple[str, str, int]


class Unseen(NamedTuple):
    """A service that has loaded the release beside those of data/, and the values it was given.

    A value that is None was left blank.
    """

    client: FlaskClient
    members: list[str]
    values: dict[Key, Decimal | None]


@pytest.fixture(scope="module")
def unseen(
    server_url: str, tmp_path_factory: pytest.TempPathFactory, reference: Reference
) -> Iterator[Unseen]:
    root = tmp_path_factory.mktemp("unseen")
    data = Path(shutil.copytree(DATA, root / "data"))
    allies = [code for code, member in reference.members.items() if member.acceded_on <= DAY]
    forces = [code for code in allies if reference.members[code].has_armed_forces]
    values = {
        (member, indicator, year): value_of(at, number, year)
        for at, member in enumerate(forces)
        for number, (indicator, _) in enumerate(SERIES.values())
        for year in YEARS
    }
    with made_database(server_url) as url:
        load(url, data)
        write_release(data, allies)
        write_tidy(root / "tidy.csv", values)
        assert main(["tidy", str(root / "tidy.csv"), "--data", str(data)]) == 0
        count = sum(value is not None for value in values.values())
        assert run(url, "load", UNSEEN, "--data", data) == f"{UNSEEN}: {count:,} figures loaded\n"
        assert run(url, "verify", UNSEEN, "--data", data).endswith("differences: 0\n")
        with served(url) as app:
            yield Unseen(app.test_client(), allies, values)


def value_of(at: int, number: int, year: int) -> Decimal | None:
    """Make up a figure, each another one; a few are left blank."""
    if (at + number + year) % 41 == 0:
        return None
    return Decimal(1000 + 97 * at + 13 * number + (year - 2000)) / Decimal(1000)


def write_release(data: Path, allies: list[str]) -> None:
    content = yaml.safe_load((data / "releases/nato-2024-06-17/release.yaml").read_text())
    content |= {
        "id": UNSEEN,
        "title": "Made up (2008-2019)",
        "published_on": DAY,
        "constant_base_year": BASE,
        "sha256": None,
        "obtained": "transcription",
        "citation": "Nobody",
        "currencies": {member: content["currencies"][member] for member in allies},
        "notes": [{"id": f"{UNSEEN}-made-up", "text": "Made up."}],
        "exceptions": [{"check": "blanks", "reason": "made up"}],
    }
    folder = data / "releases" / UNSEEN
    folder.mkdir()
    (folder / "release.yaml").write_text(yaml.safe_dump(content))


def write_tidy(path: Path, values: dict[Key, Decimal | None]) -> None:
    names = {indicator: (name, unit) for name, (indicator, unit) in SERIES.items()}
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for (member, indicator, year), value in values.items():
            name, unit = names[indicator]
            said = {
                "source": "NATO", "release_date": DAY, "member_iso3": member, "indicator": name,
                "unit": unit, "year": year, "value": "" if value is None else value,
                "is_estimate": int(year >= 2018),
            }  # fmt: skip
            writer.writerow([said.get(column, "x") for column in COLUMNS])


def test_it_has_29_members_and_years_of_its_own(unseen: Unseen) -> None:
    assert len(unseen.members) == 29
    row = unseen.client.get(f"/v1/releases/{UNSEEN}").json["data"]
    assert (row["year_first"], row["year_last"]) == (2008, 2019)
    assert (row["constant_base_year"], row["coverage"]) == (BASE, "full")
    assert row["indicators"] == [
        "share_gdp_pct", "spending_usd_m_current", "personnel_thousands",
    ]  # fmt: skip


@pytest.mark.parametrize("query", [f"release={UNSEEN}", "as_of=2019-06-25", "as_of=2023-07-06"])
def test_the_long_figures_are_those_of_the_file(unseen: Unseen, query: str) -> None:
    answer = unseen.client.get(f"/v1/observations?{query}&limit=10000").json
    assert (answer["meta"]["release"], answer["links"]["next"]) == (UNSEEN, None)
    rows = {(row["area"], row["indicator"], row["year"]): row for row in answer["data"]}
    assert {key: rows[key]["value"] for key in unseen.values} == {
        key: None if value is None else float(value) for key, value in unseen.values.items()
    }
    assert all(
        rows[key]["missing_reason"] == "not_reported"
        for key, value in unseen.values.items()
        if value is None
    )
    assert all(row["value"] is None for key, row in rows.items() if key not in unseen.values)
    assert all((row["stage"] == "estimate") == (row["year"] >= 2018) for row in answer["data"])


@pytest.mark.parametrize("query", [f"release={UNSEEN}", "as_of=2020-01-01", "release=first"])
def test_the_wide_figures_are_those_of_the_file(unseen: Unseen, query: str) -> None:
    answer = unseen.client.get(f"/v1/spending-years?{query}&limit=10000").json
    assert (answer["meta"]["release"], answer["meta"]["total"]) == (UNSEEN, 29 * len(YEARS))
    assert {row["member"] for row in answer["data"]} == {*unseen.members}
    for row in answer["data"]:
        for indicator, _ in SERIES.values():
            value = unseen.values.get((row["member"], indicator, row["year"]))
            assert row[indicator] == (None if value is None else float(value))


def test_a_filter_counts_as_plain_python_does(unseen: Unseen) -> None:
    found = unseen.client.get(f"/v1/spending-years?release={UNSEEN}&year=2012&share_gdp_pct_gte=2")
    expected = {
        member
        for (member, indicator, year), value in unseen.values.items()
        if (indicator, year) == ("share_gdp_pct", 2012) and value is not None and value >= 2
    }
    assert {row["member"] for row in found.json["data"]} == expected
    assert 5 < len(expected) < 25


def test_the_newest_release_stays_the_newest(unseen: Unseen) -> None:
    assert unseen.client.get("/v1").json["data"]["data_release"] == "nato-2026-07-10"
    meta = unseen.client.get("/v1/spending-years?as_of=2024-07-01").json["meta"]
    assert meta["release"] == "nato-2024-06-17"


def test_its_figures_are_compared_with_the_next_release_that_carries_them(unseen: Unseen) -> None:
    expected: dict[Key, tuple[str, float, float]] = {}
    for release in ("nato-2023-07-07", "nato-2024-06-17", "nato-2025-08-28", "nato-2026-07-10"):
        answer = unseen.client.get(f"/v1/observations?release={release}&limit=10000").json
        for row in answer["data"]:
            key = (row["area"], row["indicator"], row["year"])
            value = unseen.values.get(key)
            if row["value"] is not None and value is not None and key not in expected:
                expected[key] = (release, float(value), row["value"])
    kinds = "currency,precision,rebase,revision"
    answer = unseen.client.get(f"/v1/revisions?from_release={UNSEEN}&kind={kinds}&limit=10000").json
    assert answer["links"]["next"] is None
    found = {
        (row["area"], row["indicator"], row["year"]): (
            row["to_release"], row["from_value"], row["to_value"],
        )
        for row in answer["data"]
    }  # fmt: skip
    assert found == {key: said for key, said in expected.items() if said[1] != said[2]}
    assert len(found) > 300

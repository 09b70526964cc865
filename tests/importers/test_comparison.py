"""What loading says of a figure against the release before: held against a naive comparison."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers.changes import changes
from importers.figures import Figure
from importers.grid import complete
from importers.load import Connection, drop_release, load, load_tables, put_release
from importers.reference import Reference
from importers.releases import Release
from importers.rows import release_row
from importers.tables import read_tables
from service.storage.migrations import migrate
from service.storage.statements import ask, whole
from tests.conftest import DATA, made_database

from .comparisons import Found, Pack, compare

AREAS = ("BGR", "POL", "NATO_TOTAL")
INDICATORS = (
    "share_gdp_pct", "spending_lcu_m_current", "spending_lcu_m_constant", "real_change_pct",
    "spending_usd_m_constant", "gdp_usd_m_current", "personnel_thousands",
)  # fmt: skip
KINDS = {"revision", "precision", "rebase", "currency"}
DERIVED = ("comparison", "availability")


def found_in(connection: Connection) -> Found:
    """Return the table by the key of the naive comparison."""
    cursor = connection.execute("SELECT * FROM comparison")
    names = [column.name for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return {
        (row.pop("area"), row.pop("indicator"), row.pop("year"), row.pop("to_release")): row
        | {"delta_pct": None if row["delta_pct"] is None else float(row["delta_pct"])}
        for row in rows
    }


def agree(found: Found, expected: Found) -> bool:
    """Tell whether both are equal, the last digit of a quotient aside."""
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        quotient = row["delta_pct"] or 0
        near = pytest.approx(quotient, rel=1e-14, abs=0)
        assert found[key] == row | ({"delta_pct": near} if quotient else {}), key
    return True


def listed(connection: Connection, packs: list[Pack]) -> set[tuple[Any, ...]]:
    """Return the keys of what the service lists when it is asked for every kind."""
    asked = ask("revisions/list", {"release": [release.id for release, _ in packs]})
    query = whole("revisions/list", asked.conditions, frozenset(asked.values))
    cursor = psycopg.RawCursor(connection).execute(query.text, query.fill(asked.values))
    names = [column.name for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return {
        tuple(row[name] for name in ("area", "indicator", "year", "to_release")) for row in rows
    }


def told(packs: list[Pack], reference: Reference) -> Found:
    """Return what the importers say of each release before it is loaded."""
    return {
        (*change.figure.key, release.id): {
            "from_release": change.from_release,
            "from_value": change.from_value,
            "to_value": change.to_value,
            "kind": change.kind,
        }
        for release, figures in packs
        for change in changes(release, figures, earlier(packs, release), reference)
    }


def earlier(packs: list[Pack], release: Release) -> list[Pack]:
    before = [
        pack
        for pack in packs
        if pack[0].source == release.source and pack[0].published_on < release.published_on
    ]
    return sorted(before, key=lambda pack: pack[0].published_on)


def changed(expected: Found) -> Found:
    said = ("from_release", "from_value", "to_value", "kind")
    return {
        key: {name: row[name] for name in said}
        for key, row in expected.items()
        if row["kind"] in KINDS
    }


@pytest.fixture(scope="module")
def prepared(server_url: str) -> Iterator[Connection]:
    """Return a connection to a database that has members and indicators, and no release."""
    with made_database(server_url) as url, psycopg.connect(url) as connection:
        load_tables(connection, read_tables(DATA), "")
        connection.commit()
        yield connection


VALUES = st.none() | st.builds(
    lambda units, scale: f"{units / 10**scale:.{scale}f}", st.integers(-30, 30), st.integers(0, 2)
)


@st.composite
def vintages(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw releases of two sources in the order of loading, which is not that of their days."""
    days = draw(st.lists(st.integers(0, 60), min_size=2, max_size=4, unique=True))
    keys = [
        (area, indicator, year)
        for area in AREAS
        for indicator in draw(st.lists(st.sampled_from(INDICATORS), min_size=1, unique=True))
        for year in (2023, 2024)
    ]
    return [
        {
            "source": draw(st.sampled_from(["nato", "nato", "nato", "sipri"])),
            "day": date(2027, 1, 1) + timedelta(days=day),
            "base": draw(st.sampled_from([2015, 2021])),
            "currency": draw(st.sampled_from(["BGN", "EUR"])),
            "stages": {
                year: draw(st.sampled_from(["actual", "estimate"])) for year in (2023, 2024)
            },
            "values": {key: value for key in keys if (value := draw(VALUES)) is not None},
        }
        for day in days
    ]


def made(vintage: dict[str, Any], model: Pack, reference: Reference) -> Pack:
    release = replace(
        model[0],
        id=f"{vintage['source']}-{vintage['day']}",
        source=vintage["source"],
        published_on=vintage["day"],
        constant_base_year=vintage["base"],
        coverage="partial",
        currencies={"BGR": vintage["currency"], "POL": "PLN"},
        notes=[],
    )
    figures = [
        Figure(*key, value, vintage["stages"][key[2]]) for key, value in vintage["values"].items()
    ]
    # A cell of its own, so that no release is without figures.
    figures.append(Figure("DEU", "gdp_usd_m_current", 2020, "1", "actual"))
    release.currencies["DEU"] = "EUR"
    return release, complete(release, reference, figures)


def put(connection: Connection, reference: Reference, pack: Pack) -> None:
    put_release(connection, reference, pack, release_row(pack[0], reference, pack[1]))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=vintages())
def test_any_releases_in_any_order_give_what_a_naive_comparison_gives(
    prepared: Connection,
    reference: Reference,
    release_2024: Pack,
    drawn: list[dict[str, Any]],
) -> None:
    packs = [made(vintage, release_2024, reference) for vintage in drawn]
    try:
        for number, pack in enumerate(packs, start=1):
            put(prepared, reference, pack)
            expected = compare(packs[:number])
            assert agree(found_in(prepared), expected)
            assert listed(prepared, packs[:number]) == {
                key for key, row in expected.items() if row["kind"] in KINDS
            }
        assert told(packs, reference) == changed(expected)
    finally:
        prepared.rollback()


def test_a_part_that_is_completed_gives_what_the_whole_gives(
    prepared: Connection, reference: Reference, release_2023: Pack, release_2024: Pack
) -> None:
    release, figures = release_2024
    part = (
        replace(release, notes=[]),
        [
            replace(figure, value=None, missing_reason="not_held", notes=())
            if figure.indicator == "share_gdp_pct"
            else replace(figure, notes=())
            for figure in figures
        ],
    )
    before = replace(release_2023[0], notes=[]), release_2023[1]
    try:
        put(prepared, reference, part)
        put(prepared, reference, before)
        assert agree(found_in(prepared), compare([before, part]))
        drop_release(prepared, release.id)
        put(prepared, reference, release_2024)
        assert agree(found_in(prepared), compare([before, release_2024]))
    finally:
        prepared.rollback()


@pytest.fixture(scope="module")
def bundled(request: pytest.FixtureRequest) -> list[Pack]:
    names = ("2023", "2024", "2025", "2026", "sipri")
    return [request.getfixturevalue(f"release_{name}") for name in names]


def test_the_bundled_releases_give_what_a_naive_comparison_gives(
    database_url: str, bundled: list[Pack]
) -> None:
    with psycopg.connect(database_url) as connection:
        found, expected = found_in(connection), compare(bundled)
        assert agree(found, expected)
        assert {row["kind"] for row in found.values()} == KINDS | {"unchanged"}
        assert listed(connection, bundled) == {
            key for key, row in expected.items() if row["kind"] in KINDS
        }


def test_what_is_held_is_counted_as_it_stands(database_url: str, bundled: list[Pack]) -> None:
    series: dict[tuple[str, ...], list[Figure]] = {}
    for release, figures in bundled:
        for figure in figures:
            key = (release.source, release.id, figure.area, figure.indicator)
            series.setdefault(key, []).append(figure)
    expected = set()
    for key, figures in series.items():
        years = sorted(figure.year for figure in figures if figure.value is not None)
        missing = sorted(figure.year for figure in figures if figure.value is None)
        reasons = sorted({figure.missing_reason for figure in figures} - {None})  # type: ignore[type-var]
        first, last = (years[0], years[-1]) if years else (None, None)
        expected.add((*key, first, last, len(years), len(missing), str(missing), str(reasons)))
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT * FROM availability").fetchall()
    assert {(*row[:8], str(row[8]), str(row[9])) for row in rows} == expected
    assert len(rows) == len(expected)


def test_a_database_that_already_holds_releases_is_filled_by_the_migrations(
    scratch_database: str, data: Any
) -> None:
    load(scratch_database, data)
    with psycopg.connect(scratch_database, autocommit=True) as connection:
        query = "SELECT * FROM {} ORDER BY 1, 2, 3, 4, 5, 6"
        loaded = {name: connection.execute(query.format(name).encode()).fetchall() for name in DERIVED}  # fmt: skip
        for name in DERIVED:
            connection.execute(f"DROP VIEW {name}_of_figures; DELETE FROM {name}".encode())
        connection.execute("DELETE FROM migration WHERE name = 'always'")
        assert migrate(scratch_database) == ["always"]
        for name, rows in loaded.items():
            assert rows
            assert connection.execute(query.format(name).encode()).fetchall() == rows

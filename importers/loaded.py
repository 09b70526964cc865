"""What is loaded of a release, row by row, and where it differs from what its folder says."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Identifier
from psycopg.types.string import TextLoader

from importers.load import Connection
from importers.packs import Pack
from importers.reference import Reference
from importers.rows import OBSERVATION, observation_rows, release_row, spending_year_rows
from importers.withdrawals import Withdrawal

Row: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[Any, ...]
# For each table the rows of one release, by what identifies them within it.
Rows: TypeAlias = dict[str, dict[Key, Row]]

WITHIN = {
    "release": (),
    "note": ("id",),
    "observation": ("area", "indicator", "year"),
    "spending_year": ("member", "year"),
    "comparison": ("area", "indicator", "year"),
    "availability": ("area", "indicator"),
}  # fmt: skip
# Tables that store a row's JSON beside its columns: a trigger stores what <name>_json returns.
WRITTEN = ("observation", "spending_year")
# The column that names the release in each of importers.load's DERIVED.
DERIVED_OF = {"comparison": "to_release", "availability": "release"}


class Difference(NamedTuple):
    """One column of one row that is loaded otherwise than the folder has it; None: no such row."""

    release: str
    table: str
    area: str | None
    indicator: str | None
    year: int | None
    field: str
    loaded: Any
    file: Any

    def __str__(self) -> str:
        cell = " ".join(str(part) for part in self[2:5] if part is not None)
        place = (self.release, self.table, cell, self.field)
        values = f"loaded {shown(self.loaded)}, file {shown(self.file)}"
        return ": ".join([*filter(None, place), values])


def shown(value: Any) -> str:
    return "nothing" if value is None else " ".join(str(value).split())


@dataclass(frozen=True)
class Verified:
    """How many cells of a release were compared, and what differs."""

    release: str
    cells: int
    differences: list[Difference]

    def __str__(self) -> str:
        counts = f"{self.cells:,} cells compared, differences: {len(self.differences):,}"
        return "\n".join([*map(str, self.differences), f"{self.release}: {counts}"])


def read_every(connection: Connection) -> dict[str, Row]:
    """Return the row of every release that is loaded, the oldest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT * FROM release ORDER BY published_on, id")
        return {row["id"]: row for row in cursor}


def read_rows(connection: Connection, release: str) -> Rows:
    """Return what is loaded of a release, numbers as their digits."""
    queries = {
        "release": "SELECT * FROM release WHERE id = %s",
        "note": """
            SELECT note.id, note.text
            FROM release INNER JOIN note ON note.id = ANY(release.notes)
            WHERE release.id = %s
        """,
        "observation": "SELECT * FROM observation WHERE release = %s",
        "spending_year": "SELECT * FROM spending_year WHERE release = %s",
    }
    return {
        table: by_key(table, fetch(connection, query.encode(), [release]))
        for table, query in queries.items()
    }


def fetch(
    connection: Connection, query: bytes | Composed, parameters: Sequence[Any] = ()
) -> list[Row]:
    """Return rows, numbers as their digits."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.adapters.register_loader("numeric", TextLoader)
        return cursor.execute(query, parameters or None).fetchall()


def rows_of(pack: Pack, reference: Reference, withdrawal: Withdrawal | None) -> Rows:
    """Return what ought to be loaded of a folder, as `read_rows` returns what is."""
    release, figures = pack
    said = release_row(release, reference, figures)
    if withdrawal:
        said |= {"indicators": [], "figure_count": 0} | withdrawal.__dict__
        figures = []
    cells = (dict(zip(OBSERVATION, row, strict=True)) for row in observation_rows(release, figures))
    years = spending_year_rows(release, reference, figures)
    return {
        "release": by_key("release", [dict.fromkeys(Withdrawal.__annotations__) | said]),
        "note": by_key(
            "note", ({"id": note["id"], "text": note["text"]} for note in release.notes)
        ),
        "observation": by_key("observation", cells),
        "spending_year": by_key(
            "spending_year", (row | {"missing": json.loads(row["missing"])} for row in years)
        ),
    }


def by_key(table: str, rows: Iterable[Row]) -> dict[Key, Row]:
    return {tuple(row[column] for column in WITHIN[table]): row for row in rows}


def verify(
    connection: Connection, reference: Reference, pack: Pack, withdrawal: Withdrawal | None
) -> Verified:
    """Compare everything that is loaded of a release with its folder."""
    release = pack[0].id
    loaded, file = read_rows(connection, release), rows_of(pack, reference, withdrawal)
    if loaded["release"][()]["withdrawn_on"] and not withdrawal:
        file = {"release": file["release"]}
    elif is_completed(loaded, file):
        loaded, file = only_part(loaded, file)
    cells = len(file.get("observation", ()))
    found = [*differences(release, loaded, file), *stale_json(connection, release)]
    return Verified(release, cells, found)


def stale_json(connection: Connection, release: str) -> Iterator[Difference]:
    """Yield each row whose JSON is not that of its columns and of what they refer to."""
    for table in WRITTEN:
        query = SQL("""
            SELECT {columns}, {table}.json, {function}({table})
            FROM {table}
            WHERE {table}.release = %s AND {table}.json IS DISTINCT FROM {function}({table})
            ORDER BY {columns}
        """).format(
            table=Identifier(table),
            function=Identifier(f"{table}_json"),
            columns=SQL(", ").join(map(Identifier, WITHIN[table])),
        )
        for *key, loaded, made in connection.execute(query, [release]):
            yield difference(release, table, tuple(key), "json", loaded, made)


def with_derived(connection: Connection, verified: Verified) -> Verified:
    """Compare what was derived of a release, too, with what its figures give.

    Only once these agree with the files: one wrong figure is not to be told three times.
    """
    loaded = read_derived(connection, verified.release, "")
    given = read_derived(connection, verified.release, "_of_figures")
    found = differences(verified.release, loaded, given)
    return replace(verified, differences=[*verified.differences, *found])


def read_derived(connection: Connection, release: str, suffix: str) -> Rows:
    """Return the rows of the tables, or with the suffix those of the views behind them."""
    query = SQL("SELECT * FROM {} WHERE {} = %s")
    return {
        table: by_key(
            table,
            fetch(
                connection,
                query.format(Identifier(f"{table}{suffix}"), Identifier(column)),
                [release],
            ),
        )
        for table, column in DERIVED_OF.items()
    }


def missing_folder(release: str) -> Verified:
    row = Difference(release, "release", None, None, None, "", "a row", None)
    return Verified(release, 0, [row])


def is_completed(loaded: Rows, file: Rows) -> bool:
    """Tell whether more is loaded than this folder's part of the release."""
    coverages = (loaded["release"][()]["coverage"], file["release"][()]["coverage"])
    return coverages == ("full", "partial")


def only_part(loaded: Rows, file: Rows) -> tuple[Rows, Rows]:
    held = {
        key: row for key, row in file["observation"].items() if row["missing_reason"] != "not_held"
    }
    beside = {key: row for key, row in loaded["observation"].items() if key in held}
    return {"observation": beside}, {"observation": held}


def differences(release: str, loaded: Rows, file: Rows) -> Iterator[Difference]:
    for table in file:
        before, after = loaded[table], file[table]
        for key in [*after, *(key for key in before if key not in after)]:
            was, now = before.get(key), after.get(key)
            if was is None or now is None:
                one, other = (None, "a row") if was is None else ("a row", None)
                yield difference(release, table, key, "", one, other)
                continue
            for column in now:
                if was[column] != now[column]:
                    yield difference(release, table, key, column, was[column], now[column])


def difference(
    release: str, table: str, key: Key, column: str, loaded: Any, file: Any
) -> Difference:
    at = dict(zip(WITHIN[table], key, strict=True))
    area, field = at.get("area", at.get("member")), at.get("id", column)
    return Difference(
        release, table, area, at.get("indicator"), at.get("year"), field, loaded, file
    )

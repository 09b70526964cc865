"""The reference tables as they are to stand in the database, made from the files of data/."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.files import read_whole
from importers.formulas import formulas_in
from importers.reference import Row, read_rows, split
from importers.refusals import problem, refuse

# Texts, but for lists; PostgreSQL turns a text into the type of its column.
Values = dict[str, str | int | list[str] | None]

FILES: dict[str, tuple[str, ...]] = {
    "sources": ("id", "title", "publisher", "definition", "url", "licence"),
    "indicators": (
        "id", "title", "unit", "price_basis", "decimals", "is_yearly", "is_published", "definition",
    ),
    "areas": ("code", "name", "definition"),
    "notes": ("id", "text"),
    "members": (
        "code", "alpha2", "numeric", "name", "official_name", "aliases", "region", "acceded_on",
        "is_founder", "currency", "has_armed_forces", "eu_member_since", "eu_member_until", "notes",
    ),
    "summits": (
        "id", "kind", "name", "place", "starts_on", "ends_on", "document_title", "document_url",
        "notes",
    ),
    "summit_facts": ("summit", "position", "paragraph", "text", "confidence"),
    "targets": (
        "id", "title", "indicator", "comparison", "value", "unit", "state", "agreed_at",
        "agreed_on", "due_year", "review_year", "supersedes", "superseded_by", "text", "notes",
    ),
    "commitments": (
        "id", "member", "made_by", "summit", "kind", "made_on", "made_on_precision", "indicator",
        "value", "value_max", "unit", "from_year", "due_year", "summary", "state",
        "superseded_by", "backing", "notes",
    ),
    "claims": (
        "id", "said_by", "said_on", "text", "topic", "claimed_value", "claimed_digits",
        "comparison", "unit", "check_kind", "indicator", "year", "member", "area", "threshold",
        "source", "notes",
    ),
    "changelog": (
        "id", "kind", "version", "published_on", "title", "summary", "path", "is_breaking",
    ),
    "references": (
        "subject", "id", "position", "title", "publisher", "url", "published_on", "kind",
    ),
}  # fmt: skip
LISTS = ("aliases", "notes")
SUBJECTS = ("summits", "targets", "commitments", "claims")
REFERENCE = ("title", "publisher", "url", "published_on", "kind")
FACT = ("text", "paragraph", "confidence")
POSITION = re.compile("[0-9]{1,9}")


@dataclass(frozen=True)
class Table:
    """The rows of one table with the place each comes from; the first column is the key."""

    name: str
    rows: list[tuple[str, Values]]

    @property
    def key(self) -> str:
        return next(iter(self.rows[0][1])) if self.rows else "id"

    @property
    def keys(self) -> list[str]:
        return [str(values[self.key]) for _, values in self.rows]


def reference_sha256(data: Path) -> str:
    """Return a checksum of all reference files, by which an unchanged folder is left alone."""
    sums = [(path.name, read_whole(path)) for path in sorted(data.glob("*.csv"))]
    return hashlib.sha256(repr(sums).encode()).hexdigest()


def read_tables(data: Path) -> list[Table]:
    """Return the tables in an order in which each only refers to those before it."""
    files = {name: read_file(data, name) for name in FILES}
    refuse(
        [
            *check_formulas(files),
            *check_references(data, files),
            *check_note_ids(data, files),
        ]
    )
    members = table("area", files["members"], kind="member", only=("code", "name"))
    areas = table("area", files["areas"], kind="aggregate")
    return [
        numbered(table("source", files["sources"])),
        numbered(table("indicator", files["indicators"])),
        table("note", files["notes"]),
        table("member", files["members"]),
        Table("area", members.rows + areas.rows),
        with_facts(cited(table("summit", files["summits"]), files), files),
        cited(table("target", files["targets"]), files),
        cited(table("commitment", files["commitments"]), files),
        cited(table("claim", files["claims"]), files),
        table("changelog", files["changelog"]),
    ]


def read_file(data: Path, name: str) -> list[tuple[str, Row]]:
    """Read one file into rows, each with its place."""
    path = data / f"{name}.csv"
    rows = read_rows(path)
    if rows and tuple(rows[0]) != FILES[name]:
        refuse([problem(path, "row 1", "", f"the columns are not {','.join(FILES[name])}")])
    return [(f"{path}: row {number}", row) for number, row in enumerate(rows, start=2)]


def table(
    name: str, rows: list[tuple[str, Row]], kind: str = "", only: tuple[str, ...] = ()
) -> Table:
    more: Values = {"kind": kind} if kind else {}
    return Table(
        name,
        [
            (place, {column: typed(column, row[column]) for column in only or row} | more)
            for place, row in rows
        ],
    )


def typed(column: str, cell: str) -> str | int | list[str] | None:
    return split(cell) if column in LISTS else cell or None


def numbered(table: Table) -> Table:
    """Add the position of each row: the order of these files is the order of answers."""
    rows = enumerate(table.rows, start=1)
    return Table(
        table.name, [(place, values | {"position": number}) for number, (place, values) in rows]
    )


def cited(table: Table, files: dict[str, list[tuple[str, Row]]]) -> Table:
    """Add to each row where it is written."""
    sources = gathered(files["references"], ("subject", "id"), REFERENCE)
    return Table(
        table.name,
        [
            (place, values | {"sources": json.dumps(sources[f"{table.name}s", str(values["id"])])})
            for place, values in table.rows
        ],
    )


def with_facts(summits: Table, files: dict[str, list[tuple[str, Row]]]) -> Table:
    facts = gathered(files["summit_facts"], ("summit",), FACT)
    return Table(
        summits.name,
        [
            (place, values | {"facts": json.dumps(facts[(str(values["id"]),)])})
            for place, values in summits.rows
        ],
    )


def gathered(
    rows: list[tuple[str, Row]], key: tuple[str, ...], columns: tuple[str, ...]
) -> dict[tuple[str, ...], list[dict[str, str | None]]]:
    """Return, for each key, its rows in the order of their positions."""
    found: dict[tuple[str, ...], list[dict[str, str | None]]] = defaultdict(list)
    for _, row in sorted(rows, key=lambda placed: int(placed[1]["position"])):
        found[tuple(row[column] for column in key)].append(
            {column: row[column] or None for column in columns}
        )
    return found


def check_formulas(files: dict[str, list[tuple[str, Row]]]) -> Iterator[str]:
    """Refuse a text, or an item of a list, that a spreadsheet would compute.

    A `comparison` is one of three operators, which the database checks: alone, none is a formula.
    """
    for rows in files.values():
        for place, row in rows:
            texts = {column: typed(column, cell) for column, cell in row.items()}
            texts.pop("comparison", None)
            for column, text, wrong in formulas_in(texts):
                yield problem(place, column, text, wrong)


def check_references(data: Path, files: dict[str, list[tuple[str, Row]]]) -> Iterator[str]:
    """Refuse a source or a fact of something that is not there, or without a position."""
    ids = {name: {row["id"] for _, row in files[name]} for name in SUBJECTS}
    for place, row in files["references"]:
        if row["id"] not in ids.get(row["subject"], ()):
            yield problem(place, "", f"{row['subject']} {row['id']}", "is not there")
    for place, row in files["summit_facts"]:
        if row["summit"] not in ids["summits"]:
            yield problem(place, "", row["summit"], "is no summit")
    for place, row in files["references"] + files["summit_facts"]:
        if not POSITION.fullmatch(row["position"]):
            yield problem(place, "", row["position"], "is no position")


def check_note_ids(data: Path, files: dict[str, list[tuple[str, Row]]]) -> Iterator[str]:
    """Refuse a reference to a note that is not in notes.csv, and the id of a release's own note."""
    known = {row["id"] for _, row in files["notes"]}
    releases = tuple(f"{path.name}-" for path in (data / "releases").glob("*"))
    for place, row in files["notes"]:
        if row["id"].startswith(releases):
            yield problem(place, "", row["id"], "is the id of a note of a release")
    for name in ("members", *SUBJECTS):
        for place, row in files[name]:
            for note in split(row["notes"]):
                if note not in known:
                    yield problem(place, "", note, "is no note of notes.csv")

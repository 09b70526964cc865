"""A release as a Frictionless data package: its tables, what describes them, and checksums."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from hashlib import sha256
from typing import IO, Any, NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import marshmallow as ma
from marshmallow import fields

from schemas.assessments import AssessmentListQuery
from schemas.base import ListQuery, Note
from schemas.dumping import compiled
from schemas.indicators import IndicatorListQuery
from schemas.members import MemberListQuery
from schemas.observations import ObservationListQuery
from schemas.releases import ReleaseListQuery
from schemas.sources import SourceListQuery
from schemas.spending_years import SpendingYearListQuery
from schemas.targets import TargetListQuery
from service.storage.revision import Row
from service.storage.snapshot import Snapshot
from service.storage.statements import ask

from .answers import order_by
from .files import CSV, by_disk, is_short
from .formats import File, Table
from .parquet import PARQUET, save

Fields = Mapping[str, ma.fields.Field[Any]]

CITED = ("release", "source", "citation", "licence")

# A file in an archive made on Unix, that everybody may read.
CREATED_ON_UNIX = 3
READABLE = 0o100644 << 16


# What a list is asked for, in turn: a snapshot and a release, to queries.
Asked = Callable[[Snapshot, Row], list[Row]]


def all_rows(snapshot: Snapshot, release: Row) -> list[Row]:
    return [{}]


def of_release(snapshot: Snapshot, release: Row) -> list[Row]:
    return [{"release": release["id"]}]


def of_each_target(snapshot: Snapshot, release: Row) -> list[Row]:
    """Leave out targets that are a yearly rise: these have no assessments."""
    targets = snapshot.fetch_all("targets/list", {})
    ids = sorted(target["id"] for target in targets if target["unit"] != "pp_per_year")
    return [{"release": release["id"], "target": id} for id in ids]


def itself(snapshot: Snapshot, release: Row) -> list[Row]:
    return [{"id": release["id"]}]


def its_source(snapshot: Snapshot, release: Row) -> list[Row]:
    return [{"id": release["source"]}]


class Part(NamedTuple):
    """A table of the package: the list it is, and which columns name a row of another one.

    `without` are fields of the list that say something of this service, and not of the release.
    """

    name: str
    query: type[ListQuery]
    asked: Asked = all_rows
    references: Mapping[str, str] = {}
    forms: tuple[File, ...] = (CSV,)
    without: tuple[str, ...] = ()

    @property
    def row(self) -> ma.Schema:
        return self.query.row(exclude=self.without)


BOTH = (CSV, PARQUET)

PARTS = (
    Part(
        "observations",
        ObservationListQuery,
        of_release,
        {"indicator": "indicators", "source": "sources", "release": "releases"},
        BOTH,
    ),
    Part(
        "spending-years",
        SpendingYearListQuery,
        of_release,
        {"member": "members", "source": "sources", "release": "releases"},
        BOTH,
    ),
    Part(
        "assessments",
        AssessmentListQuery,
        of_each_target,
        {"target": "targets", "member": "members", "release": "releases"},
        BOTH,
    ),
    Part("members", MemberListQuery),
    Part("indicators", IndicatorListQuery),
    Part("targets", TargetListQuery, references={"indicator": "indicators"}),
    Part("releases", ReleaseListQuery, itself, {"source": "sources"}, without=("updated_at",)),
    Part("sources", SourceListQuery, its_source),
)


class Pack:
    """A ZIP archive that is the same whenever its content is, with the size and sum of each file.

    Nothing in it is packed: how small zlib gets a text differs from one build of it to another.
    """

    def __init__(self, file: IO[bytes], day: date) -> None:
        self.archive, self.day = ZipFile(file, "w", ZIP_STORED), day
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        entry = ZipInfo(name, (self.day.year, self.day.month, self.day.day, 0, 0, 0))
        entry.create_system, entry.external_attr = CREATED_ON_UNIX, READABLE
        digest, size = sha256(), 0
        with self.archive.open(entry, "w") as member:
            for chunk in chunks:
                digest.update(chunk)
                size += member.write(chunk)
        self.files[name] = {"bytes": size, "hash": f"sha256:{digest.hexdigest()}"}

    def add_text(self, name: str, text: str) -> None:
        self.add(name, [text.encode()])


def write_package(snapshot: Snapshot, release: Row, file: IO[bytes]) -> None:
    """Write everything of a release, a row of `/v1/releases`, as a ZIP archive."""
    pack, notes = Pack(file, release["published_on"]), dict[str, str]()
    with pack.archive:
        for part in PARTS:
            write_part(pack, snapshot, release, part, notes)
        in_order = ({"id": id, "text": notes[id]} for id in sorted(notes))
        pack.add("notes.csv", CSV.write(Table(Note().fields, in_order, {})))
        pack.add_text("datapackage.json", as_json(describe(release, pack.files)))
        pack.add_text("README.md", readme(release))
        sums = (
            f"{at['hash'].removeprefix('sha256:')}  {name}\n" for name, at in pack.files.items()
        )
        pack.add_text("SHA256SUMS", "".join(sums))


def write_part(
    pack: Pack, snapshot: Snapshot, release: Row, part: Part, notes: dict[str, str]
) -> None:
    """Add a table in each of its forms, and keep the notes that stand in its rows."""

    def table() -> Table:
        return Table(part.row.fields, rows_of(snapshot, release, part, notes), {})

    pack.add(f"{part.name}.csv", CSV.write(table()))
    if PARQUET in part.forms:
        said = {"url": "/v1/exports/" + release["id"] + ".zip", **cited(release)}
        pack.add(f"{part.name}{PARQUET.suffix}", by_disk(lambda file: save(table(), file, said)))


def rows_of(
    snapshot: Snapshot, release: Row, part: Part, notes: dict[str, str]
) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a list as its endpoint has them, of this release where they are of one."""
    folder, dump = part.name.replace("-", "_"), compiled(part.row)
    order = order_by(part.query, part.query.order)
    for narrowed in part.asked(snapshot, release):
        for found in snapshot.fetch_each(f"{folder}/list", ask(f"{folder}/list", narrowed), order):
            dumped = dump(found)
            notes |= {note["id"]: note["text"] for note in dumped.get("notes", ())}
            yield dumped


def cited(release: Row) -> Row:
    return {name: release["id" if name == "release" else name] for name in CITED}


def as_json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def describe(release: Row, files: Mapping[str, Mapping[str, Any]]) -> Row:
    """Return datapackage.json: of each CSV file its columns, keys and sum."""
    return {
        "profile": "data-package",
        "name": release["id"],
        "title": release["title"],
        "description": "Everything of one release, as Burdenshare serves it. README.md says more. "
        "What is in a .parquet file is in the .csv file of the same name.",
        "version": release["id"],
        "licenses": [{"title": release["licence"], "path": release["source_url"]}],
        "sources": [{"title": release["citation"], "path": release["source_url"]}],
        "resources": [
            *(
                resource(part.name, part.row.fields, part.query.key, part.references, files)
                for part in PARTS
            ),
            resource("notes", Note().fields, ("id",), {}, files),
        ],
    }


def resource(
    name: str,
    columns: Fields,
    key: tuple[str, ...],
    references: Mapping[str, str],
    files: Mapping[str, Mapping[str, Any]],
) -> Row:
    keys = {part.name: part.query.key for part in PARTS}
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **files[f"{name}.csv"],
        "schema": {
            "fields": [column(name, field) for name, field in columns.items()],
            "missingValues": [""],
            "primaryKey": list(key),
            "foreignKeys": [
                {
                    "fields": [column],
                    "reference": {"resource": other, "fields": list(keys[other])},
                }
                for column, other in references.items()
            ],
        },
    }


# A date is a kind of instant to marshmallow, hence first.
TYPES: Mapping[type[ma.fields.Field[Any]], str] = {
    fields.Integer: "integer",
    fields.Float: "number",
    fields.Boolean: "boolean",
    fields.Date: "date",
    fields.DateTime: "datetime",
}


def column(name: str, field: ma.fields.Field[Any]) -> Row:
    found = {
        "name": name,
        "type": type_of(field),
        "description": field.metadata["description"],
    }
    is_required = not (field.allow_none or isinstance(field, fields.List))
    return found | ({"constraints": {"required": True}} if is_required else {})


def type_of(field: ma.fields.Field[Any]) -> str:
    """Return what a field is in CSV: of a list the items joined, or the same as JSON."""
    if isinstance(field, fields.List):
        return "string" if is_joined(field) else "array"
    return next((name for kind, name in TYPES.items() if isinstance(field, kind)), "string")


def is_joined(field: fields.List[Any]) -> bool:
    inner = field.inner
    return not isinstance(inner, fields.Nested) or is_short(dict.fromkeys(inner.schema.fields))


def readme(release: Row) -> str:
    """Return README.md."""
    id = release["id"]
    tables = [
        f"## {part.name}\n\n{first_line(part)}\n\n{columns(part.row.fields)}" for part in PARTS
    ]
    return README.format(
        **release,
        figures=", ".join(f"`{part.name}`" for part in PARTS if PARQUET in part.forms),
        tables="\n".join([*tables, f"## notes\n\nRemarks.\n\n{columns(Note().fields)}"]),
        archive=f"burdenshare_{id}.zip",
    )


def first_line(part: Part) -> str:
    return (part.query.row.__doc__ or "").partition("\n")[0]


def columns(described: Fields) -> str:
    lines = (
        f"| `{name}` | {type_of(field)} | {field.metadata['description']} |\n"
        for name, field in described.items()
    )
    return "| column | type | what it is |\n|---|---|---|\n" + "".join(lines)


README = """\
# {title}

Everything that Burdenshare serves of the release `{id}` of {published_on}. The figures are those of
the publisher, as it printed them; assessments are computed of them.

Terms: {licence}

Cite as: {citation}

The publisher has it at {source_url}.

## Files

Each table is a CSV file (RFC 4180, UTF-8, a line of names first); {figures} are the same rows as
Parquet too, with their types. `datapackage.json` describes the CSV files as a Frictionless data
package: `frictionless validate datapackage.json` checks them. In CSV a missing figure is an empty
cell, and never 0; the items of a list are joined by `; `, those of `missing` as `field=reason`, and
of `notes` only the ids are given, whose texts stand in `notes.csv`. What a code means, such as that
of a reason, stands at `/v1/codelists` of the service.

Members, indicators and targets are those that the service knows, in this release or not. The
aggregates in `observations` are those that the publisher printed.

## Verifying

`sha256sum -c SHA256SUMS` checks every file. The archive is the same each time that it is made of
the same data, so two copies can be compared by their checksums.

{tables}"""

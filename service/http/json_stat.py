"""The observations as a cube, JSON-stat 2.0: each figure stands where its codes say."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from schemas.codelists import CODELISTS

from .files import compact, parts
from .formats import Codes, File, Table, as_json

# What a figure is known by, the slowest first.
DIMENSIONS = {"release": "Release", "indicator": "Indicator", "area": "Area", "year": "Year"}
ROLE = {"time": ["year"], "geo": ["area"], "metric": ["indicator"]}

# What `status` says: of a figure its stage, of a missing one why.
STATUSES = CODELISTS["stages"][1] | CODELISTS["missing-reasons"][1]

Row = Mapping[str, Any]


class TwiceError(ValueError):
    """Two rows have the same codes, and one place in the cube."""


class Cube(NamedTuple):
    """The rows on disk, a line each, with the codes that are in them and where those stand."""

    file: IO[bytes]
    places: Mapping[str, Mapping[str, int]]
    units: Mapping[str, str]
    kinds: Mapping[str, str]
    notes: Mapping[str, str]

    def cells(self) -> Iterator[tuple[int, Row]]:
        """Yield each row with its place: what JSON-stat calls the index."""
        self.file.seek(0)
        for text in self.file:
            row, place = json.loads(text), 0
            for dimension, places in self.places.items():
                place = place * len(places) + places[str(row[dimension])]
            yield place, row


def as_json_stat(table: Table) -> Iterator[bytes]:
    """Write the rows to a file on disk, and once their codes are known, the cube from there."""
    with TemporaryFile() as file:
        cube = spooled(table, file)
        yield from parts(text.encode() for text in dataset(cube, table))


def spooled(table: Table, file: IO[bytes]) -> Cube:
    seen: dict[str, set[str]] = {dimension: set() for dimension in DIMENSIONS}
    units, kinds, notes = dict[str, str](), dict[str, str](), dict[str, str]()
    for row in table.rows:
        file.write(as_json(row))
        for dimension, codes in seen.items():
            codes.add(str(row[dimension]))
        units[row["indicator"]] = row["unit"]
        kinds[row["area"]] = row["area_kind"]
        notes |= {note["id"]: note["text"] for note in row["notes"]}
    places = {
        dimension: {code: at for at, code in enumerate(in_order(codes, table.codes, dimension))}
        for dimension, codes in seen.items()
    }
    return Cube(file, places, units, kinds, notes)


def in_order(found: set[str], codes: Codes, dimension: str) -> list[str]:
    """Return the codes in their codelist's reading order, then what it lacks, such as years."""
    listed = [code for code in codes.get(dimension, ()) if code in found]
    return listed + sorted(found.difference(listed))


def dataset(cube: Cube, table: Table) -> Iterator[str]:
    head = {
        "version": "2.0",
        "class": "dataset",
        **titles(table),
        "href": table.address,
        "id": list(DIMENSIONS),
        "size": [len(places) for places in cube.places.values()],
        "role": ROLE,
        "dimension": {name: dimension(name, cube, table.codes) for name in DIMENSIONS},
    }
    extension = {
        **table.meta,
        "status": {"label": STATUSES},
        "note": dict(sorted(cube.notes.items())),
    }
    yield compact(head)[:-1]
    yield ',"value":'
    yield from placed(once(cube), lambda row: row["value"])
    yield ',"status":'
    yield from placed(cube.cells(), lambda row: row["missing_reason"] or row["stage"])
    yield f',"extension":{compact(extension)[:-1]}'
    for name, part in PARTS.items():
        yield f',"{name}":'
        yield from placed((cell for cell in cube.cells() if part(cell[1])), part)
    yield "}}\n"


# What JSON-stat has no place for, by the same index: of a missing figure the stage too.
PARTS: Mapping[str, Callable[[Row], Any]] = {
    "stage": lambda row: row["stage"] if row["missing_reason"] else None,
    "source_cell": lambda row: row["source_cell"],
    "notes": lambda row: [note["id"] for note in row["notes"]],
}


def titles(table: Table) -> dict[str, Any]:
    release = table.codes["release"][table.meta["release"]]
    return {
        "label": release["name"],
        "source": table.meta["citation"],
        "updated": release["published_on"].isoformat(),
    }


def dimension(name: str, cube: Cube, codes: Codes) -> dict[str, Any]:
    """Describe a dimension: its codes in order with their labels, definitions and units."""
    places, listed = cube.places[name], codes.get(name, {})
    category: dict[str, Any] = {
        "index": list(places),
        "label": {code: listed[code]["name"] if code in listed else code for code in places},
    }
    notes = {code: [listed[code]["definition"]] for code in places if code in listed}
    if notes := {code: note for code, note in notes.items() if note != [None]}:
        category["note"] = notes
    if name == "indicator":
        units = CODELISTS["units"][1]
        category["unit"] = {
            code: {"base": cube.units[code], "label": units[cube.units[code]]} for code in places
        }
    found = {"label": DIMENSIONS[name], "category": category}
    return found | ({"extension": {"kind": cube.kinds}} if name == "area" else {})


def once(cube: Cube) -> Iterator[tuple[int, Row]]:
    """Yield each row with its place. Raises TwiceError rather than lose one of two."""
    size = 1
    for places in cube.places.values():
        size *= len(places)
    taken = bytearray(size)
    for place, row in cube.cells():
        if taken[place]:
            raise TwiceError(row)
        taken[place] = 1
        yield place, row


def placed(cells: Iterable[tuple[int, Row]], part: Callable[[Row], Any]) -> Iterator[str]:
    """Yield a JSON object, a piece for each row: its place, and the part of it."""
    mark = "{"
    for place, row in cells:
        yield f'{mark}"{place}":{compact(part(row))}'
        mark = ","
    yield "{}" if mark == "{" else "}"


JSON_STAT = File(
    "application/json-stat+json",
    ".jsonstat",
    as_json_stat,
    "JSON-stat 2.0",
    more="A cube has an order of its own, whatever `sort` says.",
)

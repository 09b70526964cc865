"""A folder of data/releases/: what its release.yaml must say and says."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from importers.files import read_whole, read_yaml, write_whole
from importers.formulas import formulas_in
from importers.refusals import problem, refuse

# What release.yaml must say, and as what.
KEYS: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "source": (str,),
    "title": (str,),
    "published_on": (date,),
    "cutoff_on": (date, type(None)),
    "constant_base_year": (int,),
    "coverage": (str,),
    "obtained": (str,),
    "source_url": (str,),
    "sha256": (str, type(None)),
    "licence": (str,),
    "citation": (str,),
    "currencies": (dict,),
    "notes": (list,),
    "exceptions": (list,),
}
NOTE_KEYS: dict[str, tuple[type, ...]] = {
    "id": (str,), "text": (str,), "areas": (list,), "indicators": (list,), "years": (list,),
    "mark": (str,),
}  # fmt: skip
EXCEPTION_KEYS: dict[str, tuple[type, ...]] = {
    "check": (str,), "reason": (str,), "indicator": (str,), "year": (int,), "area": (str,),
    "blank": (list,),
}  # fmt: skip


@dataclass(frozen=True)
class Release:
    """What release.yaml says."""

    folder: Path
    id: str
    source: str
    title: str
    published_on: date
    cutoff_on: date | None
    constant_base_year: int
    coverage: str
    obtained: str
    source_url: str
    sha256: str | None
    licence: str
    citation: str
    currencies: dict[str, str]
    notes: list[dict[str, Any]]
    exceptions: list[dict[str, Any]]

    @property
    def yaml(self) -> Path:
        return self.folder / "release.yaml"

    @property
    def figures(self) -> Path:
        return self.folder / "figures.csv"

    @property
    def content_sha256(self) -> str:
        """Return a checksum that the order of keys and the layout of the YAML do not change."""
        content = {key: self.__dict__[key] for key in KEYS}
        said = json.dumps(content, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(said.encode() + b"\n" + read_whole(self.figures)).hexdigest()


def read_release(folder: Path) -> Release:
    return release_of(folder, read_yaml(folder / "release.yaml"))


def release_of(folder: Path, content: Any) -> Release:
    """Return the release that release.yaml says, or is to say."""
    refuse(check_content(folder / "release.yaml", content))
    return Release(folder, **content)


def write_release(release: Release) -> None:
    """Write release.yaml."""
    content = {key: release.__dict__[key] for key in KEYS}
    text = yaml.dump(
        content,
        Dumper=Plain,
        default_flow_style=None,
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )
    write_whole(release.yaml, text)


class Plain(yaml.SafeDumper):
    """Repeats a list rather than point at it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def check_content(path: Path, content: Any) -> list[str]:
    return check_kinds(path, content, required=KEYS) or list(check_meaning(path, content))


def check_kinds(path: Path, content: Any, required: Iterable[str]) -> list[str]:
    """Return what is of a wrong kind, in the notes and exceptions, too."""
    problems = check_keys(path, "", content, KEYS, required)
    if not isinstance(content, dict):
        return problems
    for key, kinds in (("notes", NOTE_KEYS), ("exceptions", EXCEPTION_KEYS)):
        entries = content.get(key)
        for number, entry in enumerate(entries if isinstance(entries, list) else [], start=1):
            problems += check_keys(path, f"{key} {number}", entry, kinds, list(kinds)[:2])
    return problems


def check_keys(
    path: Path,
    place: str,
    content: object,
    kinds: dict[str, tuple[type, ...]],
    required: Iterable[str],
) -> list[str]:
    if not isinstance(content, dict):
        return [problem(path, place, "", "is not a list of keys")]
    # Of exactly that type: true is no number, and a day with a time is no day.
    wrong = [key for key in content if key in kinds and type(content[key]) not in kinds[key]]
    return (
        [problem(path, place, key, "is missing") for key in required if key not in content]
        + [problem(path, place, str(key), "is unknown") for key in content if key not in kinds]
        + [problem(path, place, f"{key}: {content[key]}", "is of a wrong kind") for key in wrong]
    )


def check_formulas(path: Path, content: dict[str, Any]) -> Iterable[str]:
    for place, text, wrong in formulas_in(content):
        yield problem(path, place, text, wrong)


def check_meaning(path: Path, content: dict[str, Any]) -> Iterable[str]:
    yield from check_formulas(path, content)
    name, ids = content["id"], [note["id"] for note in content["notes"]]
    folder = path.resolve().parent.name
    if name != folder:
        yield problem(path, "id", name, f"is not the name of the folder, {folder}")
    if name != f"{content['source']}-{content['published_on']}":
        yield problem(path, "id", name, "is not <source>-<published_on>")
    for key, allowed in (
        ("coverage", ("full", "partial")),
        ("obtained", ("workbook", "transcription")),
    ):
        if content[key] not in allowed:
            yield problem(path, key, content[key], f"is not one of {', '.join(allowed)}")
    if not 1900 <= content["constant_base_year"] <= 2100:
        yield problem(path, "constant_base_year", content["constant_base_year"], "is no year")
    for note in ids:
        if not note.startswith(f"{name}-") or ids.count(note) > 1:
            yield problem(path, "notes", note, f"does not begin with {name}- or is given twice")

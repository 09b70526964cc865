"""Drafts the release.yaml of a file: what the file says, what is given, what is carried over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from importers.books import Said
from importers.files import read_yaml
from importers.packs import Pack
from importers.reference import Reference, Row, read_rows
from importers.refusals import RefusedError, problem, refuse
from importers.releases import KEYS, Release, check_formulas, check_kinds, release_of
from importers.sources import habits_of

# What may be given of a release; the rest is what the file or the command itself is.
GIVEN = (
    "title", "cutoff_on", "constant_base_year", "coverage", "source_url", "licence", "citation",
    "currencies", "notes", "exceptions",
)  # fmt: skip

YEARS = re.compile(r"\((19|20)\d\d-(19|20)\d\d\)")


@dataclass(frozen=True)
class Draft:
    """A release that is to be, and of each key who said it."""

    release: Release
    origins: dict[str, str]


def read_given(path: Path | None) -> dict[str, Any]:
    """Return what a YAML file says of a release, in the words of release.yaml."""
    if path is None:
        return {}
    given = read_yaml(path)
    if not isinstance(given, dict):
        raise RefusedError([problem(path, "", "", "is not a list of keys")])
    refuse(problem(path, "", str(key), "cannot be given") for key in given if key not in GIVEN)
    refuse(check_kinds(path, given, required=()) or check_formulas(path, given))
    return given


def standing(release: Release, given: dict[str, Any]) -> Draft:
    """Return the release that a release.yaml says already, with what is given besides."""
    content = {key: release.__dict__[key] for key in KEYS}
    content |= joined(content, given)
    origins = {key: "given" if key in given else "release.yaml" for key in KEYS}
    return Draft(release_of(release.folder, content), origins)


def drafted(
    data: Path, said: Said, published_on: date, sha256: str | None, given: dict[str, Any],
    earlier: list[Pack], reference: Reference,
) -> Draft:  # fmt: skip
    """Return a release for a file that has none yet."""
    before = earlier[-1][0] if earlier else None
    name = f"{said.source}-{published_on}"
    content: dict[str, Any] = {
        "id": name,
        "source": said.source,
        "published_on": published_on,
        "sha256": sha256,
        "obtained": "workbook" if sha256 else "transcription",
        "constant_base_year": said.constant_base_year,
        "notes": [note | {"id": f"{name}-{note['id']}"} for note in said.notes],
        "currencies": currencies(data, said, before, reference, published_on),
    }
    origins = dict.fromkeys(content, "the file")
    origins["published_on"] = "the file" if said.published_on == published_on else "the command"
    rest: dict[str, Any] = {
        "cutoff_on": None,
        "exceptions": [],
        "coverage": habits_of(said.source).coverage,
    }
    content |= rest
    origins |= dict.fromkeys(rest, "default")
    for key, value, origin in carried(data, said, published_on, before, given.get("title")):
        content[key], origins[key] = value, origin
    rest_of = before.id if before else "members.csv"
    origins["currencies"] = f"the file, then {rest_of}" if said.currencies else rest_of
    content |= joined(content, given)
    origins |= dict.fromkeys(given, "given")
    if content["constant_base_year"] is None:
        content["constant_base_year"] = before.constant_base_year if before else None
        origins["constant_base_year"] = f"carried over from {before.id}" if before else ""
    folder = data / "releases" / name
    return Draft(release_of(folder, {key: content[key] for key in KEYS}), origins)


def carried(
    data: Path, said: Said, published_on: date, before: Release | None, given: str | None
) -> Iterator[tuple[str, Any, str]]:
    """Yield what the release before says too, and without one what sources.csv says.

    The citation has the title in it, be it a given one.
    """
    source = read_source(data, said.source)
    yield "source_url", source["url"], "sources.csv: the publisher's page, not the file's"
    if before is None:
        title = f"{source['title']} ({said.years[0]}-{said.years[1]})"
        yield "title", title, "sources.csv, and the years of the file"
        yield "licence", source["licence"], "sources.csv"
        citation = f'{source["publisher"]}, "{given or title}", {spelt(published_on)}'
        yield "citation", citation, "sources.csv"
        return
    title = titled(before.title, said)
    yield "title", title, f"carried over from {before.id}, with the years of the file"
    yield "licence", before.licence, f"carried over from {before.id}"
    citation = before.citation.replace(before.title, given or title)
    citation = citation.replace(spelt(before.published_on), spelt(published_on))
    yield "citation", citation, f"carried over from {before.id}, with title and day"


def read_source(data: Path, name: str) -> Row:
    path = data / "sources.csv"
    source = {row["id"]: row for row in read_rows(path)}.get(name)
    if source is None:
        raise RefusedError([problem(path, "", name, "is no source of sources.csv")])
    return source


def titled(title: str, said: Said) -> str:
    return YEARS.sub(f"({said.years[0]}-{said.years[1]})", title)


def spelt(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def currencies(
    data: Path, said: Said, before: Release | None, reference: Reference, published_on: date
) -> dict[str, str]:
    """Return each ally's currency: the file's word, then the release before, then members.csv."""
    now = {row["code"]: row["currency"] for row in read_rows(data / "members.csv")}
    known = now | (before.currencies if before else {}) | said.currencies
    allies = [one.code for one in reference.members.values() if one.acceded_on <= published_on]
    return {area: known[area] for area in allies}


def joined(content: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return what is given, its currencies and notes joined to those that there are.

    A note takes the place of one with its id, which may lack that of the release in front.
    """
    prefix = f"{content['id']}-"
    notes = {note["id"]: note for note in content["notes"]}
    for note in given.get("notes", ()):
        name = prefix + note["id"].removeprefix(prefix)
        notes[name] = note | {"id": name}
    currencies = content["currencies"] | given.get("currencies", {})
    return given | {"notes": list(notes.values()), "currencies": currencies}

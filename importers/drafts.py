"""Drafts the release.yaml of a file: what the file says, what is given, what is carried over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from importers.books import Said
from importers.packs import Pack
from importers.reference import Reference, read_rows
from importers.refusals import RefusedError, problem
from importers.releases import KEYS, Release, release_of
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
    try:
        given = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise RefusedError([problem(path, "", "", f"cannot be read: {error.strerror}")]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RefusedError([problem(path, "", "", f"is not YAML: {error}")]) from error
    if not isinstance(given, dict):
        raise RefusedError([problem(path, "", "", "is not a list of keys")])
    unknown = [problem(path, "", str(key), "cannot be given") for key in given if key not in GIVEN]
    if unknown:
        raise RefusedError(unknown)
    return given


def standing(release: Release, given: dict[str, Any]) -> Draft:
    """Return the release that a release.yaml says already, with what is given besides."""
    content = {key: release.__dict__[key] for key in KEYS}
    content |= with_ids(release.id, given)
    content["currencies"] = release.currencies | content["currencies"]
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
    origins = dict.fromkeys(content, "the file") | {"published_on": "the command"}
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
    extra = with_ids(name, given)
    extra["notes"] = [*content["notes"], *extra.get("notes", [])]
    extra["currencies"] = content["currencies"] | extra.get("currencies", {})
    content |= extra
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
    source = {row["id"]: row for row in read_rows(data / "sources.csv")}.get(said.source)
    if source is None:
        text = "is no source of sources.csv"
        raise RefusedError([problem(data / "sources.csv", "", said.source, text)])
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


def with_ids(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return what is given, with the release's id before the ids of notes that lack it."""
    notes = given.get("notes")
    if not isinstance(notes, list) or not all(isinstance(note, dict) for note in notes):
        return dict(given)
    prefix = f"{name}-"
    ids = (str(note.get("id", "")) for note in notes)
    return given | {
        "notes": [
            note | {"id": prefix + id_.removeprefix(prefix)}
            for note, id_ in zip(notes, ids, strict=True)
        ]
    }

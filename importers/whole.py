"""A release held whole on this computer, of which data/ may pass on only a part."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from importers.books import sha256_of
from importers.packs import local_of
from importers.refusals import RefusedError, problem
from importers.releases import KEYS, Release, read_release

# The note that says what a part leaves out: untrue of the whole.
NOTE_ON_A_PART = "-part"


def whole_release(file: Path, data: Path) -> Release:
    """Return the release of a publisher's file as it is to stand in the local folder.

    It says what the release.yaml of the part says, so that the one completes the other.
    """
    part = part_of(file, data)
    notes = [note for note in part.notes if note["id"] != f"{part.id}{NOTE_ON_A_PART}"]
    folder = local_of(data) / "releases" / part.id
    return replace(part, folder=folder, coverage="full", notes=notes)


def part_of(file: Path, data: Path) -> Release:
    try:
        sha256 = sha256_of(file)
    except OSError as error:
        raise RefusedError([problem(file, "", "", f"cannot be read: {error.strerror}")]) from error
    for folder in sorted((data / "releases").glob("*/")):
        release = read_release(folder)
        if (release.sha256, release.coverage) == (sha256, "partial"):
            return release
    text = f"is the file of no partial release of {data}: its sha256 is {sha256}"
    raise RefusedError([problem(file, "", "", text)])


def write_release(release: Release) -> None:
    content = {key: release.__dict__[key] for key in KEYS}
    text = yaml.dump(
        content,
        Dumper=Plain,
        default_flow_style=None,
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )
    try:
        release.folder.mkdir(parents=True, exist_ok=True)
        release.yaml.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        wrong = problem(release.yaml, "", "", f"cannot be written: {error.strerror}")
        raise RefusedError([wrong]) from error


class Plain(yaml.SafeDumper):
    """Repeats a list rather than point at it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

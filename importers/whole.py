"""A release held whole on this computer, of which data/ may pass on only a part."""

from dataclasses import replace
from pathlib import Path

from importers.archives import check_size
from importers.books import sha256_of
from importers.packs import local_of
from importers.refusals import RefusedError, problem
from importers.releases import Release, read_release

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
    check_size(file)
    sha256 = sha256_of(file)
    for folder in sorted((data / "releases").glob("*/")):
        release = read_release(folder)
        if (release.sha256, release.coverage) == (sha256, "partial"):
            return release
    text = f"is the file of no partial release of {data}: its sha256 is {sha256}"
    raise RefusedError([problem(file, "", "", text)])

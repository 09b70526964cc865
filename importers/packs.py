"""Reads the folders of releases: those of data/ and those beside it that are not versioned."""

import os
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TypeAlias

from importers.checks import check_release
from importers.completion import difference, held_in_folder, is_part
from importers.figures import Figure, read_figures
from importers.reference import Reference
from importers.refusals import RefusedError, problem, refuse
from importers.releases import Release, read_release

Pack: TypeAlias = tuple[Release, list[Figure]]


def local_of(data: Path) -> Path:
    """Return the folder for what may be loaded here, but not passed on: data-local, beside data."""
    whole = Path(os.path.realpath(data))  # Path.resolve() fails where links lead in a circle
    return whole.with_name(f"{whole.name}-local")


def read_packs(
    data: Path, local: Path | None, reference: Reference, only: Container[str] | None = None
) -> list[Pack]:
    """Read and check all releases, or only those named, oldest first; refuse with all problems.

    Of a release that both folders hold, the local one is taken, which must complete the other.
    """
    packs: dict[str, Pack] = {}
    problems: list[str] = []
    for folder in folders(data, local):
        if only is not None and folder.name not in only:
            continue
        try:
            pack = read_pack(folder, reference)
            refuse(check_completion(packs.get(folder.name), pack))
            packs[folder.name] = pack
        except RefusedError as refusal:
            problems += refusal.problems
    refuse(problems)
    return sorted(packs.values(), key=lambda pack: (pack[0].published_on, pack[0].id))


def folders(data: Path, local: Path | None) -> Iterator[Path]:
    for root in (data, local) if local else (data,):
        yield from folders_in(root / "releases")


def folders_in(releases: Path) -> list[Path]:
    """Return what is there; a folder that may not be read is not one without releases."""
    try:
        return sorted(path for path in releases.iterdir() if path.is_dir())
    except FileNotFoundError:
        return []
    except OSError as error:
        wrong = problem(releases, "", "", f"cannot be read: {error.strerror}")
        raise RefusedError([wrong]) from error


def read_pack(folder: Path, reference: Reference) -> Pack:
    release = read_release(folder)
    figures = read_figures(release)
    refuse(check_release(release.figures, release, reference, figures))
    return release, figures


def check_completion(part: Pack | None, whole: Pack) -> Iterator[str]:
    if part is None:
        return
    before, after = held_in_folder(*part), held_in_folder(*whole)
    if not is_part(before, after):
        yield problem(whole[0].folder, "", "", f"does not complete {part[0].folder}")
    elif text := difference(before, after):
        yield problem(whole[0].folder, "", "", f"does not complete {part[0].folder}: {text}")

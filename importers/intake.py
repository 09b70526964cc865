"""Takes a publisher's file in: reads it, drafts its release, checks both, writes the folder."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from importers.books import File, Reading, sha256_of
from importers.cells import Checked, check_cells
from importers.changes import changes, earlier_releases
from importers.checks import check_release
from importers.drafts import Draft, drafted, read_source, standing
from importers.figures import Figure, read_figures, write_figures
from importers.grid import complete
from importers.nato import NatoFile
from importers.reference import Reference, read_reference
from importers.refusals import RefusedError, problem, refuse
from importers.releases import Release, read_release, write_release
from importers.scrutiny import check_import
from importers.sipri import SipriFile
from importers.summaries import Status, Summary
from importers.sums import check_shares, check_totals
from importers.tidy import TidyFile

Opener = Callable[[Path, Reference], File]

# By the name of the command: what opens the file, and what kind of file it is.
KINDS: dict[str, tuple[Opener, str]] = {
    "nato": (NatoFile, "NATO's workbook of tables"),
    "sipri": (SipriFile, "SIPRI's workbook"),
    "tidy": (TidyFile, "a tidy CSV"),
}
# What is the publisher's own file, by whose checksum a release can be told.
WORKBOOKS = ("nato", "sipri")


@dataclass(frozen=True)
class Wish:
    """What the command asks for: a file of a kind, and what the file cannot tell."""

    kind: str
    path: Path
    data: Path
    published_on: date | None
    given: dict[str, Any]
    is_trial: bool = False
    is_replacing: bool = False


def take_in(wish: Wish) -> Summary:
    """Write the folder of a release, or refuse with everything that is wrong and write nothing."""
    reference = read_reference(wish.data)
    file = KINDS[wish.kind][0](wish.path, reference)
    draft, earlier = draft_of(wish, file, reference)
    release = draft.release
    figures, problems = examined(wish.path, file.read(release), release, reference)
    changed = list(changes(release, figures, earlier, reference)) if figures else []
    checked = Checked(wish.path, release, reference, {figure.key: figure for figure in figures})
    problems += check_import(checked, changed)
    before = figures_held(release)
    if before is not None and not problems and not wish.is_replacing:
        problems += check_standing(draft, before, figures)
    refuse(dict.fromkeys(problems))
    status = status_of(wish, before, figures, release)
    if status in ("written", "replaced"):
        write_folder(release, figures)
    return Summary(wish.path, status, draft, reference, figures, changed, earlier)


def draft_of(
    wish: Wish, file: File, reference: Reference
) -> tuple[Draft, list[tuple[Release, list[Figure]]]]:
    said = file.said()
    published_on = wish.published_on or said.published_on
    if published_on is None:
        text = "the file does not say it: --published-on YYYY-MM-DD"
        raise RefusedError([problem(wish.path, "published_on", "", text)])
    read_source(wish.data, said.source)  # before a file's word becomes the name of a folder
    earlier = earlier_releases(wish.data, said.source, published_on)
    folder = wish.data / "releases" / f"{said.source}-{published_on}"
    sha256 = sha256_of(wish.path) if wish.kind in WORKBOOKS else None
    if os.path.lexists(folder / "release.yaml"):
        release = read_release(folder)
        if wish.is_replacing:
            release = replace(release, sha256=sha256)
        return standing(release, wish.given), earlier
    draft = drafted(wish.data, said, published_on, sha256, wish.given, earlier, reference)
    return draft, earlier


def read_checked(file: File, release: Release, reference: Reference) -> list[Figure]:
    """Return the figures of a file under a release that is known; refuse what is wrong."""
    figures, problems = examined(file.path, file.read(release), release, reference)
    refuse(problems)
    return figures


def examined(
    path: Path, reading: Reading, release: Release, reference: Reference
) -> tuple[list[Figure], list[str]]:
    """Return the figures with a row for every gap, and what is wrong with file and figures."""
    wrong = check_cells(path, release, reference, reading.figures)
    if wrong or all(figure.value is None for figure in reading.figures):
        return [], [*reading.problems, *wrong] or [problem(path, "", "", "has no figures")]
    figures = complete(release, reference, reading.figures)
    if reading.problems:
        # Of a file that was read in part only what it has can be wrong besides.
        checked = Checked(path, release, reference, {figure.key: figure for figure in figures})
        return figures, [*reading.problems, *check_totals(checked), *check_shares(checked)]
    return figures, check_release(path, release, reference, figures)


def figures_held(release: Release) -> list[Figure] | None:
    return read_figures(release) if os.path.lexists(release.figures) else None


def check_standing(draft: Draft, before: list[Figure], now: list[Figure]) -> Iterator[str]:
    """Refuse what would change a release that is there: it is what others may have loaded."""
    release = draft.release
    rule = "a release is immutable: --replace writes one anew that nobody has loaded"
    if release != read_release(release.folder):
        yield problem(release.yaml, "", "", f"would say something else: {rule}")
    old, new = ({figure.key: figure for figure in figures} for figures in (before, now))
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            was, is_ = (shown(figures.get(key)) for figures in (old, new))
            yield problem(release.figures, " ".join(map(str, key)), was, f"is {is_} now: {rule}")


def shown(figure: Figure | None) -> str:
    if figure is None:
        return "no row"
    parts = (figure.value or figure.missing_reason, figure.stage, figure.source_cell, *figure.notes)
    return " ".join(str(part) for part in parts if part)


def status_of(
    wish: Wish, before: list[Figure] | None, figures: list[Figure], release: Release
) -> Status:
    if before == figures and release == read_release(release.folder):
        return "unchanged"
    if wish.is_trial:
        return "trial"
    return "written" if before is None else "replaced"


def write_folder(release: Release, figures: list[Figure]) -> None:
    """Write the folder whole or not at all; into one that is there, each file by itself."""
    if release.folder.exists():
        write_figures(release, figures)
        write_release(release)
        return
    unfinished = release.folder.parents[1] / f".{release.id}.{os.getpid()}"
    inside = replace(release, folder=unfinished)
    try:
        write_release(inside)
        write_figures(inside, figures)
        release.folder.parent.mkdir(exist_ok=True)
        unfinished.rename(release.folder)
    except OSError as error:
        wrong = problem(release.folder, "", "", f"cannot be written: {error.strerror}")
        raise RefusedError([wrong]) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)

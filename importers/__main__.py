"""The command line: from a publisher's file to data/, and from data/ into the database."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from importers.cells import check_cells
from importers.checks import check_release
from importers.figures import Figure, write_figures
from importers.grid import complete
from importers.load import database_url, load
from importers.nato import read_nato
from importers.package import package_of, write_package
from importers.packs import local_of
from importers.reference import Reference, read_reference
from importers.refusals import RefusedError, refuse
from importers.releases import Release, read_release
from importers.shelf import add_commands
from importers.sipri import read_sipri
from importers.tidy import read_tidy
from importers.whole import whole_release, write_release

Reader = Callable[[Path, Release, Reference], list[Figure]]

READERS: dict[str, tuple[Reader, str]] = {
    "nato": (read_nato, "NATO's workbook of tables"),
    "sipri": (read_sipri, "SIPRI's workbook"),
    "tidy": (read_tidy, "a tidy CSV"),
}
DATA = Path(__file__).parents[1] / "data"


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except RefusedError as refusal:
        print(refusal, file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("importers", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (reader, kind) in READERS.items():
        command = commands.add_parser(name, help=f"write figures.csv of a release from {kind}")
        command.add_argument("file", metavar="FILE", type=Path)
        command.add_argument(
            "folder", metavar="FOLDER", type=Path, help="data/releases/<id>, holds release.yaml"
        )
        command.set_defaults(run=run_import, read=reader)
    command = commands.add_parser(
        "load", help="load data/ and data-local/ into the database of DATABASE_URL"
    )
    command.add_argument("data", metavar="DATA", type=Path, nargs="?", default=DATA)
    command.set_defaults(run=run_load)
    add_commands(
        commands.add_parser("releases", help="list, show, load, withdraw or verify releases"), DATA
    )
    command = commands.add_parser("package", help="draw datapackage.json anew from data/")
    command.add_argument("data", metavar="DATA", type=Path, nargs="?", default=DATA)
    command.set_defaults(run=run_package)
    command = commands.add_parser(
        "whole",
        help="write all of SIPRI's workbook to data-local/, which is not versioned, and load it "
        "where DATABASE_URL is set; for whoever has the right to it",
    )
    command.add_argument("file", metavar="FILE", type=Path)
    command.add_argument("data", metavar="DATA", type=Path, nargs="?", default=DATA)
    command.set_defaults(run=run_whole)
    return parser


def run_import(options: argparse.Namespace) -> None:
    release = read_release(options.folder)
    reference = read_reference(options.folder.resolve().parents[1])
    figures = read_checked(options.read, options.file, release, reference)
    write(release, figures)


def read_checked(read: Reader, file: Path, release: Release, reference: Reference) -> list[Figure]:
    figures = read(file, release, reference)
    refuse(check_cells(file, release, reference, figures))
    figures = complete(release, reference, figures)
    refuse(check_release(file, release, reference, figures))
    return figures


def write(release: Release, figures: list[Figure]) -> None:
    write_figures(release, figures)
    count = sum(figure.value is not None for figure in figures)
    print(f"{release.id}: {count:,} figures in {len(figures):,} rows written")


def run_whole(options: argparse.Namespace) -> None:
    release = whole_release(options.file, options.data)
    figures = read_checked(read_sipri, options.file, release, read_reference(options.data))
    write_release(release)
    write(release, figures)
    if os.environ.get("DATABASE_URL"):
        run_load(options)


def run_package(options: argparse.Namespace) -> None:
    write_package(options.data)
    print(f"{package_of(options.data)} drawn")


def run_load(options: argparse.Namespace) -> None:
    for line in load(database_url(), options.data, local_of(options.data)):
        print(line)


if __name__ == "__main__":
    sys.exit(main())

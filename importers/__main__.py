"""The command line: from a publisher's file to data/, and from data/ into the database."""

import argparse
import os
import sys
from datetime import date
from pathlib import Path

from importers.drafts import read_given
from importers.intake import KINDS, Wish, read_checked, take_in, write_folder
from importers.load import database_url, load
from importers.package import package_of, write_package
from importers.packs import local_of
from importers.reference import read_reference
from importers.refusals import RefusedError, problem
from importers.shelf import add_commands, print_json
from importers.sipri import SipriFile
from importers.whole import whole_release

# What of release.yaml has an option of its own.
FLAGS = ("title", "source_url", "cutoff_on", "coverage")
DATA = Path(__file__).parents[1] / "data"


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        status = options.run(options) or 0
        sys.stdout.flush()
    except RefusedError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever reads has read enough, as `head` does; Python would say so again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(
            problem(error.filename or "error", "", "", error.strerror or str(error)),
            file=sys.stderr,
        )
        return 1
    return int(status)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("importers", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (_, kind) in KINDS.items():
        command = commands.add_parser(name, help=f"write the folder of a release from {kind}")
        add_import(command)
        command.set_defaults(run=run_import, kind=name)
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


def add_import(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("file", metavar="FILE", type=Path)
    add("--published-on", metavar="YYYY-MM-DD", type=day, help="the day of release")
    add("--title", help="default: that of the release before, with the years of the file")
    add("--source-url", metavar="URL", help="where the publisher has it; default: its own page")
    add("--cutoff-on", metavar="YYYY-MM-DD", type=day, help="the day of the figures")
    add("--coverage", choices=("full", "partial"), help="default: what the source's terms allow")
    add("--say", metavar="YAML", type=Path, help="any keys of release.yaml: notes, exceptions ...")
    add("--data", metavar="DATA", type=Path, default=DATA, help="default: data/ of this project")
    add("--json", action="store_true", help="print the summary, or what is refused, as JSON")
    add("--dry-run", action="store_true", help="check and show everything, write nothing")
    add("--replace", action="store_true", help="write a folder anew that nobody has loaded")


def day(text: str) -> date:
    """Return a day; of its name argparse makes "invalid day value"."""
    return date.fromisoformat(text)


def run_import(options: argparse.Namespace) -> None:
    flags = {name: getattr(options, name) for name in FLAGS if getattr(options, name) is not None}
    try:
        summary = take_in(
            Wish(
                kind=options.kind,
                path=options.file,
                data=options.data,
                published_on=options.published_on,
                given=read_given(options.say) | flags,
                is_trial=options.dry_run,
                is_replacing=options.replace,
            )
        )
    except RefusedError as refusal:
        if options.json:
            print_json({"status": "refused", "problems": refusal.problems})
        raise
    if options.json:
        print_json(summary.to_json())
    else:
        print("\n".join(summary.lines()))


def run_whole(options: argparse.Namespace) -> None:
    release = whole_release(options.file, options.data)
    reference = read_reference(options.data)
    figures = read_checked(SipriFile(options.file, reference), release, reference)
    write_folder(release, figures)
    count = sum(figure.value is not None for figure in figures)
    print(f"{release.id}: {count:,} figures in {len(figures):,} rows written")
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

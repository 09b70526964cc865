"""`python -m importers releases`: which are loaded, what they hold, in, out, and still the same?"""

import argparse
import json
import os
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from importers.formulas import formula
from importers.inventory import described, listed, names
from importers.load import Connection, database_url, load, lock, opened, withdraw
from importers.loaded import Verified, missing_folder, read_every, verify, with_derived
from importers.package import package_of, write_package
from importers.packs import folders, local_of, read_packs
from importers.progress import shown
from importers.reference import read_reference
from importers.refusals import RefusedError, problem, refuse
from importers.verified_tables import verify_search, verify_tables
from importers.withdrawals import (
    Withdrawal,
    has_record,
    read_withdrawal,
    read_withdrawals,
    record_of,
    write_withdrawal,
)


def add_commands(parser: argparse.ArgumentParser, data: Path) -> None:
    one, several, as_json, folder = (argparse.ArgumentParser(add_help=False) for _ in range(4))
    one.add_argument("id", metavar="ID", help="a release, such as nato-2024-06-17")
    several.add_argument("ids", metavar="ID", nargs="*", help="releases; without one: all")
    as_json.add_argument("--json", action="store_true", help="write JSON")
    folder.add_argument("--data", metavar="DATA", type=Path, default=data, help="default: data/")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, parents, text in (
        (
            "list",
            run_list,
            [as_json],
            "list what is loaded, and what is in data/ and not loaded yet",
        ),
        ("show", run_show, [one, as_json], "show what a release holds, loaded or not"),
        ("load", run_load, [several], "load releases of data/ and data-local/"),
        (
            "verify",
            run_verify,
            [several, as_json],
            "compare what is loaded with the files, cell by cell; exit code 1 if anything differs",
        ),
        (
            "withdraw",
            run_withdraw,
            [one],
            "withdraw a release for good: its id answers 410 with the reason, its figures go",
        ),
    ):
        command = commands.add_parser(name, help=text, description=text, parents=[*parents, folder])
        command.set_defaults(run=run)
        if name == "withdraw":
            command.add_argument("--reason", metavar="TEXT", required=True, help="is served")


def run_list(options: argparse.Namespace) -> None:
    with opened(database_url()) as connection:
        rows = listed(connection, options.data)
    if options.json:
        return print_json(rows)
    return print_table(
        {
            "release": row["id"],
            "published": row["published_on"],
            "coverage": row["coverage"],
            "years": f"{row['year_first']}-{row['year_last']}",
            "figures": row["figure_count"],
            "state": row["state"].replace("_", " ") + ("" if row["has_folder"] else ", no folder"),
        }
        for row in rows
    )


def run_show(options: argparse.Namespace) -> None:
    with opened(database_url()) as connection:
        refuse_unknown([options.id], names(options.data) | read_every(connection).keys())
        content = described(connection, options.id, options.data)
    if options.json:
        return print_json(content)
    indicators, notes = content.pop("indicators"), content.pop("notes")
    width = max(map(len, content))
    for name, value in content.items():
        print(f"{name:<{width}}  {text_of(value)}")
    if indicators:
        print()
    print_table(row | {"missing": text_of(row["missing"])} for row in indicators)
    for note in notes:
        place = f"{note['cells']:,} cells" if note["cells"] else "the release"
        print(f"\n{note['id']} (on {place})\n  {note['text']}")
    return None


def run_load(options: argparse.Namespace) -> None:
    refuse_unknown(options.ids, names(options.data))
    for line in load(database_url(), options.data, local_of(options.data), options.ids or None):
        print(line)


def run_verify(options: argparse.Namespace) -> int:
    with opened(database_url()) as connection:
        lock(connection)
        loaded = read_every(connection)
        refuse_unknown(options.ids, loaded)
        found = (
            verified(connection, options.data, options.ids)
            if options.ids
            else everything_verified(connection, options.data, list(loaded))
        )
    if options.json:
        print_json([
            {
                "release": each.release,
                "cells": each.cells,
                "differences": [difference._asdict() for difference in each.differences],
            }
            for each in found
        ])  # fmt: skip
    else:
        for each in found:
            print(each)
    return int(any(each.differences for each in found))


def verified(connection: Connection, data: Path, releases: list[str]) -> list[Verified]:
    local, reference = local_of(data), read_reference(data)
    packs = {pack[0].id: pack for pack in read_packs(data, local, reference, releases)}
    withdrawals = read_withdrawals(data, local)
    found = [
        verify(connection, reference, packs[release], withdrawals.get(release))
        if release in packs
        else missing_folder(release)
        for release in shown(releases, len(releases), "comparing")
    ]
    if any(each.differences for each in found):
        return found
    return [with_derived(connection, each) for each in found]


def everything_verified(connection: Connection, data: Path, releases: list[str]) -> list[Verified]:
    """Compare the reference tables too, and what can be searched: of these, differences only."""
    found = [*verified(connection, data, releases), verify_tables(connection, data)]
    if not any(each.differences for each in found):
        found[-1] = verify_search(connection)
    return found if found[-1].differences else found[:-1]


def run_withdraw(options: argparse.Namespace) -> None:
    """Record it first: should the database fail, the next load withdraws what the record names."""
    reason = " ".join(options.reason.split())
    if not reason:
        raise RefusedError(["--reason: is empty"])
    if not reason.isprintable():
        raise RefusedError([f"--reason: {reason!a}: is not all text"])
    if wrong := formula(reason):
        raise RefusedError([problem("--reason", "", reason, wrong)])
    withdrawal = Withdrawal(datetime.now(UTC).date(), reason)
    url = os.environ.get("DATABASE_URL")
    with opened(url) if url else nullcontext() as connection:
        if connection:
            lock(connection)
        loaded = read_every(connection) if connection else {}
        refuse_unknown([options.id], names(options.data) | loaded.keys())
        print(f"{options.id}: {record(options.data, options.id, withdrawal)}")
        if not connection:
            print(f"{options.id}: DATABASE_URL is not set: the next load withdraws it")
        elif options.id not in loaded:
            print(f"{options.id}: is not loaded")
        else:
            with connection.transaction():
                withdraw(connection, options.id, withdrawal)
            print(f"{options.id}: {loaded[options.id]['figure_count']:,} figures deleted")


def record(data: Path, release: str, withdrawal: Withdrawal) -> str:
    """Write a withdrawal into the release's folder, if it has one; say where."""
    folder = next((at for at in folders(data, local_of(data)) if at.name == release), None)
    if folder is None:
        return "has no folder; the database alone knows that it is withdrawn"
    path = record_of(folder)
    if has_record(folder):
        before = read_withdrawal(path)
        text = f"was withdrawn on {before.withdrawn_on}: {before.withdrawn_reason}"
        raise RefusedError([f"{release}: {text}"])
    write_withdrawal(path, withdrawal)
    if package_of(data).exists():
        write_package(data)
    return f"withdrawn on {withdrawal.withdrawn_on}, recorded in {path}"


def refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse ids that nothing has, each with the nearest."""
    known = sorted(known)
    near = {name: get_close_matches(name, known, n=1) for name in given if name not in known}
    refuse(
        f"{name}: is no release" + (f"; did you mean {found[0]}?" if found else "")
        for name, found in near.items()
    )


def print_json(content: Any) -> None:
    print(json.dumps(content, indent=2, ensure_ascii=False, default=date.isoformat))


def print_table(rows: Iterable[dict[str, Any]]) -> None:
    """Print rows under their keys; numbers stand on the right."""
    table = list(rows)
    if not table:
        return
    widths = [max(len(key), *(len(text_of(row[key])) for row in table)) for key in table[0]]
    print(
        "  ".join(f"{key:<{width}}" for key, width in zip(table[0], widths, strict=True)).rstrip()
    )
    for row in table:
        cells = (
            f"{text_of(value):{'>' if isinstance(value, int) else '<'}{width}}"
            for value, width in zip(row.values(), widths, strict=True)
        )
        print("  ".join(cells).rstrip())


def text_of(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{number:,} {name}" for name, number in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)

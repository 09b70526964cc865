"""Looks at a file from outside before a program opens it: what is no workbook, or no honest one."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from importers.files import LARGEST_FILE, MEGABYTE
from importers.refusals import RefusedError, problem, refuse

# NATO's workbook of 2024 is 0.2 megabytes and 0.8 unpacked, SIPRI's of 2025 0.9 and 3.7; no part of
# either shrinks to less than a fourteenth. What is more is not read, so that memory stays bounded.
LARGEST_UNPACKED = 16 * MEGABYTE
MOST_PARTS = 500
TIGHTEST = 100
# Below this a part is no danger, however well it packs.
HARMLESS = MEGABYTE

# How other files begin.
BEGINNINGS = {
    b"": "is empty",
    b"%PDF": "is a PDF, not a workbook",
    b"\xd0\xcf\x11\xe0": "is protected by a password, or of Excel before 2007: save it as .xlsx "
    "without a password",
    b"<": "is HTML or XML, not a workbook",
}
WORKBOOK = b"PK"
IS_ENCRYPTED = 0x1
MACROS = ("vbaproject", "macrosheets", "activex")


def check_archive(path: Path) -> None:
    """Refuse, in one line, what openpyxl should not be given."""
    check_size(path)
    try:
        with path.open("rb") as file:
            start = file.read(512).lstrip()
        refuse(problem(path, "", "", text) for text in list(check_start(start))[:1])
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except OSError as error:
        raise RefusedError([problem(path, "", "", f"cannot be read: {error.strerror}")]) from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise RefusedError([problem(path, "", "", "is not a workbook, or damaged")]) from error
    refuse(problem(path, "", "", text) for text in list(check_parts(parts))[:1])


def check_size(path: Path) -> None:
    """Refuse what is no file, or one larger than any publisher's."""
    try:
        is_file, size = path.is_file(), path.stat().st_size
    except OSError as error:
        raise RefusedError([problem(path, "", "", f"cannot be read: {error.strerror}")]) from error
    if not is_file:
        raise RefusedError([problem(path, "", "", "is a folder or no file at all")])
    if size > LARGEST_FILE:
        text = f"is larger than {LARGEST_FILE // MEGABYTE} megabytes: no publisher's file is"
        raise RefusedError([problem(path, "", "", text)])


def check_start(start: bytes) -> Iterator[str]:
    for beginning, text in BEGINNINGS.items():
        if start.startswith(beginning) if beginning else not start:
            yield text
    if not start.startswith(WORKBOOK):
        yield "is not a workbook"


def check_parts(parts: list[zipfile.ZipInfo]) -> Iterator[str]:
    names = [part.filename.casefold() for part in parts]
    if len(parts) > MOST_PARTS:
        yield f"has more than {MOST_PARTS} parts: no publisher's file has"
    if any(part.flag_bits & IS_ENCRYPTED for part in parts):
        yield "is protected by a password: save it without one"
    if any(word in name for name in names for word in MACROS):
        yield "carries macros: save it as .xlsx, without them"
    if len(set(names)) < len(names):
        yield "has a part twice"
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        yield f"unpacks to more than {LARGEST_UNPACKED // MEGABYTE} megabytes: no publisher's does"
    for part in parts:
        if part.file_size > max(HARMLESS, TIGHTEST * part.compress_size):
            yield f"is packed more than {TIGHTEST} times over: no publisher's file is"

"""What is no workbook, or no honest one: refused in one line, in bounded time and memory."""

import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from importers.__main__ import DATA, main
from importers.archives import LARGEST_FILE, LARGEST_UNPACKED, MEGABYTE
from importers.books import sha256_of

from .conftest import Pack
from .sipri_workbooks import write_workbook

Break = Callable[[Path], None]

SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b"".join(b'<!ENTITY a%d "%s">' % (at, b"&a%d;" % (at - 1) * 10) for at in range(1, 12))
BOMB = b'<!DOCTYPE b [<!ENTITY a0 "ha">' + ENTITIES + b"]><worksheet>&a11;</worksheet>"
START = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = b"</sheetData></worksheet>"

# More than the whole official workbook of SIPRI needs, which peaks at 190 megabytes of addresses.
MEMORY, SECONDS = 400 * MEGABYTE, 30


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Return an honest workbook that holds nothing of interest."""
    path, book = tmp_path / "tables.xlsx", Workbook()
    book.active.append(["Table 1 : Defence expenditure", 2014])
    book.save(path)
    return path


def rewrite(path: Path, **parts: bytes | None) -> None:
    """Write some parts of a workbook anew, or others besides; names are keys of PARTS."""
    with zipfile.ZipFile(path) as archive:
        old = {name: archive.read(name) for name in archive.namelist()}
    new = old | {PARTS[key]: content for key, content in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in new.items():
            if content is not None:
                archive.writestr(name, content)


PARTS = {
    "sheet": SHEET,
    "book": "xl/workbook.xml",
    "styles": "xl/styles.xml",
    "macros": "xl/vbaProject.bin",
    "media": "xl/media/image1.png",
}


def write(content: bytes) -> Break:
    return lambda path: path.write_bytes(content) and None


def replaced(**parts: bytes | None) -> Break:
    return lambda path: rewrite(path, **parts)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    """Turn over bits of the first sheet, which its checksum tells."""
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(SHEET)
    start = info.header_offset + 30 + len(SHEET) + 20
    content[start : start + 4] = bytes(byte ^ 0xFF for byte in content[start : start + 4])
    path.write_bytes(bytes(content))


def encrypt(path: Path) -> None:
    """Set the bit that says that a part is encrypted, in the directory of the archive."""
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    (flags,) = struct.unpack_from("<H", content, at + 8)
    struct.pack_into("<H", content, at + 8, flags | 1)
    path.write_bytes(bytes(content))


def twice(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, b"")


def many(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(500):
            archive.writestr(f"xl/media/{number}", b"")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def far_row(number: str) -> bytes:
    return START + f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>'.encode() + END


NO_WORKBOOK = "is not a workbook, or damaged"
PROTECTED = "is protected by a password: save it without one"
HOSTILE: dict[str, tuple[Break, str]] = {
    "empty": (write(b""), "is empty"),
    "blank": (write(b"  \n"), "is empty"),
    "a folder": (folder, "is a folder or no file at all"),
    "not there": (lambda path: path.unlink(), "cannot be read: No such file or directory"),
    "a PDF": (write(b"%PDF-1.7\n..."), "is a PDF, not a workbook"),
    "a page": (write(b"<!DOCTYPE html><html>"), "is HTML or XML, not a workbook"),
    "a CSV": (write(b"area,value\nDEU,2\n"), "is not a workbook"),
    "an old or protected one": (
        write(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)),
        "is protected by a password, or of Excel before 2007: save it as .xlsx without a password",
    ),
    "an encrypted part": (encrypt, PROTECTED),
    "macros": (replaced(macros=b"Sub Auto_Open()"), "carries macros: save it as .xlsx, without them"),
    "truncated": (truncate, NO_WORKBOOK),
    "flipped bits": (flip, NO_WORKBOOK),
    "no sheet": (replaced(sheet=None), NO_WORKBOOK),
    "no book": (replaced(book=None), NO_WORKBOOK),
    "torn XML": (replaced(sheet=START + b"<row"), NO_WORKBOOK),
    "another archive": (replaced(book=b"<html/>"), NO_WORKBOOK),
    "a part twice": (twice, "has a part twice"),
    "many parts": (many, "has more than 500 parts: no publisher's file has"),
    "a large file": (write(b"PK" + bytes(LARGEST_FILE)), "is larger than 10 megabytes: no publisher's file is"),
    "a bomb": (
        replaced(media=bytes(LARGEST_UNPACKED // 2)),
        "is packed more than 100 times over: no publisher's file is",
    ),
    "a large bomb": (
        replaced(media=bytes(LARGEST_UNPACKED + 1)),
        "unpacks to more than 16 megabytes: no publisher's does",
    ),
    "a bomb of entities": (replaced(sheet=BOMB), NO_WORKBOOK),
    "a bomb of entities in the styles": (replaced(styles=BOMB), NO_WORKBOOK),
    "a row far below": (replaced(sheet=far_row("1048576")), "Sheet: has more than 5000 rows or 500 columns"),
    "a row without end": (replaced(sheet=far_row("9" * 15)), "Sheet: has more than 5000 rows or 500 columns"),
    "a wide row": (
        replaced(sheet=START + b'<row r="1"><c r="XFD1"><v>1</v></c></row>' + END),
        "Sheet: has more than 5000 rows or 500 columns",
    ),
    "a row of no number": (replaced(sheet=far_row("zero")), f"Sheet: {NO_WORKBOOK}"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["nato", "sipri"])
@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_in_one_line(
    workbook: Path, data: Path, kind: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, text = HOSTILE[name]
    damage(workbook)
    before = sorted(path.name for path in (data / "releases").iterdir())
    assert main([kind, str(workbook), "--published-on", "2027-07-01", "--data", str(data)]) == 1
    assert capsys.readouterr().err == f"{workbook}: {text}\n"
    assert sorted(path.name for path in (data / "releases").iterdir()) == before


def bounded(
    *arguments: str, prepare: Callable[[], None] = lambda: None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the importers in a process that gets no more memory and time than is allowed."""
    limits = (
        "import resource, runpy, sys;"
        f"resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}));"
        f"resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}));"
        "sys.argv[0] = 'importers'; runpy.run_module('importers', run_name='__main__')"
    )
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-c", limits, *arguments],
        capture_output=True, text=True, check=False, cwd=DATA.parent, env=environment | variables,
        timeout=2 * SECONDS, preexec_fn=prepare,
    )  # fmt: skip


def noise(size: int) -> Iterator[bytes]:
    """Yield rows that do not pack well, so that no measure of packing tells them."""
    for row in range(1, size // 500):
        values = ((row * 10 + at) * 2654435761 % 2**32 for at in range(10))
        cells = (
            f'<c r="{"ABCDEFGHIJ"[at]}{row}"><v>{value}.{value}</v></c>'
            for at, value in enumerate(values)
        )
        yield f'<row r="{row}">{"".join(cells)}</row>'.encode()


@pytest.mark.parametrize("name", ["a bomb of entities", "a row without end", "a bomb", "a heap"])
def test_it_is_refused_within_bounds(workbook: Path, data: Path, name: str) -> None:
    if name == "a heap":
        heap = b"".join(noise(LARGEST_UNPACKED - MEGABYTE))
        rewrite(workbook, sheet=START + heap + END)
        text = "Sheet: has more than 5000 rows or 500 columns"
    else:
        damage, text = HOSTILE[name]
        damage(workbook)
    done = bounded("nato", str(workbook), "--published-on", "2027-07-01", "--data", str(data))
    assert (done.returncode, done.stderr) == (1, f"{workbook}: {text}\n")


def test_the_whole_of_sipri_is_read_within_bounds(
    sipri_folder: Path, data: Path, tmp_path: Path, release_sipri: Pack
) -> None:
    official = os.environ.get("SIPRI_WORKBOOK")
    file = Path(official) if official else tmp_path / "milex.xlsx"
    if not official:
        write_workbook(file, *release_sipri)
        told = sipri_folder / "release.yaml"
        assert release_sipri[0].sha256
        told.write_text(told.read_text().replace(release_sipri[0].sha256, sha256_of(file)))
    done = bounded("whole", str(file), str(data))
    assert (done.returncode, done.stderr) == (0, "")

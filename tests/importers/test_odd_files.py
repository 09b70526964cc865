"""Whatever is in data/ or named on a command line: one line with file and place, in bounded time.

Each command runs in a process of its own, with little memory and time, so that one that waits for
ever or takes all memory fails here too.
"""

import ctypes
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .test_hostile import bounded

RELEASE = "releases/nato-2024-06-17"
Break = Callable[[Path], None]

# Of Linux.
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def listener(path: Path) -> None:
    path.unlink()
    with socket.socket(socket.AF_UNIX) as bound:
        here = Path.cwd()
        os.chdir(path.parent)  # the path of a socket is short
        try:
            bound.bind(path.name)
        finally:
            os.chdir(here)


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def huge(path: Path) -> None:
    os.truncate(path, 2**40)


ODD: dict[str, tuple[Break, str]] = {
    "a pipe": (pipe, "is not a regular file"),
    "a device without end": (endless, "is not a regular file"),
    "a folder": (folder, "cannot be read: Is a directory"),
    "a socket": (listener, "cannot be read: No such device or address"),
    "a link to nothing": (dangling, "cannot be read: No such file or directory"),
    "a link to itself": (circle, "cannot be read: Too many levels of symbolic links"),
    "a terabyte": (huge, "is larger than "),
}
FILES = ("members.csv", "claims.csv", f"{RELEASE}/figures.csv", f"{RELEASE}/release.yaml")


def refusal(*arguments: str, prepare: Callable[[], None] = lambda: None, **variables: str) -> str:
    """Return the one line that a command ends with."""
    done = bounded(*arguments, prepare=prepare, **variables)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr[
        -2000:
    ]
    return done.stderr


def contents(data: Path) -> Iterator[Path]:
    yield from data.rglob("*")
    yield from data.with_name("data-local").rglob("*")


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("file", FILES)
def test_a_file_of_data_is_refused_by_a_load(
    data: Path, scratch_database: str, file: str, name: str
) -> None:
    damage, text = ODD[name]
    damage(data / file)
    assert refusal("load", str(data), DATABASE_URL=scratch_database).startswith(
        f"{data / file}: {text}"
    )


@pytest.mark.parametrize("name", ODD)
def test_a_file_that_says_more_is_refused(data: Path, name: str) -> None:
    damage, text = ODD[name]
    say = data / "say.yaml"
    say.touch()
    damage(say)
    before = sorted(contents(data))
    arguments = ("tidy", str(data / "members.csv"), "--say", str(say), "--data", str(data))
    assert refusal(*arguments).startswith(f"{say}: {text}")
    assert sorted(contents(data)) == before


@pytest.mark.parametrize("command", ["nato", "sipri", "tidy"])
@pytest.mark.parametrize(
    "name", [name for name in ODD if name not in ("a link to nothing", "a link to itself")]
)
def test_a_publishers_file_is_refused(data: Path, command: str, name: str) -> None:
    file = data / "file"
    file.touch()
    ODD[name][0](file)
    before = sorted(contents(data))
    line = refusal(command, str(file), "--published-on", "2027-07-01", "--data", str(data))
    assert line.startswith(f"{file}: is ")
    assert sorted(contents(data)) == before


@pytest.mark.parametrize("name", ODD)
def test_the_whole_of_a_workbook_is_refused(data: Path, name: str) -> None:
    file = data / "file"
    file.touch()
    ODD[name][0](file)
    assert refusal("whole", str(file), str(data)).startswith(f"{file}: ")


@pytest.mark.parametrize("name", ODD)
def test_a_record_of_a_withdrawal_is_refused_and_not_passed_over(data: Path, name: str) -> None:
    damage, text = ODD[name]
    record = data / RELEASE / "withdrawn.yaml"
    record.touch()
    damage(record)
    line = refusal("releases", "withdraw", "nato-2024-06-17", "--reason", "x", "--data", str(data))
    assert line.startswith(f"{record}: {text}")


@pytest.mark.parametrize("name", ["a pipe", "a link to itself", "a link to nothing"])
def test_a_folder_of_data_is_refused(data: Path, name: str) -> None:
    other = data.with_name("other")
    other.touch()
    ODD[name][0](other)
    assert refusal("package", str(other)).startswith(str(other))
    assert refusal("whole", str(data / "members.csv"), str(other)).startswith(
        str(data / "members.csv")
    )


# Of a release.yaml: what is added or put in place of something, and what the line then names.
DEEP = "[" * 100_000
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + at)}: &{chr(98 + at)} [{', '.join([f'*{chr(97 + at)}'] * 10)}]\n" for at in range(9)
)
HOSTILE_YAML = {
    "nested": (f"notes: {DEEP}", "line 1: is nested more than 20 deep"),
    "nested in blocks": ("- " * 5000, "line 1: is nested more than 20 deep"),
    "nested keys": ("? " * 5000, "line 1: is nested more than 20 deep"),
    "an alias bomb": (BOMB, "line 2: *a: is an alias: "),
    "a circle": ("notes: &a [*a]", "line 1: *a: is an alias: "),
    "a key that is false": (
        "id: x\ncurrencies: {DEU: EUR, no: NOK}",
        "line 2: no: is a key that YAML reads as bool: put it in quotes",
    ),
    "a key that is a number": ("2024: x", "line 1: 2024: is a key that YAML reads as int: "),
    "a key that is nothing": ("~: x", "line 1: ~: is a key that YAML reads as null: "),
    "a key that is a list": ("? [a, b]\n: x", "line 1: is a key that YAML reads as seq: "),
    "a key twice": ("id: x\nid: y", "line 2: id: is a key that is given twice"),
    "digits": (f"constant_base_year: {'9' * 5000}", f"line 1: {'9' * 999}…: is too long for a number"),
    "hexadecimal digits": (f"constant_base_year: 0x{'f' * 5000}", f"line 1: 0x{'f' * 997}…: is too long"),
    "minutes and seconds": (f"constant_base_year: 1{':1' * 5000}", "line 1: 1:1:1"),
    "half a character": ('title: "\\ud800"', "line 1: \ufffd: has a character that is no text"),
    "a zero byte": ('title: "\\0"', "line 1: \ufffd: has a character that is no text"),
    "a zero byte as it is": ("title: \0", "is not YAML: "),
    "bytes": ("title: !!binary aGVsbG8=", "line 1: binary: is a tag: leave it out"),
    "a set": ("currencies: !!set {a, b}", "line 1: set: is a tag: leave it out"),
    "no number by its tag": ('title: !!int ""', "line 1: int: is a tag: "),
    "no day by its tag": ('title: !!timestamp "x"', "line 1: timestamp: is a "),
    "no truth by its tag": ('title: !!bool "x"', "line 1: bool: is a tag: "),
    "a tag of one's own": ("title: !x y", "line 1: !x: is a tag: "),
    "code": ("title: !!python/object/apply:os.system [ls]", "line 1: python/object/apply:os.system: is a tag"),
    "a day that is none": ("published_on: 2024-02-30", "is not YAML: day is out of range for month"),
    "two documents": ("id: x\n---\nid: y", "is not YAML: "),
    "a tab": ("id:\n\t- x", "is not YAML: "),
    "no UTF-8": ("title: \udcff", "is not YAML: "),
    "a megabyte": ("title: " + "x" * 1_000_000, "is larger than 0.2 megabytes"),
    "a list": ("- x", "is not a list of keys"),
    "nothing": ("", "is not a list of keys"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_YAML)
@pytest.mark.parametrize("file", ["release.yaml", "withdrawn.yaml", "say.yaml"])
def test_yaml_is_refused_with_its_line(data: Path, file: str, name: str) -> None:
    content, text = HOSTILE_YAML[name]
    path = data / RELEASE / file
    path.write_bytes(os.fsencode(content))
    before = {at: at.read_bytes() for at in contents(data) if at.is_file()}
    arguments = {
        "release.yaml": ("package", str(data)),
        "withdrawn.yaml": ("releases", "withdraw", "nato-2024-06-17", "--reason", "x", "--data", str(data)),
        "say.yaml": ("tidy", str(data / "members.csv"), "--say", str(path), "--data", str(data)),
    }[file]  # fmt: skip
    assert refusal(*arguments).startswith(f"{path}: {text}")
    assert {at: at.read_bytes() for at in contents(data) if at.is_file()} == before


HOSTILE_CSV = {
    "a zero byte": (b"a,b\n1,\0\n", "line 2: has a zero byte: it is no text"),
    "no UTF-8": (b"a,b\n1,\xff\n", "cannot be read: 'utf-8' codec can't decode byte 0xff"),
    "a huge cell": (b"a,b\n1," + b"x" * 200_000, "line 2: cannot be read: field larger than field limit"),
    "a quote without end": (b'a,b\n1,"x\n', "line 2: cannot be read: unexpected end of data"),
    "zeros": (bytes(9_000_000), "line 1: has a zero byte: it is no text"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_CSV)
@pytest.mark.parametrize("file", ["members.csv", "summits.csv", f"{RELEASE}/figures.csv"])
def test_a_csv_is_refused_with_its_line(
    data: Path, scratch_database: str, file: str, name: str
) -> None:
    content, text = HOSTILE_CSV[name]
    (data / file).write_bytes(content)
    assert refusal("load", str(data), DATABASE_URL=scratch_database).startswith(
        f"{data / file}: {text}"
    )


def test_a_position_of_any_length_is_refused(data: Path, scratch_database: str) -> None:
    path = data / "summit_facts.csv"
    head, first, *rest = path.read_text("utf-8").splitlines()
    summit, _, facts = first.split(",", 2)
    path.write_text("\n".join([head, f"{summit},{'9' * 5000},{facts}", *rest, ""]), "utf-8")
    assert refusal("load", str(data), DATABASE_URL=scratch_database).startswith(
        f"{path}: row 2: {'9' * 999}…: is no position"
    )


def test_a_base_year_that_is_none_is_refused(data: Path) -> None:
    path = data / RELEASE / "release.yaml"
    path.write_text(
        path.read_text("utf-8").replace("constant_base_year: 2015", "constant_base_year: 20150")
    )
    assert refusal("package", str(data)) == f"{path}: constant_base_year: 20150: is no year\n"


def be_bound_by_permissions() -> None:
    """Give up, for the next program, what lets root read every file."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.mark.parametrize(
    ("command", "file"),
    [
        *(("package", file) for file in ("sources.csv", "releases", RELEASE, *FILES[2:])),
        ("tidy", "members.csv"),
        ("tidy", "file"),
        ("whole", "file"),
        ("nato", "file"),
    ],
)
def test_what_may_not_be_read_is_refused(data: Path, command: str, file: str) -> None:
    (data / "file").touch()
    arguments = (str(data / "file"), "--data", str(data)) if command != "package" else (str(data),)
    arguments = arguments if command != "whole" else (str(data / "file"), str(data))
    mode = (data / file).stat().st_mode
    (data / file).chmod(0)
    try:
        line = refusal(command, *arguments, prepare=be_bound_by_permissions)
    finally:
        (data / file).chmod(mode)
    assert line.startswith(str(data / file))
    assert line.endswith(": cannot be read: Permission denied\n")

"""All that a load reads, besides the database, in one checksum."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from importers.files import read_whole
from importers.packs import folders
from importers.refusals import RefusedError

CODE = Path(__file__).parent


def fingerprint(data: Path, local: Path | None) -> str | None:
    """Return a checksum of the files, where they lie, and of what reads them.

    None where one cannot be read: loading says so.
    """
    digest = hashlib.sha256(f"{sys.version} {yaml.__version__}".encode())
    try:
        for path in files(data, local):
            content = read_whole(path)
            digest.update(b"%b %d\n%b" % (bytes(path), len(content), content))
    except (OSError, RefusedError):
        return None
    return digest.hexdigest()


def files(data: Path, local: Path | None) -> Iterator[Path]:
    yield from sorted(CODE.glob("*.py"))
    yield from sorted(data.glob("*.csv"))
    for folder in folders(data, local):
        yield from sorted(path for path in folder.iterdir() if path.is_file())

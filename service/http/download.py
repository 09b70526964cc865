"""A file that is made once, kept on disk, and sent whole or from where a client left off."""

import functools
import hashlib
import os
import re
import shutil
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from threading import Lock
from typing import IO, NamedTuple

import marshmallow as ma
from flask import Flask, current_app
from werkzeug.http import parse_range_header

from service.problems import ProblemError
from service.storage.revision import Row
from service.storage.snapshot import Snapshot

from . import caching, parsing
from .answer import Answer, has_client
from .answers import provenance
from .endpoint import Endpoint, database
from .files import read_parts
from .headers import Fields, without_body
from .links import head_of, links_of
from .question import Question

# How many files a worker keeps at most; the one that was longest not asked for goes first.
MOST = 8

# A range that we give; any other is passed over, as RFC 9110 has it, and all is sent.
RANGE = re.compile(r"bytes=(\d+-\d*|-\d+)")

Chosen = tuple[Row, caching.Validators]
Write = Callable[[Snapshot, Row, IO[bytes]], None]


class Kept(NamedTuple):
    """A file on disk, with the checksum of its bytes."""

    path: Path
    sha256: str


class Shelf:
    """The files that a worker has made, in a directory that goes with it."""

    def __init__(self) -> None:
        self.making = Lock()
        self.lock = Lock()
        self.files: OrderedDict[tuple[str, str], Kept] = OrderedDict()

    @functools.cached_property
    def directory(self) -> Path:
        made = mkdtemp(prefix="burdenshare-")
        weakref.finalize(self, shutil.rmtree, made, ignore_errors=True)
        return Path(made)

    def find(self, name: str, version: str) -> Kept | None:
        with self.lock:
            found = self.files.get((name, version))
            if found is not None:
                self.files.move_to_end((name, version))
            return found

    def keep(self, name: str, version: str, write: Callable[[IO[bytes]], None]) -> Kept:
        """Make a file beside the others, and put it among them once it is whole."""
        path = self.directory / f"{name}.{version}"
        with TemporaryDirectory(dir=self.directory) as apart:
            half = Path(apart) / "half"
            with half.open("w+b") as file:
                write(file)
                file.seek(0)
                kept = Kept(path, hashlib.file_digest(file, "sha256").hexdigest())
            os.replace(half, path)
        with self.lock:
            self.files[name, version] = kept
            while len(self.files) > MOST:
                self.files.popitem(last=False)[1].path.unlink()
        return kept


@dataclass(frozen=True, eq=False, kw_only=True)
class Download(Endpoint):
    """An endpoint for a file of a release, whose view returns the release and the validators.

    `write` fills the file; only one is written at a time. `returns` describes it in the contract,
    and tells in its meta that it is of a release.
    """

    write: Write
    returns: type[ma.Schema]
    reads_database: bool = True

    def make(self, question: Question) -> Answer:
        with database().snapshot() as snapshot:
            parsing.parse(self.accepts, snapshot.codes, question.query_string)
            release, validators = self.view(snapshot, **question.arguments)
            kept = shelf().find(release["id"], validators.version)
        if kept is None:
            with shelf().making, database().file(), database().snapshot() as snapshot:
                release, validators = self.view(snapshot, **question.arguments)
                kept = shelf().find(release["id"], validators.version) or shelf().keep(
                    release["id"],
                    validators.version,
                    functools.partial(self.write, snapshot, release),
                )
        return sent(kept, release, validators, question)


def init_app(app: Flask) -> None:
    app.extensions["shelf"] = Shelf()


def shelf() -> Shelf:
    found = current_app.extensions["shelf"]
    assert isinstance(found, Shelf)
    return found


def sent(kept: Kept, release: Row, validators: caching.Validators, question: Question) -> Answer:
    """Return the file, or the part of it that is asked for; its tag is that of its bytes.

    It is kept on disk, and not in memory too.
    """
    validators = validators._replace(version=kept.sha256)
    body: Row = {"meta": provenance(release)}
    body["links"] = links_of(body, question)
    name = f"burdenshare_{release['id']}.zip"
    own = [
        *head_of(body, question, ()),
        ("Content-Disposition", f"attachment; filename={name}"),
        *caching.fields_of(validators, question),
    ]
    if has_client(own, validators, question.conditions):
        return Answer(304, without_body(own))
    size = kept.path.stat().st_size
    part = part_asked(question, own, size)
    begin, end = part or (0, size)
    own += [("Accept-Ranges", "bytes"), ("Content-Length", str(end - begin))]
    if part is not None:
        own.append(("Content-Range", f"bytes {begin}-{end - 1}/{size}"))
    answer = Answer(200 if part is None else 206, own)
    if not question.is_head:
        file = kept.path.open("rb")
        answer.parts, answer.close = read_parts(file, begin, end), file.close
    return answer


def part_asked(question: Question, own: Fields, size: int) -> tuple[int, int] | None:
    """Return from where to where, if `Range` asks for a part of just this file.

    If-Range compares strongly: it matches our ETag or our Last-Modified letter by letter, or not
    at all (RFC 9110, 13.1.5). Raises a 416 ProblemError for what begins beyond the end.
    """
    given, condition = question.conditions.byte_range, question.conditions.if_range
    if given is None or question.is_head or not RANGE.fullmatch(given):
        return None
    validators = [value for name, value in own if name in ("ETag", "Last-Modified")]
    if condition is not None and condition not in validators:
        return None
    asked = parse_range_header(given)
    # Werkzeug reads none in a range that ends before it begins.
    found = None if asked is None else asked.range_for_length(size)
    if found is None:
        problem = ProblemError(
            "range_not_satisfiable", "The server cannot provide the requested range."
        )
        problem.headers["Content-Range"] = f"bytes */{size}"
        raise problem
    return found

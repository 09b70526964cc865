"""A file that is made once, kept on disk, and sent whole or from where a client left off."""

import functools
import hashlib
import os
import shutil
import weakref
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from threading import Lock
from typing import IO, NamedTuple

import marshmallow as ma
from flask import Blueprint, Flask, Response, current_app, request, send_file

from schemas.base import NoParameters
from service.storage.database import Row, Snapshot

from . import caching, negotiation, parsing
from .answers import provenance, self_link
from .endpoint import View, database, route, with_origin
from .formats import Archive

# How many files a worker keeps at most; the one that was longest not asked for goes first.
MOST = 8

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


def download(
    blueprint: Blueprint, path: str, *, form: Archive, returns: type[ma.Schema], write: Write
) -> Callable[[View], View]:
    """Register a view that says of which release a file is asked for, and how fresh it stays.

    `write` fills the file; only one is written at a time. `returns` describes it in the
    contract, and tells in its meta that it is of a release.
    """

    def register(view: Callable[..., Chosen]) -> View:
        @functools.wraps(view)
        def answer(**path_parameters: str) -> Response:
            negotiation.choose(request.accept_mimetypes, form.media_type)
            parsing.check_path(path_parameters, path)
            with database().snapshot() as snapshot:
                parsing.parse(NoParameters, snapshot.codes)
                release, validators = view(snapshot, **path_parameters)
                kept = shelf().find(release["id"], validators.version)
            if kept is None:
                with shelf().making, database().file(), database().snapshot() as snapshot:
                    release, validators = view(snapshot, **path_parameters)
                    kept = shelf().find(release["id"], validators.version) or shelf().keep(
                        release["id"],
                        validators.version,
                        functools.partial(write, snapshot, release),
                    )
            return respond(kept, release, validators, form)

        return route(
            blueprint,
            path,
            answer,
            format=form,
            accepts=NoParameters,
            returns=returns,
            reads_database=True,
            example="",
            deprecated=None,
        )

    return register


def init_app(app: Flask) -> None:
    app.extensions["shelf"] = Shelf()


def shelf() -> Shelf:
    found = current_app.extensions["shelf"]
    assert isinstance(found, Shelf)
    return found


def respond(kept: Kept, release: Row, validators: caching.Validators, form: Archive) -> Response:
    """Answer with the file, or the part of it that is asked for; its tag is that of its bytes."""
    response = send_file(
        kept.path,
        form.media_type,
        as_attachment=True,
        download_name=f"burdenshare_{release['id']}.zip",
        conditional=False,
        etag=False,
    )
    body = {"links": {"self": self_link()}, "meta": provenance(release)}
    with_origin(response, body, form)
    caching.conditional(response, validators._replace(version=kept.sha256))
    del request.environ[caching.MADE_FROM]  # kept on disk, and not in memory too
    return caching.in_part(response)

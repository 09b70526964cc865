"""Content codings: zstd, br and gzip, for answers that are text."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple, Protocol

import brotli
import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

# Below this a coding saves no packet.
SMALLEST = 500
# Each stream of a file takes this much of a window, in bits: 256 kB.
WINDOW = 18

# Of what media types the bytes shrink: the others are packed already.
TEXTS = ("text/", "application/json", "application/x-ndjson", "application/yaml")
SUFFIXES = ("+json", "+xml", "+yaml", "+csv")


class Stream(Protocol):
    """Codes bytes as they come."""

    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class Coding(NamedTuple):
    """A content coding: its name, how a whole body is coded, and one that comes in parts."""

    name: str
    whole: Callable[[bytes], bytes]
    stream: Callable[[], Stream]


class BrotliStream:
    """brotli calls compress what the others call flush and so on."""

    def __init__(self) -> None:
        self.inner = brotli.Compressor(quality=5, lgwin=WINDOW)

    def compress(self, data: bytes, /) -> bytes:
        return bytes(self.inner.process(data))

    def flush(self) -> bytes:
        return bytes(self.inner.finish())


def zstd_stream() -> Stream:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=WINDOW)
    stream: Stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return stream


# Of codings that are equally welcome the first is taken: the fastest by far, and hardly larger.
CODINGS = (
    Coding("zstd", lambda body: zstandard.ZstdCompressor(level=3).compress(body), zstd_stream),
    Coding("br", lambda body: bytes(brotli.compress(body, quality=5)), BrotliStream),
    Coding(
        "gzip",
        lambda body: gzip.compress(body, 6, mtime=0),
        lambda: zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS),
    ),
)


@lru_cache(maxsize=1000)
def choose_coding(accept_encoding: str) -> Coding | None:
    """Return the coding that the header likes best, None for the plain bytes."""
    accepted = parse_accept_header(accept_encoding, Accept)
    best = max(CODINGS, key=lambda coding: accepted.quality(coding.name))
    return best if accepted.quality(best.name) > 0 else None


def is_text(media_type: str) -> bool:
    return media_type.startswith(TEXTS) or media_type.endswith(SUFFIXES)


def is_worth_it(body: bytes) -> bool:
    return len(body) >= SMALLEST


def coded(parts: Iterator[bytes], stream: Stream) -> Iterator[bytes]:
    for part in parts:
        if some := stream.compress(part):
            yield some
    yield stream.flush()

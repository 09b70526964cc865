"""Answers kept to be given again: as many as fit in so many bytes, the longest unused go first."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime

from service.http.caching import is_known
from service.http.headers import OF_A_BODY

Headers = list[tuple[bytes, bytes]]
# A question as it came: the parts of the request that an answer may depend on.
Spelling = tuple[bytes | str | None, ...]

# What an answer takes besides its body: headers in two versions, its keys, and Python's own.
OVERHEAD = 6000
# What a spelling takes besides its letters.
SPELLING = 500
# An answer that would push out this part of all others is not worth it.
LARGEST_SHARE = 8
# A question may be spelled in endless ways, with tracking parameters for one.
MOST_SPELLINGS = 20

OF_THE_BODY = {name.encode() for name in OF_A_BODY}


@dataclass(slots=True, eq=False)
class Entry:
    """One answer: made from a version of the data, or with None from the code alone."""

    key: Hashable
    version: str | None
    headers: Headers
    body: bytes
    etag: bytes  # strong, with its quotes
    modified_at: datetime | None
    route: str
    common: str  # what its lines in the log say of it
    bare: Headers | None = field(init=False, default=None)
    spellings: list[Spelling] = field(init=False, default_factory=list)

    @property
    def not_modified(self) -> Headers:
        """The fields of a 304, made for the first one: most answers never see one."""
        if self.bare is None:
            self.bare = [one for one in self.headers if one[0] not in OF_THE_BODY]
        return self.bare

    def is_known_to(self, match: bytes | None, since: bytes | None) -> bool:
        """Tell whether the client has it, by If-None-Match or, without that, If-Modified-Since."""
        if match == self.etag:
            return True
        return is_known(
            self.etag.decode("latin-1"),
            self.modified_at,
            None if match is None else match.decode("latin-1"),
            None if since is None else since.decode("latin-1"),
        )


class Entries:
    """The answers by canonical key, and by each spelling of the question that was met.

    Used by the event loop alone, so it needs no lock.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self.by_key: OrderedDict[Hashable, Entry] = OrderedDict()
        self.by_spelling: dict[Spelling, Entry] = {}

    def find(self, spelling: Spelling, version: str | None) -> Entry | None:
        """Return the answer to a question as it was spelled before, if it is of this version."""
        entry = self.by_spelling.get(spelling)
        return None if entry is None else self.current(entry, version)

    def find_canonical(
        self, key: Hashable, spelling: Spelling, version: str | None
    ) -> Entry | None:
        """Return the answer to a question, and remember this spelling of it."""
        entry = self.by_key.get(key)
        if entry is None or self.current(entry, version) is None:
            return None
        self.remember(entry, spelling)
        return entry

    def current(self, entry: Entry, version: str | None) -> Entry | None:
        if entry.version is not None and entry.version != version:
            self.drop(entry)
            return None
        self.by_key.move_to_end(entry.key)
        return entry

    def remember(self, entry: Entry, spelling: Spelling) -> None:
        if spelling in self.by_spelling:
            return  # of several that waited for the same answer
        if len(entry.spellings) >= MOST_SPELLINGS:
            self.forget(entry.spellings.pop(0))
        entry.spellings.append(spelling)
        self.by_spelling[spelling] = entry
        self.bytes += size_of(spelling)

    def forget(self, spelling: Spelling) -> None:
        if self.by_spelling.pop(spelling, None) is not None:
            self.bytes -= size_of(spelling)

    def add(self, entry: Entry, spelling: Spelling) -> None:
        if not self.has_room_for(len(entry.body)):
            return
        if (old := self.by_key.get(entry.key)) is not None:
            self.drop(old)
        self.by_key[entry.key] = entry
        self.bytes += len(entry.body) + OVERHEAD
        self.remember(entry, spelling)
        while self.by_key and self.bytes > self.most_bytes:
            self.drop(next(iter(self.by_key.values())))

    def has_room_for(self, size: int) -> bool:
        return size <= self.most_bytes // LARGEST_SHARE

    def drop(self, entry: Entry) -> None:
        del self.by_key[entry.key]
        self.bytes -= len(entry.body) + OVERHEAD
        for spelling in entry.spellings:
            self.forget(spelling)


def size_of(spelling: Spelling) -> int:
    return SPELLING + sum(map(len, filter(None, spelling)))

"""The ASGI application that gunicorn serves."""

import asyncio
import gc
import logging
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Flask

from service import clock
from service.http import caching, question
from service.http.caching import MADE_FROM
from service.http.endpoint import Plain
from service.http.headers import GUARDED, POLICY, POLICY_HEADER, SHARED
from service.http.host import are_schemes, is_host
from service.http.log import ROUTE, STARTED
from service.http.problems import RAISED
from service.http.question import Maker, Question, Routed
from service.http.rate_limit import RateLimit
from service.http.request_id import HEADER, PLAIN
from service.storage.database import Database
from service.storage.watch import Watch, version_of

from .entries import Entries, Entry, Headers, Spelling
from .record import Record, request_ids, told_of
from .threads import Threads
from .wsgi import Answer, Scope, as_fields, ask, environ_of

log = logging.getLogger("burdenshare")

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# More than the database's connections, for what needs none or waits for one: idle ones cost little.
SPARE_THREADS = 60
# Older news of the database than this is told as the answer's Age.
NEWS_S = 1.0
# As Cache-Control promises with stale-if-error.
LONGEST_WITHOUT_NEWS_S = 86_400
# A larger list in a file is not gathered to be kept: it goes through in little memory.
LARGEST_FILE = 2**17
# How much a client has SILENCE_S to take.
SLICE = 2**16
# A client that takes nothing of an answer in parts for so long is given up.
SILENCE_S = 10

REQUEST_ID = HEADER.lower().encode()
# How many more objects there may be before the collector looks through them, instead of 700.
YOUNG = 5000
# What makes an answer another one in ways that are not kept.
PARTICULAR = {b"range", b"if-range", b"content-length", b"transfer-encoding", b"expect"}
# What each answer in JSON has, whatever it is of.
OF_ALL = as_fields((SHARED | GUARDED | {POLICY_HEADER: POLICY}).items())
NOTHING: Mapping[str, Any] = {}
# Of one request alone.
OF_ONE_REQUEST = {REQUEST_ID, b"date", b"ratelimit", b"ratelimit-policy", b"connection", b"age"}


class Front:
    """Answers from memory what it can, makes what is plain, and asks Flask for the rest."""

    def __init__(self, app: Flask) -> None:
        config = app.config["BURDENSHARE"]
        self.app = app
        self.trusted_proxies = config.trusted_proxies
        self.limit: RateLimit | None = app.extensions.get("rate_limit")
        self.watch = Watch(config)
        self.entries = Entries(config.cache_bytes)
        self.flights: dict[Hashable, asyncio.Future[None]] = {}
        self.ids = request_ids()
        self.record = Record()
        self.threads = Threads(config.pool_size + SPARE_THREADS, "flask")
        # What goes on with a file, or ends it, never queues behind those who wait for its place.
        self.going_on = Threads(config.pool_size + SPARE_THREADS, "file")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.live(scope, receive, send)
            return
        began = time.monotonic()
        headers = dict(scope["headers"])
        given = headers.get
        spelling: Spelling = (
            scope["raw_path"],
            scope["query_string"],
            given(b"accept"),
            given(b"accept-encoding"),
            given(b"host"),
            given(b"x-forwarded-proto"),
            scope["scheme"],
        )
        age = began - self.watch.heard_at
        may_answer = self.may_answer(scope, headers, age)
        entry = self.entries.find(spelling, self.watch.version) if may_answer else None
        is_new = False
        if entry is None:
            entry, is_new = await self.miss(scope, headers, spelling, may_answer, receive, send)
        if entry is None:
            return
        match, since = given(b"if-none-match"), given(b"if-modified-since")
        if (match or since) and entry.is_known_to(match, since):
            status, fields, body = 304, entry.not_modified.copy(), b""
        else:
            status, fields = 200, entry.headers.copy()
            body = entry.body if scope["method"] == "GET" else b""
        request_id = self.id_of(headers)
        fields.append((REQUEST_ID, request_id))
        if age > NEWS_S and entry.version is not None and not is_new:
            fields.append((b"age", b"%d" % age))
        if self.limit is not None:
            said = self.limit.counted(self.address(scope, headers), status)
            fields += as_fields(said.items())
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})
        self.record.add(scope["method"], entry, status, request_id, began, is_new)

    def may_answer(self, scope: Scope, headers: dict[bytes, bytes], age: float) -> bool:
        """Tell whether a request is one that is answered alike whoever sends it."""
        return (
            (scope["method"] == "GET" or scope["method"] == "HEAD")
            and PARTICULAR.isdisjoint(headers)
            and len(headers) == len(scope["headers"])  # none is given twice
            and age < LONGEST_WITHOUT_NEWS_S
            and (self.limit is None or self.limit.admits(self.address(scope, headers)))
        )

    def address(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        peer = scope["client"][0] if scope["client"] else "unknown"
        said = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        # As ProxyFix reads it: each trusted proxy has added one at the end.
        if 0 < self.trusted_proxies <= len(said):
            return said[-self.trusted_proxies].strip() or str(peer)
        return str(peer)

    async def miss(
        self,
        scope: Scope,
        headers: dict[bytes, bytes],
        spelling: Spelling,
        may_answer: bool,
        receive: Receive,
        send: Send,
    ) -> tuple[Entry | None, bool]:
        """Return the answer, and whether it is new; or None where Flask has answered.

        It may be there as that to the same question in other words. Of equal questions at once the
        first one is asked, and the others wait for what it gets.
        """
        asked = self.asked(scope, headers) if may_answer else None
        if asked is None:
            await self.forward(scope, receive, send, None, spelling)
            return None, False
        # Some answers name the address that they were asked at.
        key = (*asked, headers.get(b"host"), headers.get(b"x-forwarded-proto"), scope["scheme"])
        entry = self.entries.find_canonical(key, spelling, self.watch.version)
        if entry is None and key in self.flights:
            await asyncio.wait([self.flights[key]])
            entry = self.entries.find_canonical(key, spelling, self.watch.version)
        if entry is not None:
            return entry, False
        flight = self.flights[key] = asyncio.get_running_loop().create_future()
        try:
            return await self.make(scope, receive, send, asked, key, spelling), True
        finally:
            self.land(key, flight)

    def land(self, key: Hashable, flight: "asyncio.Future[None]") -> None:
        """Let those who wait for an answer go on."""
        if not flight.done():
            flight.set_result(None)
        if self.flights.get(key) is flight:
            del self.flights[key]

    def asked(self, scope: Scope, headers: dict[bytes, bytes]) -> Question | None:
        """Return the question in one spelling, or None where only Flask can tell."""
        host = headers.get(b"host")
        if host is None or not is_host(host.decode("latin-1")):
            return None  # without one, all depends on the version of HTTP
        scheme = headers.get(b"x-forwarded-proto")
        if scheme and self.trusted_proxies and not are_schemes(scheme.decode("latin-1")):
            return None
        return question.read(
            self.app,
            scope["raw_path"],
            scope["query_string"],
            headers.get(b"accept", b"").decode("latin-1"),
            headers.get(b"accept-encoding", b"").decode("latin-1"),
        )

    async def make(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        asked: Question,
        key: Hashable,
        spelling: Spelling,
    ) -> Entry | None:
        """Make a plain answer, and keep it; whatever is none, Flask answers.

        What fails is handed to Flask too, which says it in its form, with its line in the log.
        """
        leading = question.maker(self.app, asked, scope["query_string"])
        if leading is None:
            await self.forward(scope, receive, send, key, spelling)
            return None
        (found, maker), today, began = leading, clock.today(), time.monotonic()
        attempt = Attempt(maker)
        is_given_up = False
        try:
            await self.threads.run(attempt.make)
        except asyncio.CancelledError:
            is_given_up = True
        if attempt.plain is None:
            failed = {RAISED: attempt.taken_error(), STARTED: began}
            if is_given_up:
                environ = environ_of(scope) | failed
                await self.threads.run(ask, self.app, environ, Answer())
                raise asyncio.CancelledError
            await self.forward(scope, receive, send, key, spelling, failed)
            return None
        entry = plain_entry(attempt.plain, key, found, today)
        if self.is_current(entry.version):
            self.entries.add(entry, spelling)
        if is_given_up:
            self.tell_nobody(scope, entry, began)
            raise asyncio.CancelledError
        return entry

    def tell_nobody(self, scope: Scope, entry: Entry, began: float) -> None:
        """Count and log an answer whose client has gone meanwhile."""
        headers = dict(scope["headers"])
        if self.limit is not None:
            self.limit.counted(self.address(scope, headers), 200)
        self.record.add(scope["method"], entry, 200, self.id_of(headers), began, True)

    def id_of(self, headers: dict[bytes, bytes]) -> bytes:
        """Return the id of a request: the client's own where it is a plain one, else a new one."""
        given = headers.get(REQUEST_ID)
        if given is None or not PLAIN.fullmatch(given.decode("latin-1")):
            return next(self.ids)
        return given

    async def forward(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        key: Hashable | None,
        spelling: Spelling,
        known: Mapping[str, Any] = NOTHING,
    ) -> None:
        """Answer with what Flask answers, and keep that under the key.

        `known` is what its environment has besides what WSGI asks for.
        """
        answer, environ, today = Answer(), {**environ_of(scope), **known}, clock.today()
        flight = self.flights.get(key)
        try:
            await self.threads.run(ask, self.app, environ, answer)
            entry = None if key is None else self.entry_of(answer, environ, key, today)
            if entry is not None and answer.parts is None:
                self.entries.add(entry, spelling)
            if key is not None and flight is not None:
                self.land(key, flight)
            await send(
                {
                    "type": "http.response.start",
                    "status": answer.status,
                    "headers": answer.headers,
                }
            )
            if answer.parts is None:
                await send({"type": "http.response.body", "body": answer.body})
            else:
                body = await self.stream(answer, receive, send, entry is not None)
                if entry is not None and body is not None:
                    if not has_length(answer):
                        entry.headers.append((b"content-length", b"%d" % len(body)))
                    entry.body = body
                    self.entries.add(entry, spelling)
        finally:
            if answer.parts is not None:
                await self.going_on.run(answer.close)

    async def stream(
        self, answer: Answer, receive: Receive, send: Send, is_kept: bool
    ) -> bytes | None:
        """Send an answer in parts; return it whole if it is kept and small enough.

        What fails in the middle leaves it without an end: gunicorn then closes the connection, and
        the client sees that the rest is missing.
        """
        kept: list[bytes] | None = [] if is_kept else None
        size = 0
        # One whose length is known is in memory already.
        most = self.entries.most_bytes if has_length(answer) else LARGEST_FILE
        gone = asyncio.ensure_future(until_gone(receive))
        try:
            assert answer.parts is not None
            while (part := await self.going_on.run(next, answer.parts, None)) is not None:
                size += len(part)
                kept = kept if size <= most and self.entries.has_room_for(size) else None
                if kept is not None:
                    kept.append(part)
                for begin in range(0, len(part), SLICE):
                    if gone.done():
                        return None
                    some = part[begin : begin + SLICE]
                    async with asyncio.timeout(SILENCE_S):
                        await send({"type": "http.response.body", "body": some, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            log.warning("a client took nothing of an answer for %s s", SILENCE_S)
            return None
        except ConnectionResetError:
            return None  # broken off by ourselves, which is logged where it was decided
        finally:
            gone.cancel()
        return None if kept is None else b"".join(kept)

    def entry_of(
        self, answer: Answer, environ: dict[str, Any], key: Hashable, today: date
    ) -> Entry | None:
        """Return what is to be kept of an answer, if it may be given again."""
        may_be_kept = answer.status == 200 and environ["REQUEST_METHOD"] == "GET"
        if not (may_be_kept and MADE_FROM in environ and b"etag" in dict(answer.headers)):
            return None
        fields = [field for field in answer.headers if field[0] not in OF_ONE_REQUEST]
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        route, revision = environ.get(ROUTE, "none"), environ[MADE_FROM]
        entry = entry_from(fields, answer.body, revision, today, key, route, path)
        return entry if self.is_current(entry.version) else None

    def is_current(self, version: str | None) -> bool:
        """Tell whether an answer of this version may be given again."""
        if version in (None, self.watch.version):
            return True
        self.watch.hurry()
        return False

    async def live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Start and stop with the worker; refuse whatever else is not HTTP."""
        if scope["type"] != "lifespan":
            await send({"type": "websocket.close"})
            return
        while (await receive())["type"] == "lifespan.startup":
            self.watch.start()
            # What was made so far stays: the collector need not look through it again and
            # again, nor through what is new for every dozen answers.
            gc.collect()
            gc.freeze()
            gc.set_threshold(YOUNG)
            await send({"type": "lifespan.startup.complete"})
        self.close()
        await send({"type": "lifespan.shutdown.complete"})

    def close(self) -> None:
        """Write what is still to be written, and give back what the worker holds."""
        self.record.flush()
        self.watch.stop()
        self.threads.shutdown()
        self.going_on.shutdown()
        database = self.app.extensions["database"]
        assert isinstance(database, Database)
        database.close()


@dataclass(slots=True)
class Attempt:
    """A plain answer as it is made: what it came to is known also when nobody waits for it."""

    maker: Maker
    plain: Plain | None = None
    error: Exception | None = None

    def make(self) -> None:
        try:
            self.plain = self.maker()
        except Exception as error:
            self.error = error

    def taken_error(self) -> Exception | None:
        """Return what it failed with, and keep it no longer: it keeps this, by its traceback."""
        error, self.error = self.error, None
        return error


def plain_entry(plain: Plain, key: Hashable, found: Routed, today: date) -> Entry:
    """Return a plain answer with the fields that all answers have."""
    own = as_fields(plain.fields)
    revision = plain.validators.revision
    return entry_from(own + OF_ALL, plain.body, revision, today, key, found.route, found.path)


def entry_from(
    headers: Headers,
    body: bytes,
    revision: str | None,
    today: date,
    key: Hashable,
    route: str,
    path: str,
) -> Entry:
    """Return an answer as it is kept, with what its headers say of it."""
    fields = dict(headers)
    return Entry(
        key,
        None if revision is None else version_of(revision, today),
        headers,
        body,
        fields[b"etag"],
        read_date(fields.get(b"last-modified", b"").decode("latin-1")),
        route,
        told_of(route, path, fields.get(b"x-data-release", b"").decode("latin-1") or None),
    )


# One for each revision of the data, and each year.
read_date = lru_cache(100)(caching.read_date)


def has_length(answer: Answer) -> bool:
    return any(name == b"content-length" for name, _ in answer.headers)


async def until_gone(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass

"""The ASGI application that gunicorn serves: the response cache, and two doors behind it.

A question that an endpoint can answer goes to it in a thread; everything else goes to Flask.
"""

import asyncio
import gc
import logging
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping, MutableMapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Flask

from service import clock
from service.http import caching
from service.http.access_log import common_part
from service.http.answer import Answer
from service.http.files import BrokenOffError
from service.http.headers import REQUEST_ID
from service.http.probes import PROBES
from service.http.rate_limit import RateLimit
from service.http.request_id import PLAIN
from service.storage.database import Database
from service.storage.watch import Watch, version_of

from .entries import Entries, Entry, Headers, Spelling
from .reading import Asked, Reader, Scope
from .record import Record, request_ids
from .threads import Threads
from .wsgi import as_fields, ask_flask

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

ID_FIELD = REQUEST_ID.lower().encode()
# How many more objects there may be before the collector looks through them, instead of 700.
YOUNG = 5000
# Headers that change the response but are not part of the cache key.
PARTICULAR = {b"range", b"if-range", b"content-length", b"transfer-encoding", b"expect"}


class Exchange(NamedTuple):
    """A request, and the way back to its client."""

    scope: Scope
    headers: dict[bytes, bytes]
    receive: Receive
    send: Send
    request_id: bytes
    began: float

    @property
    def method(self) -> str:
        return str(self.scope["method"])


class Front:
    """Serves cached answers, asks endpoints for new ones, and leaves the rest to Flask."""

    def __init__(self, app: Flask) -> None:
        config = app.config["BURDENSHARE"]
        self.app = app
        self.limit: RateLimit | None = app.extensions.get("rate_limit")
        self.reader = Reader(app, config.trusted_proxies)
        self.watch = Watch(config)
        self.entries = Entries(config.cache_bytes)
        self.flights: dict[Hashable, asyncio.Future[None]] = {}
        self.ids = request_ids()
        self.record = Record()
        self.threads = Threads(config.pool_size + SPARE_THREADS, "answer")
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
        request_id = self.id_of(headers)
        is_new = False
        if entry is None:
            exchange = Exchange(scope, headers, receive, send, request_id, began)
            entry, is_new = await self.miss(exchange, spelling, may_answer)
        if entry is None:
            return
        match, since = given(b"if-none-match"), given(b"if-modified-since")
        if (match or since) and entry.is_known_to(match, since):
            status, fields, body = 304, entry.not_modified.copy(), b""
        else:
            status, fields = 200, entry.headers.copy()
            body = entry.body if scope["method"] == "GET" else b""
        fields.append((ID_FIELD, request_id))
        if age > NEWS_S and entry.version is not None and not is_new:
            fields.append((b"age", b"%d" % age))
        if self.limit is not None:
            said = self.limit.counted(self.reader.address(scope, headers), status)
            fields += as_fields(said.items())
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})
        self.record.add(
            scope["method"], entry.route, entry.common, status, request_id, began, not is_new
        )

    def may_answer(self, scope: Scope, headers: dict[bytes, bytes], age: float) -> bool:
        """Tell whether a request is one that is answered alike whoever sends it."""
        return (
            (scope["method"] == "GET" or scope["method"] == "HEAD")
            and PARTICULAR.isdisjoint(headers)
            and len(headers) == len(scope["headers"])  # none is given twice
            and age < LONGEST_WITHOUT_NEWS_S
            and (self.limit is None or self.limit.admits(self.reader.address(scope, headers)))
        )

    def id_of(self, headers: dict[bytes, bytes]) -> bytes:
        """Return the id of a request: the client's own where it is a plain one, else a new one."""
        given = headers.get(ID_FIELD)
        if given is None or not PLAIN.fullmatch(given.decode("latin-1")):
            return next(self.ids)
        return given

    async def miss(
        self, exchange: Exchange, spelling: Spelling, may_answer: bool
    ) -> tuple[Entry | None, bool]:
        """Return the answer, and whether it is new; or None where the client has it already.

        It may be there as that to the same question in other words. Of equal questions at once the
        first one is asked, and the others wait for what it gets.
        """
        scope, headers = exchange.scope, exchange.headers
        asked = self.reader.read(scope, headers, exchange.request_id) if may_answer else None
        if asked is None:
            await self.forward(exchange)
            return None, False
        entry = self.entries.find_canonical(asked.key, spelling, self.watch.version)
        if entry is None and asked.key in self.flights:
            await asyncio.wait([self.flights[asked.key]])
            entry = self.entries.find_canonical(asked.key, spelling, self.watch.version)
        if entry is not None:
            return entry, False
        flight = self.flights[asked.key] = asyncio.get_running_loop().create_future()
        try:
            return await self.make(exchange, spelling, asked, flight), True
        finally:
            self.land(asked.key, flight)

    def land(self, key: Hashable, flight: "asyncio.Future[None]") -> None:
        """Let those who wait for an answer go on."""
        if not flight.done():
            flight.set_result(None)
        if self.flights.get(key) is flight:
            del self.flights[key]

    async def make(
        self,
        exchange: Exchange,
        spelling: Spelling,
        asked: Asked,
        flight: "asyncio.Future[None]",
    ) -> Entry | None:
        """Ask the endpoint, and keep its answer if it may be given again.

        Return None for one that is sent already. Once begun, an answer is logged and kept also
        when its client goes.
        """
        if asked.endpoint.path in PROBES:
            self.record.flush()  # so that /metrics counts what was answered before it
        today, made = clock.today(), list[Answer]()
        is_given_up = False
        try:
            await self.threads.run(self.ask, asked, made)
        except asyncio.CancelledError:
            is_given_up = True
        [answer] = made
        entry = entry_from(answer, asked, today) if answer.is_reusable else None
        is_kept = entry is not None and self.is_current(entry)
        if entry is not None and is_kept and answer.parts is None:
            self.entries.add(entry, spelling)
        if is_given_up:
            self.count(exchange, asked, answer)
            if answer.parts is not None:
                await self.going_on.run(answer.close)
            raise asyncio.CancelledError
        if entry is not None and answer.parts is None:
            return entry
        self.land(asked.key, flight)
        fields = as_fields(answer.fields)
        fields.append((ID_FIELD, exchange.request_id))
        fields += as_fields(self.count(exchange, asked, answer).items())
        body = await self.give(exchange, answer, fields, is_kept)
        if entry is not None and body is not None:
            entry.headers.append((b"content-length", b"%d" % len(body)))
            entry.body = body
            self.entries.add(entry, spelling)
        return None

    def ask(self, asked: Asked, made: list[Answer]) -> None:
        with self.app.app_context():
            made.append(asked.endpoint.answer(asked.question))

    def is_current(self, entry: Entry) -> bool:
        """Tell whether an answer may be kept: it is of the revision that was last heard of."""
        if entry.version in (None, self.watch.version):
            return True
        self.watch.hurry()
        return False

    def count(self, exchange: Exchange, asked: Asked, answer: Answer) -> Mapping[str, str]:
        """Log and count an answer of an endpoint; return what the rate limit says of it."""
        release = dict(answer.fields).get("X-Data-Release")
        self.record.add(
            exchange.method,
            asked.endpoint.path,
            common_part(asked.endpoint.path, asked.question.path, release),
            answer.status,
            exchange.request_id,
            exchange.began,
            False,
        )
        if self.limit is None or asked.endpoint.path in PROBES:
            return {}
        address = self.reader.address(exchange.scope, exchange.headers)
        return self.limit.counted(address, answer.status)

    async def forward(self, exchange: Exchange) -> None:
        """Send what Flask answers; it logs and counts that itself."""
        answer = Answer(500, [])
        try:
            await self.threads.run(ask_flask, self.app, exchange.scope, answer)
        except asyncio.CancelledError:
            if answer.parts is not None:
                await self.going_on.run(answer.close)
            raise
        await self.give(exchange, answer, as_fields(answer.fields), False)

    async def give(
        self, exchange: Exchange, answer: Answer, fields: Headers, is_kept: bool
    ) -> bytes | None:
        """Send an answer; return the body of one in parts if it is kept and small enough."""
        start = {"type": "http.response.start", "status": answer.status, "headers": fields}
        if answer.parts is None:
            await exchange.send(start)
            body = b"" if exchange.method == "HEAD" else answer.body
            await exchange.send({"type": "http.response.body", "body": body})
            return None
        try:
            await exchange.send(start)
            return await self.stream(exchange, answer, is_kept)
        finally:
            await self.going_on.run(answer.close)

    async def stream(self, exchange: Exchange, answer: Answer, is_kept: bool) -> bytes | None:
        """Send a body in parts; return it whole if it is kept and small enough.

        What fails in the middle leaves it without an end: gunicorn then closes the connection, and
        the client sees that the rest is missing.
        """
        kept: list[bytes] | None = [] if is_kept else None
        size = 0
        gone = asyncio.ensure_future(until_gone(exchange.receive))
        try:
            assert answer.parts is not None
            while (part := await self.going_on.run(next, answer.parts, None)) is not None:
                size += len(part)
                kept = kept if size <= LARGEST_FILE and self.entries.has_room_for(size) else None
                if kept is not None:
                    kept.append(part)
                for begin in range(0, len(part), SLICE):
                    if gone.done():
                        return None
                    some = part[begin : begin + SLICE]
                    message = {"type": "http.response.body", "body": some, "more_body": True}
                    async with asyncio.timeout(SILENCE_S):
                        await exchange.send(message)
            await exchange.send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            log.warning("a client took nothing of an answer for %s s", SILENCE_S)
            return None
        except BrokenOffError:
            return None  # logged where it was decided
        finally:
            gone.cancel()
        return None if kept is None else b"".join(kept)

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


def entry_from(answer: Answer, asked: Asked, today: date) -> Entry:
    """Return an answer as it is kept, with what its headers say of it."""
    fields = dict(answer.fields)
    return Entry(
        asked.key,
        None if answer.revision is None else version_of(answer.revision, today),
        as_fields(answer.fields),
        answer.body,
        fields["ETag"].encode(),
        read_date(fields.get("Last-Modified", "")),
        asked.endpoint.path,
        common_part(asked.endpoint.path, asked.question.path, fields.get("X-Data-Release")),
    )


# One for each revision of the data, and each year.
read_date = lru_cache(100)(caching.read_date)


async def until_gone(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass

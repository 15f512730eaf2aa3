"""A TCP proxy on loopback. It runs on a thread of its own; its methods may be called from any other.

It takes in whatever a sender has written, at once, and passes it on at its own pace: what is counted is counted when it was written.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum

from .begun import Begun, RequestReader
from .framing import PDU, Cursor, Framing

# So many bytes are passed on at a time: less than a TLS record or a PDU holds, so that there is a middle.
CHUNK_BYTES = 8 << 10
CALL_SECONDS = 10
# SO_LINGER with 0 seconds: closing is a RST.
AT_ONCE = struct.pack("ii", 1, 0)


class Way(Enum):
    """A direction."""

    TO_SERVER = "to the server"
    TO_CLIENT = "to the client"


class Deed(Enum):
    """What befalls a connection in the middle of a frame."""

    RESET = "reset"
    CLOSE = "closed"
    STALL = "stalled"


@dataclass
class Strike:
    """To be done once, in that direction, in the middle of the first frame after so many bytes."""

    way: Way
    after: int
    deed: Deed
    done: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False)
class Link:
    """A connection through the proxy."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    flows: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared while it is stalled."""
    ways_left: int = 2
    """Directions in which more may come."""


class Proxy:
    """Passes connections on to a port of this machine. `pace` bounds the bytes a second to the server, over all connections; 0: no bound."""

    def __init__(self, target: int, framing: Framing, pace: float = 0) -> None:
        self._target, self._framing, self._pace = target, framing, pace
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.begun: list[Begun] = []
        """The C-STORE requests that passed, where PDUs do."""
        self._links: set[Link] = set()
        self._strikes: list[Strike] = []
        self._passes = asyncio.Event()
        self._passes.set()
        self._next = 0.0
        self._tasks: set[asyncio.Task] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"proxy {self.port}", daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._call(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_SECONDS)

    def strike(self, way: Way, after: int, deed: Deed) -> Strike:
        """Does that to the connection whose bytes come to that place; counts from now."""
        strike = Strike(way, after, deed)
        self._loop.call_soon_threadsafe(self._strikes.append, strike)
        return strike

    def hole(self) -> None:
        """From now on nothing passes, nothing is refused and nothing is closed, as if the other machine were switched off."""
        self._call(self._stall(self._passes.clear))

    def forget(self) -> None:
        """Nothing passes over the present connections any more; later ones are as good as ever. So a firewall does whose table was full."""
        self._call(self._stall(lambda: None))

    def heal(self) -> None:
        """Everything passes again; what was held back goes on where it was."""
        self._call(self._heal())

    def reset(self) -> None:
        """Every connection ends with a RST, as after a restart of the machine behind it."""
        self._call(self._reset())

    def _call(self, work: Coroutine) -> None:
        done: Future = asyncio.run_coroutine_threadsafe(work, self._loop)
        done.result(CALL_SECONDS)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._accept, sock=self._listener)

    async def _close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await self._reset()

    async def _stall(self, first: Callable[[], None]) -> None:
        first()
        for link in self._links:
            link.flows.clear()

    async def _heal(self) -> None:
        self._passes.set()
        for link in self._links:
            link.flows.set()

    async def _reset(self) -> None:
        for link in list(self._links):
            self._end(link, Deed.RESET)

    async def _accept(self, from_client: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        await self._passes.wait()
        try:
            from_server, server = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            # Nobody listens there: whoever called is to see that as he would without us.
            _close(client, Deed.RESET)
            return
        link = Link(client, server)
        self._links.add(link)
        if self._passes.is_set():
            link.flows.set()
        for way, reader, writer in ((Way.TO_SERVER, from_client, server), (Way.TO_CLIENT, from_server, client)):
            taken: asyncio.Queue[bytes] = asyncio.Queue()
            self._begin(self._take(link, reader, taken, self._observer(way)))
            self._begin(self._pass(link, way, taken, writer))

    def _begin(self, work: Coroutine) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take(self, link: Link, reader: asyncio.StreamReader, taken: asyncio.Queue[bytes], observe: Callable[[bytes], None]) -> None:
        """Reads all that comes; an empty chunk is the end. An association has one object under way: what waits is bounded by that."""
        try:
            while chunk := await reader.read(CHUNK_BYTES):
                observe(chunk)
                taken.put_nowait(chunk)
            taken.put_nowait(b"")
        except OSError:
            self._end(link, Deed.RESET)

    async def _pass(self, link: Link, way: Way, taken: asyncio.Queue[bytes], writer: asyncio.StreamWriter) -> None:
        cursor = Cursor(self._framing)
        try:
            while chunk := await taken.get():
                await link.flows.wait()
                await self._wait(way, len(chunk))
                strike, place = self._due(cursor, way, chunk)
                if strike is not None and await self._befall(link, writer, chunk[:place], strike):
                    return
                writer.write(chunk[place:])
                await writer.drain()
            await link.flows.wait()
            self._half_close(link, writer)
        except OSError:
            self._end(link, Deed.RESET)

    def _half_close(self, link: Link, writer: asyncio.StreamWriter) -> None:
        link.ways_left -= 1
        if link.ways_left == 0:
            self._end(link, Deed.CLOSE)
        elif link in self._links:
            writer.write_eof()

    def _observer(self, way: Way) -> Callable[[bytes], None]:
        if way is not Way.TO_SERVER or self._framing is not PDU:
            return lambda chunk: None
        requests = RequestReader()
        return lambda chunk: self.begun.extend(requests.take(chunk))

    async def _wait(self, way: Way, count: int) -> None:
        if way is Way.TO_SERVER and self._pace:
            now = self._loop.time()
            self._next = max(now, self._next) + count / self._pace
            await asyncio.sleep(self._next - now)

    def _due(self, cursor: Cursor, way: Way, chunk: bytes) -> tuple[Strike | None, int]:
        """The strike that falls within these bytes and where; without one None and 0. Counts them for the one that is due next."""
        strike = next((strike for strike in self._strikes if strike.way is way), None)
        place = cursor.middle(chunk, max(strike.after, 1) if strike else len(chunk))
        if strike is None:
            return None, 0
        strike.after -= len(chunk)
        if place is None:
            return None, 0
        self._strikes.remove(strike)
        return strike, place

    async def _befall(self, link: Link, writer: asyncio.StreamWriter, before: bytes, strike: Strike) -> bool:
        """Passes on what comes before the place, and does the deed; whether that was the connection's end."""
        writer.write(before)
        await writer.drain()
        if strike.deed is Deed.STALL:
            link.flows.clear()
        else:
            self._end(link, strike.deed)
        strike.done.set()
        await link.flows.wait()
        return strike.deed is not Deed.STALL

    def _end(self, link: Link, deed: Deed) -> None:
        self._links.discard(link)
        # Who waits for it is to find it closed.
        link.flows.set()
        for writer in (link.client, link.server):
            _close(writer, deed)


def _close(writer: asyncio.StreamWriter, deed: Deed) -> None:
    raw = writer.get_extra_info("socket")
    if deed is Deed.RESET and raw is not None and raw.fileno() >= 0:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        writer.transport.abort()
    else:
        writer.close()

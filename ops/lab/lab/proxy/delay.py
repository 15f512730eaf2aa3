"""A long way: a TCP proxy on loopback that passes every byte on later, and none slower."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress

# So many bytes are taken at a time, and so many such pieces may be on their way in one direction: more than any window needs here.
PIECE_BYTES = 256 << 10
PIECES_ON_THE_WAY = 1024


class Delay:
    """Passes connections on to a port of this machine, `one_way` seconds later in each direction; a context manager that ends it."""

    def __init__(self, target: int, one_way: float) -> None:
        self._target, self._one_way = target, one_way
        listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve(listener)], daemon=True)
        self._thread.start()

    def __enter__(self) -> "Delay":
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self, listener: socket.socket) -> None:
        server = await asyncio.start_server(self._connect, sock=listener, limit=PIECE_BYTES)
        async with server:
            await self._ended.wait()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await task

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target, limit=PIECE_BYTES)
        # Cancelled is who is on the way when the context manager ends; asyncio's streams would call that an error.
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(self._carry(reader, back), self._carry(there, writer))
        for end in (back, writer):
            end.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction, to its end. What is read is passed on when its time has come, while more is read."""
        way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(PIECES_ON_THE_WAY)
        delivery = asyncio.ensure_future(self._deliver(way, writer))
        try:
            piece = b" "
            while piece:
                piece = await reader.read(PIECE_BYTES)
                await way.put((self._loop.time() + self._one_way, piece))
            await delivery
        finally:
            delivery.cancel()

    async def _deliver(self, way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while True:
            due, piece = await way.get()
            await asyncio.sleep(due - self._loop.time())
            if not piece:
                with suppress(OSError):
                    writer.write_eof()
                return
            writer.write(piece)
            await writer.drain()

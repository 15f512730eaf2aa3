"""Attacks that are to be bounded: floods of connections and of lines. Each says what it tried, and how many of its connections it still had at its end."""

from __future__ import annotations

import asyncio
import ssl
import time

from .line import REPLY_SECONDS, Certificate, Line, Refused, stranger
from .outcome import Outcome

BATCH = 64
WINDOW = 4096
# docs/protocol.md, "Bounds": connections without a certificate, and lines on each.
STRANGERS = 256
STRANGER_LINES = 100
# From a closing at the coordinator to its being heard of here, in a flood.
CLOSING_SECONDS = 15


async def _left(readers: list[asyncio.Task]) -> int:
    """How many connections are left, once those that were closed have heard of it."""
    deadline = time.monotonic() + CLOSING_SECONDS
    while (left := sum(not task.done() for task in readers)) > STRANGERS and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
    return left


async def idle(port: int, count: int, sources: list[str], context: ssl.SSLContext | None, seconds: float) -> Outcome:
    """So many connections that say nothing, with or without a TLS handshake, from several addresses; all are kept open as long as possible."""
    flood, kept = Outcome(), []
    gate = asyncio.Semaphore(BATCH)

    async def one(number: int) -> None:
        async with gate:
            flood.attempts += 1
            source = sources[number % len(sources)]
            try:
                opening = asyncio.open_connection("127.0.0.1", port, ssl=context, local_addr=(source, 0))
                kept.append(await asyncio.wait_for(opening, 30))
            except (OSError, asyncio.TimeoutError):
                pass

    begun = time.monotonic()
    readers = []
    for first in range(0, count, BATCH):
        before = len(kept)
        await asyncio.gather(*(one(number) for number in range(first, min(first + BATCH, count))))
        readers += [asyncio.create_task(_until_closed(reader)) for reader, _ in kept[before:]]
    await asyncio.sleep(max(0.0, seconds - (time.monotonic() - begun)))
    held = await _left(readers)
    flood.refused = flood.attempts - held
    for task in readers:
        task.cancel()
    for _, writer in kept:
        writer.transport.abort()
    return flood.must_hold_at_most(held, STRANGERS)


async def handshakes(port: int, source: str, seconds: float) -> Outcome:
    """Strangers that finish the handshake, ask a question and go, as fast as they can."""
    flood, end = Outcome(), time.monotonic() + seconds

    async def one() -> None:
        while time.monotonic() < end:
            flood.attempts += 1
            try:
                line = await Line.open(port, stranger(), source)
                await line.ask("AUTHORITY", {})
                line.close()
            except (OSError, ssl.SSLError, asyncio.TimeoutError):
                flood.refused += 1

    await asyncio.gather(*(one() for _ in range(8)))
    answered = flood.attempts - flood.refused
    # Strangers who behave are served, one after another; what is bounded is what it costs the fleet.
    return flood.must_answer(answered, flood.attempts * 9 // 10, flood.attempts)


async def dribble(port: int, count: int, sources: list[str], seconds: float, certificate: Certificate) -> Outcome:
    """Connections that send a byte each second: some never finish their handshake, some their first line; one has a worker's certificate."""
    flood = Outcome()
    writers = []
    for number in range(count):
        flood.attempts += 1
        context = None if number % 2 else stranger()
        try:
            opening = asyncio.open_connection("127.0.0.1", port, ssl=context, local_addr=(sources[number % len(sources)], 0))
            writers.append(await asyncio.wait_for(opening, 30))
        except (OSError, asyncio.TimeoutError):
            pass
    worker = await Line.open(port, certificate.context())
    begun = time.monotonic()
    readers = [asyncio.create_task(_until_closed(reader)) for reader, _ in writers]
    while time.monotonic() - begun < seconds:
        for (_, writer), task in zip(writers, readers):
            if not task.done():
                writer.write(b"\x16" if writer.get_extra_info("ssl_object") is None else b"x")
        worker.writer.write(b"B")
        await asyncio.sleep(1)
    held = await _left(readers)
    flood.refused = flood.attempts - held
    for task in readers:
        task.cancel()
    for _, writer in writers:
        writer.transport.abort()
    worker.close()
    return flood.must_hold_at_most(held, STRANGERS)


async def _until_closed(reader: asyncio.StreamReader) -> None:
    # Only who reads learns that the other end has closed.
    try:
        await reader.read()
    except OSError:
        pass


async def small_lines(port: int, count: int, certificate: Certificate, connections: int) -> Outcome:
    """So many lines of a worker that mean nothing, as fast as they are taken; each is answered ERR."""
    flood = Outcome()

    async def one(share: int) -> None:
        line = await Line.open(port, certificate.context())
        await line.hello("s", [])
        said = heard = 0

        async def say() -> None:
            nonlocal said
            while said < share:
                batch = min(WINDOW, share - said)
                line.writer.write(b"X\n" * batch)
                said += batch
                await line.writer.drain()

        saying = asyncio.create_task(say())
        while heard < share:
            replies = await _replies(line)
            if not replies:
                break
            heard += replies
        saying.cancel()
        flood.attempts += said
        flood.refused += heard
        line.close()

    await asyncio.gather(*(one(count // connections) for _ in range(connections)))
    flood.word = "an error each"
    return flood.must_all_be_refused()


async def _replies(line: Line) -> int:
    """How many replies came, of those that wait now; 0 when the other end has closed or says nothing more. Whole replies are counted by their ends."""
    replies = 0
    while not replies:
        try:
            block = await asyncio.wait_for(line.reader.read(1 << 16), REPLY_SECONDS)
        except (OSError, ssl.SSLError, asyncio.TimeoutError):
            return 0
        if not block:
            return 0
        replies = block.count(b"\n")
    return replies


async def strangers_lines(port: int, source: str, count: int) -> Outcome:
    """So many lines of strangers: whoever says more than a stranger may is closed, and connects again."""
    flood = Outcome()
    answered_at_all = connections = 0
    while flood.attempts < count:
        line = await Line.open(port, stranger(), source)
        line.writer.write(b"AUTHORITY {}\n" * 1000)
        flood.attempts += 1000
        answered = 0
        while replies := await _replies(line):
            answered += replies
        flood.refused += 1000 - answered
        answered_at_all += answered
        connections += 1
        line.close()
    # Of what comes in one piece the last answers may be lost with the connection.
    return flood.must_answer(answered_at_all, 1, connections * STRANGER_LINES)


async def enrolments(port: int, source: str, signing_request: str, seconds: float) -> Outcome:
    """Guessed secrets, as many a connection as a stranger may say."""
    flood, end = Outcome(), time.monotonic() + seconds
    while time.monotonic() < end:
        line = await Line.open(port, stranger(), source)
        try:
            while time.monotonic() < end:
                flood.attempts += 1
                secret = "".join("abcdefghijklmnopqrstuvwxyz234567"[(flood.attempts >> shift) & 31] for shift in range(0, 160, 5))
                flood.refused += await _is_refused(line, {"secret": secret, "signingRequest": signing_request})
        except (OSError, ssl.SSLError, asyncio.TimeoutError):
            flood.refused += 1
        line.close()
    return flood.must_all_be_refused()


async def _is_refused(line: Line, body: dict) -> bool:
    try:
        await line.ask("ENROL", body)
    except Refused:
        return True
    return False

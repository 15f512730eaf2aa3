"""Attacks that are to be bounded: floods of connections and of lines. Each says what it tried, and how many of its connections it still had at its end."""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass

from .line import REPLY_SECONDS, Certificate, Line, Refused, stranger

BATCH = 64
WINDOW = 4096


@dataclass
class Flood:
    """What became of a flood."""

    attempts: int = 0
    refused: int = 0
    held: int = 0


async def idle(port: int, count: int, sources: list[str], context: ssl.SSLContext | None, seconds: float) -> Flood:
    """So many connections that say nothing, with or without a TLS handshake, from several addresses; all are kept open as long as possible."""
    flood, kept = Flood(), []
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
    flood.held = sum([not task.done() for task in readers])
    flood.refused = flood.attempts - flood.held
    for task in readers:
        task.cancel()
    for _, writer in kept:
        writer.transport.abort()
    return flood


async def handshakes(port: int, source: str, seconds: float) -> Flood:
    """Strangers that finish the handshake, ask a question and go, as fast as they can."""
    flood, end = Flood(), time.monotonic() + seconds

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
    return flood


async def dribble(port: int, count: int, sources: list[str], seconds: float, certificate: Certificate) -> Flood:
    """Connections that send a byte each second: some never finish their handshake, some their first line; one has a worker's certificate."""
    flood = Flood()
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
    flood.held = sum(not task.done() for task in readers)
    flood.refused = flood.attempts - flood.held
    for task in readers:
        task.cancel()
    for _, writer in writers:
        writer.transport.abort()
    worker.close()
    return flood


async def _until_closed(reader: asyncio.StreamReader) -> None:
    # Only who reads learns that the other end has closed.
    try:
        await reader.read()
    except OSError:
        pass


async def small_lines(port: int, count: int, certificate: Certificate, connections: int) -> Flood:
    """So many lines of a worker that mean nothing, as fast as they are taken; each is answered ERR."""
    flood = Flood()

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
    return flood


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


async def strangers_lines(port: int, source: str, count: int) -> Flood:
    """So many lines of strangers: whoever says more than a stranger may is closed, and connects again."""
    flood = Flood()
    while flood.attempts < count:
        line = await Line.open(port, stranger(), source)
        line.writer.write(b"AUTHORITY {}\n" * 1000)
        flood.attempts += 1000
        answered = 0
        while replies := await _replies(line):
            answered += replies
        flood.refused += 1000 - answered
        line.close()
    return flood


async def enrolments(port: int, source: str, signing_request: str, seconds: float) -> Flood:
    """Guessed secrets, as many a connection as a stranger may say."""
    flood, end = Flood(), time.monotonic() + seconds
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
    return flood


async def _is_refused(line: Line, body: dict) -> bool:
    try:
        await line.ask("ENROL", body)
    except Refused:
        return True
    return False

"""Attacks that are to be bounded: floods of connections and of lines. Each says what it tried, and how many of its connections it still had at its end."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable
from pathlib import Path

from .line import REPLY_SECONDS, Certificate, Line, Refused, stranger
from .outcome import Outcome

BATCH = 64
WINDOW = 4096
# docs/protocol.md, "Bounds": connections without a certificate, and lines on each.
STRANGERS = 256
STRANGER_LINES = 100
# Connections of one worker.
OF_A_WORKER = 4
# Of the connections that a flood asks for at least this share comes about: else it was none.
OPENED_SHARE = 0.9
# From a closing at the coordinator to its being heard of here, in a flood.
CLOSING_SECONDS = 15


async def _left(readers: list[asyncio.Task], limit: int) -> int:
    """How many connections are left, once those that were closed have heard of it: no more than the limit, or what is left in the end."""
    deadline = time.monotonic() + CLOSING_SECONDS
    while (left := sum(not task.done() for task in readers)) > limit and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
    return left


def _must_be_a_flood(flood: Outcome, opened: int) -> None:
    if opened < OPENED_SHARE * flood.attempts:
        flood.faults.append(f"only {opened} of {flood.attempts} connections came about: that is no flood")


async def idle(port: int, count: int, sources: list[str], context: ssl.SSLContext | None, seconds: float, is_silent: bool = False) -> Outcome:
    """So many connections that say nothing, with or without a TLS handshake, from several addresses; all are kept open as long as possible. Silent ones
    do not even answer TLS's farewell."""
    flood, kept = Outcome(), []
    gate = asyncio.Semaphore(BATCH)

    async def one(number: int) -> None:
        async with gate:
            flood.attempts += 1
            source = sources[number % len(sources)]
            try:
                opening = asyncio.open_connection("127.0.0.1", port, ssl=context, local_addr=(source, 0))
                kept.append(await asyncio.wait_for(opening, 30))
                if is_silent:
                    kept[-1][1].transport.pause_reading()
            except (OSError, asyncio.TimeoutError):
                pass

    begun = time.monotonic()
    readers = []
    for first in range(0, count, BATCH):
        before = len(kept)
        await asyncio.gather(*(one(number) for number in range(first, min(first + BATCH, count))))
        readers += [asyncio.create_task(_until_closed(reader)) for reader, _ in kept[before:]]
    _must_be_a_flood(flood, len(kept))
    await asyncio.sleep(max(0.0, seconds - (time.monotonic() - begun)))
    for _, writer in kept if is_silent else []:
        writer.transport.resume_reading()
    held = await _left(readers, STRANGERS)
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
    """Connections that send a byte each second: each second one never finishes its handshake, the others never their first
    line; one has a worker's certificate."""
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
    _must_be_a_flood(flood, len(writers))
    worker = await Line.open(port, certificate.context())
    begun = time.monotonic()
    readers = [asyncio.create_task(_until_closed(reader)) for reader, _ in writers]
    unfinished = [task for (_, writer), task in zip(writers, readers) if writer.get_extra_info("ssl_object") is None]
    while time.monotonic() - begun < seconds:
        for (_, writer), task in zip(writers, readers):
            if not task.done():
                writer.write(b"\x16" if writer.get_extra_info("ssl_object") is None else b"x")
        worker.writer.write(b"B")
        await asyncio.sleep(1)
    held = await _left(readers, STRANGERS)
    if without := await _left(unfinished, 0):
        flood.faults.append(f"{without} connections are left that have not finished their handshake")
    flood.refused = flood.attempts - held
    for task in readers:
        task.cancel()
    for _, writer in writers:
        writer.transport.abort()
    worker.close()
    # Whatever became of its slow connection, the worker is heard.
    worker = await Line.open(port, certificate.context())
    await worker.hello("s", [])
    worker.close()
    return flood.must_hold_at_most(held, STRANGERS)


async def _until_closed(reader: asyncio.StreamReader) -> None:
    # Only who reads learns that the other end has closed.
    try:
        await reader.read()
    except OSError:
        pass


async def worker_lines(port: int, count: int, certificate: Certificate, lines: list[bytes]) -> Outcome:
    """So many lines of a worker, these in turn, on all its connections, as fast as they are taken; each is answered."""
    flood = Outcome()
    each = WINDOW // len(lines) * len(lines)
    window = b"".join(lines) * (WINDOW // len(lines))
    windows = -(-count // (OF_A_WORKER * each))

    async def one() -> None:
        line = await Line.open(port, certificate.context())
        await line.hello("s", [])
        heard = 0

        async def say() -> None:
            for _ in range(windows):
                line.writer.write(window)
                flood.attempts += each
                await line.writer.drain()

        saying = asyncio.create_task(say())
        while heard < windows * each:
            replies = await _replies(line)
            if not replies:
                break
            heard += replies
        saying.cancel()
        flood.refused += heard
        line.close()

    await asyncio.gather(*(one() for _ in range(OF_A_WORKER)))
    flood.word = "a reply each"
    return flood.must_all_be_refused()


async def new_spools(port: int, certificate: Certificate, ledger: Path, seconds: float) -> Outcome:
    """A worker that says with each HELLO that its spool is another one, on all its connections: each is recorded. The word is what that cost on disk."""
    flood, end, before = Outcome(), time.monotonic() + seconds, _size(ledger)

    async def one(number: int) -> None:
        line = await Line.open(port, certificate.context())
        while time.monotonic() < end:
            flood.attempts += 1
            await line.hello(f"s{number}-{flood.attempts}", [])
        line.close()

    await asyncio.gather(*(one(number) for number in range(OF_A_WORKER)))
    grown = (_size(ledger) - before) / (1 << 20)
    flood.word = f"recorded; ledger +{grown:.1f} MiB, the fleet's included"
    return flood


def _size(ledger: Path) -> int:
    return sum(path.stat().st_size for path in ledger.parent.glob(ledger.name + "*"))


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
                flood.word = await _refusal(line.ask("ENROL", {"secret": secret, "signingRequest": signing_request}))
                flood.refused += flood.word == "invitation-unknown"
        except (OSError, ssl.SSLError, asyncio.TimeoutError):
            flood.refused += 1
        line.close()
    return flood.must_all_be_refused()


async def _refusal(asking: Awaitable[dict]) -> str:
    """The code with which a line is refused; empty when it is not."""
    try:
        await asking
    except Refused as refused:
        return str(refused)
    return ""


async def of_a_worker(port: int, count: int, certificate: Certificate) -> Outcome:
    """So many connections of one worker, all kept open."""
    flood, kept = Outcome(), []
    for _ in range(count):
        flood.attempts += 1
        kept.append(await Line.open(port, certificate.context()))
    readers = [asyncio.create_task(_until_closed(line.reader)) for line in kept]
    held = await _left(readers, OF_A_WORKER)
    flood.refused = flood.attempts - held
    for task in readers:
        task.cancel()
    for line in kept:
        line.close()
    return flood.must_hold_at_most(held, OF_A_WORKER)


async def of_a_thief(port: int, count: int, old: Certificate, new: Certificate) -> Outcome:
    """Connections of who copied a worker's key before it renewed: he is refused, and does not push out the worker's own connection."""
    flood, kept = Outcome(), []
    worker = await Line.open(port, new.context())
    await worker.hello("s", [])
    for _ in range(count):
        flood.attempts += 1
        kept.append(await Line.open(port, old.context()))
        flood.word = await _refusal(kept[-1].hello("s", []))
        flood.refused += flood.word == "certificate-superseded"
    try:
        await worker.ask("BEAT", {"grants": [], "drives": [], "spoolBytes": 0, "spoolLimit": 1})
    except OSError:
        flood.faults.append("the worker's own connection was closed")
    for line in [worker, *kept]:
        line.close()
    return flood.must_all_be_refused()

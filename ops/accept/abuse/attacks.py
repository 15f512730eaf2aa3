"""Attacks that are to be refused: each says how often it tried and how often it was refused."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

from .line import Certificate, Line, Refused, request, stranger
from .outcome import Outcome

VERBS = [
    ("HELLO", {"versions": [2, 1], "program": "abuse", "spool": "s", "custody": []}),
    ("BEAT", {"grants": [], "drives": [], "spoolBytes": 0, "spoolLimit": 1}),
    ("MEDIUM", {"drive": "d", "label": "DISC0", "fingerprint": "0" * 64, "volumeIdentifier": "", "byteCount": 1, "fileCount": 1, "isOnline": False}),
    ("LEASE", {"count": 16}),
    ("RESULT", {"items": []}),
    ("RENEW", {"signingRequest": ""}),
]


async def expect(outcome: Outcome, code: str, attempt: Callable[[], Awaitable[object]], may_close: bool = False) -> None:
    """Counts an attempt; it is refused when ERR with that code comes, or, where the code is empty, when the handshake fails or nothing is answered."""
    outcome.attempts += 1
    try:
        await attempt()
    except Refused as refused:
        outcome.refused += code == str(refused)
        outcome.word = str(refused)
    except (OSError, ssl.SSLError, asyncio.IncompleteReadError) as error:
        outcome.refused += not code or may_close
        outcome.word = getattr(error, "reason", None) or "closed"


async def say_all(port: int, context: ssl.SSLContext, code: str, rounds: int) -> Outcome:
    """Every verb of a worker on a connection of its own."""
    outcome = Outcome()
    for _ in range(rounds):
        for verb, body in VERBS:
            line: list[Line] = []

            async def attempt() -> None:
                line.append(await Line.open(port, context))
                await line[0].ask(verb, body)

            await expect(outcome, code, attempt)
            for opened in line:
                opened.close()
    return outcome.must_all_be_refused()


async def without_certificate(port: int, rounds: int) -> Outcome:
    """Every verb of a worker, without a certificate."""
    return await say_all(port, stranger(), "not-authenticated", rounds)


async def with_certificate(port: int, certificate: Certificate, code: str, rounds: int) -> Outcome:
    """Every verb of a worker, with a certificate that must not be believed."""
    return await say_all(port, certificate.context(), code, rounds)


async def revoked(port: int, certificate: Certificate, rounds: int) -> Outcome:
    """HELLO of a worker that was revoked."""
    outcome = Outcome()
    for _ in range(rounds):
        line = await Line.open(port, certificate.context())
        # The connections of a revoked worker are closed from time to time, this one perhaps before it is answered.
        await expect(outcome, "revoked", lambda: line.hello("s", []), may_close=True)
        line.close()
    return outcome.must_all_be_refused()


async def replayed(port: int, invitation: str, signing_request: str, rounds: int) -> Outcome:
    """An invitation that was used, and secrets that nobody invited."""
    outcome = Outcome()
    used = invitation.strip().rsplit(":", 1)[1]
    for secret, code in [(used, "invitation-used"), ("a" * 32, "invitation-unknown"), ("short", "invitation-unknown")]:
        for _ in range(rounds):
            line = await Line.open(port, stranger())
            await expect(outcome, code, lambda: line.ask("ENROL", {"secret": secret, "signingRequest": signing_request}))
            line.close()
    return outcome.must_all_be_refused()


async def renewed(port: int, certificate: Certificate, folder: Path, name: str) -> Certificate:
    """The worker renews and speaks with the new certificate: who has a copy of the old one is to be refused from then on."""
    key, signing_request = request(folder, f"{name}-new")
    line = await Line.open(port, certificate.context())
    await line.hello("s", [])
    reply = await line.ask("RENEW", {"signingRequest": signing_request})
    line.close()
    path = folder / f"{name}-new.pem"
    path.write_text(reply["certificate"], encoding="utf-8")
    new = Certificate(key, path, certificate.authority)
    line = await Line.open(port, new.context())
    await line.hello("s", [])
    line.close()
    return new


async def renewals(port: int, certificate: Certificate, signing_request: str, rounds: int) -> Outcome:
    """A worker asks for one certificate after another, beyond the one an hour that it may have."""
    outcome = Outcome()
    line = await Line.open(port, certificate.context())
    await line.hello("s", [])
    for _ in range(rounds):
        await expect(outcome, "too-soon", lambda: line.ask("RENEW", {"signingRequest": signing_request}))
    line.close()
    return outcome.must_all_be_refused()


async def over_long(port: int, context: ssl.SSLContext, mebibytes: int) -> Outcome:
    """A line of so many MiB, and one after it that must be answered."""
    outcome = Outcome(attempts=1)
    line = await Line.open(port, context)
    block = b"x" * (1 << 20)
    for _ in range(mebibytes):
        line.writer.write(block)
        await line.writer.drain()
    line.writer.write(b"\n")
    try:
        await line.hear()
    except Refused as refused:
        outcome.word = str(refused)
    await line.ask("AUTHORITY", {})
    outcome.refused = int(outcome.word == "line-too-long")
    line.close()
    return outcome.must_all_be_refused()

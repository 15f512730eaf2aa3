"""Attacks that are to be refused: each says how often it tried and how often it was refused."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

from .line import Certificate, Line, Refused, request, stranger
from .outcome import Outcome

# docs/protocol.md, "Bounds".
ITEMS_A_LINE = 16
# More than the fleet's leases of a second or two, so that those that live are among them.
GUESSES = 1024
VERBS = [
    ("HELLO", {"versions": [2, 1], "program": "abuse", "spool": "s", "custody": []}),
    ("BEAT", {"grants": [], "drives": [], "spoolBytes": 0, "spoolLimit": 1}),
    ("MEDIUM", {"drive": "d", "label": "DISC0", "fingerprint": "0" * 64, "volumeIdentifier": "", "byteCount": 1, "fileCount": 1, "isOnline": False}),
    ("LEASE", {"count": 16}),
    ("RESULT", {"items": []}),
    ("RENEW", {"signingRequest": ""}),
]


def written(*lines: tuple[str, dict]) -> list[bytes]:
    """These lines as they are sent."""
    return [f"{verb} {json.dumps(body, separators=(',', ':'))}\n".encode() for verb, body in lines]


# What a worker may say without end: each is looked up in the ledger.
LOOKED_UP = written(
    ("BEAT", {"grants": [{"grant": grant, "items": 0, "bytes": 0} for grant in range(1, 17)], "drives": [], "spoolBytes": 0, "spoolLimit": 1}),
    ("MEDIUM", VERBS[2][1] | {"label": "NOBODYS"}), ("LEASE", {"count": 16}),
    ("RESULT", {"items": [{"grant": grant, "verdicts": [], "beyond": [], "changed": []} for grant in range(1, 17)]}))


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


async def once(port: int, context: ssl.SSLContext, verb: str, body: dict) -> dict:
    """One line on a connection of its own."""
    line = await Line.open(port, context)
    try:
        return await line.ask(verb, body)
    finally:
        line.close()


async def say_all(port: int, context: ssl.SSLContext, code: str, rounds: int) -> Outcome:
    """Every verb of a worker on a connection of its own."""
    outcome = Outcome()
    for _ in range(rounds):
        for verb, body in VERBS:
            await expect(outcome, code, lambda: once(port, context, verb, body))
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
        # The connections of a revoked worker are closed from time to time, this one perhaps before it is answered.
        await expect(outcome, "revoked", lambda: once(port, certificate.context(), *VERBS[0]), may_close=True)
    return outcome.must_all_be_refused()


async def replayed(port: int, invitation: str, signing_request: str, rounds: int) -> Outcome:
    """An invitation that was used, and secrets that nobody invited."""
    outcome = Outcome()
    used = invitation.strip().rsplit(":", 1)[1]
    for secret, code in [(used, "invitation-used"), ("a" * 32, "invitation-unknown"), ("short", "invitation-unknown")]:
        for _ in range(rounds):
            await expect(outcome, code, lambda: once(port, stranger(), "ENROL", {"secret": secret, "signingRequest": signing_request}))
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


async def others_grants(port: int, certificate: Certificate, newest: int) -> Outcome:
    """A worker reports parts that are leased to others, and names their grants in its beats: each of them is stale. It tries the numbers around this one."""
    outcome = Outcome()
    line = await Line.open(port, certificate.context())
    await line.hello("s", [])
    first = max(1, newest - GUESSES // 2)
    for begin in range(first, first + GUESSES, ITEMS_A_LINE):
        grants = list(range(begin, begin + ITEMS_A_LINE))
        verdicts = [{"instances": [[0, 0]], "verdict": "verified"}]
        items = [{"grant": grant, "verdicts": verdicts, "beyond": [], "changed": []} for grant in grants]
        words = [item["word"] for item in (await line.ask("RESULT", {"items": items}))["items"]]
        beat = await line.ask("BEAT", {
            "grants": [{"grant": grant, "items": 1, "bytes": 1} for grant in grants], "drives": [], "spoolBytes": 0, "spoolLimit": 1})
        outcome.attempts += 2 * len(grants)
        outcome.refused += words.count("STALE") + len(set(grants) & set(beat["stale"]))
    line.close()
    outcome.word = "STALE"
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

"""The line as docs/protocol.md tells it: TLS 1.3, one message a line."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

# What an attacked worker waits for a reply: many beats.
REPLY_SECONDS = 60
# Before the attacks: the inventories of all discs are entered one after another, which takes minutes on a busy machine.
ENTRY_SECONDS = 900
VERSIONS = [2, 1]


class Refused(Exception):
    """The coordinator answered ERR; the text is its code."""


@dataclass(frozen=True)
class Certificate:
    """Where a key, its certificate and the authority lie."""

    key: Path
    certificate: Path
    authority: Path

    def context(self) -> ssl.SSLContext:
        """A client that shows this certificate."""
        context = stranger()
        context.load_cert_chain(self.certificate, self.key)
        return context


def stranger() -> ssl.SSLContext:
    """A client without a certificate, which believes whoever answers."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def request(folder: Path, name: str, curve: str = "prime256v1") -> tuple[Path, str]:
    """A new key in the folder, and a signing request for it."""
    key = folder / f"{name}-key.pem"
    made = subprocess.run(
        ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-nodes", "-keyout", str(key), "-subj", "/CN=worker"],
        capture_output=True, text=True, check=True)
    return key, made.stdout


class Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.patience = REPLY_SECONDS

    @classmethod
    async def open(cls, port: int, context: ssl.SSLContext, source: str = "127.0.0.1") -> "Line":
        """Connects from that address of this machine and finishes the handshake."""
        connecting = asyncio.open_connection("127.0.0.1", port, ssl=context, local_addr=(source, 0), limit=1 << 20)
        return cls(*await asyncio.wait_for(connecting, REPLY_SECONDS))

    async def ask(self, verb: str, body: dict) -> dict:
        """Says a line and hears its reply; raises Refused for ERR and ConnectionError when the other end closes."""
        return await self.ask_text(f"{verb} {json.dumps(body, separators=(',', ':'))}")

    async def ask_text(self, line: str) -> dict:
        """The same for a line as it is."""
        self.writer.write(line.encode() + b"\n")
        await self.writer.drain()
        return await self.hear()

    async def hear(self) -> dict:
        """The next reply."""
        reply = await asyncio.wait_for(self.reader.readline(), self.patience)
        if not reply.endswith(b"\n"):
            raise ConnectionResetError("closed by the coordinator")
        word, _, body = reply.decode().partition(" ")
        answer = json.loads(body)
        if word == "ERR":
            raise Refused(answer["code"])
        return answer

    async def hello(self, spool: str, custody: list[int]) -> dict:
        """The first line of a worker."""
        return await self.ask("HELLO", {"versions": VERSIONS, "program": "abuse", "spool": spool, "custody": custody})

    def close(self) -> None:
        """Closes without waiting."""
        self.writer.transport.abort()


async def enrol(port: int, invitation: str, folder: Path, name: str) -> Certificate:
    """Redeems an invitation; what it brings lies in the folder."""
    secret = invitation.strip().rsplit(":", 1)[1]
    key, signing_request = request(folder, name)
    line = await Line.open(port, stranger())
    reply = await line.ask("ENROL", {"secret": secret, "signingRequest": signing_request})
    line.close()
    certificate, authority = folder / f"{name}.pem", folder / "authority.pem"
    certificate.write_text(reply["certificate"], encoding="utf-8")
    authority.write_text(reply["authority"], encoding="utf-8")
    return Certificate(key, certificate, authority)

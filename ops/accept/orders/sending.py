"""Messages sent by real clients: the hl7 package's mllp_send, and its asynchronous client, which speaks TLS."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import hl7
from hl7.mllp import open_hl7_connection

from .hospital import Message

START, END = b"\x0b", b"\x1c\r"
REPLY_SECONDS = 30
LOOK_SECONDS = 0.2
PROGRAM = Path(sys.executable).parent / "mllp_send"


class Patience:
    """Tells when a count has stood still for too long."""

    def __init__(self, seconds: float = REPLY_SECONDS) -> None:
        self._seconds = seconds
        self._count = -1
        self._since = 0.0

    def is_over(self, count: int) -> bool:
        """Whether the count is what it was so many seconds ago."""
        now = time.monotonic()
        if count != self._count:
            self._count, self._since = count, now
        return now - self._since > self._seconds


class Sender:
    """One mllp_send: it sends its messages one after the other, each when the one before was answered."""

    def __init__(self, name: str, messages: Sequence[Message], port: int, folder: Path) -> None:
        self.name = name
        self.messages = messages
        self.is_stuck = False
        source = folder / f"{name}.hl7"
        source.write_bytes(b"".join(START + message.content + END for message in messages))
        self._replies = folder / f"{name}.replies"
        self._file = open(self._replies, "wb")
        self._errors = open(folder / f"{name}.errors", "wb")
        # What it prints is to be seen while it runs.
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        command = [str(PROGRAM), "--file", str(source), "--port", str(port), "127.0.0.1"]
        self._process = subprocess.Popen(command, stdout=self._file, stderr=self._errors, env=environment)

    @property
    def answered(self) -> int:
        """How many replies have come."""
        return self._replies.read_bytes().count(b"\rMSA|")

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def wait(self, seconds: float = REPLY_SECONDS) -> int:
        """Waits for its end, and ends it when no reply has come for so many seconds (`is_stuck`); its exit status."""
        patience = Patience(seconds)
        while (status := self._process.poll()) is None:
            if patience.is_over(self.answered):
                self.is_stuck = True
                self._process.kill()
                status = self._process.wait()
                break
            time.sleep(LOOK_SECONDS)
        self._file.close()
        self._errors.close()
        return status

    def accepted(self) -> list[str]:
        """The control IDs of the messages that were accepted (AA), in their order; after its end."""
        return [number for code, number in self._verdicts() if code == "AA"]

    def unexpected(self) -> list[str]:
        """Whether the replies name other messages than were sent, or another order; after its end."""
        named = [number for _, number in self._verdicts()]
        sent = [message.number for message in self.messages[: len(named)]]
        return [] if named == sent else [f"the replies to {self.name} do not name the messages that it sent, in their order"]

    def refused(self) -> list[str]:
        """Those that were not; after its end."""
        return [f"{number}: {code}" for code, number in self._verdicts() if code != "AA"]

    def _verdicts(self) -> list[tuple[str, str]]:
        segments = self._replies.read_bytes().decode("latin-1").split("\r")
        return [(parts[1], parts[2]) for parts in (segment.split("|") for segment in segments) if parts[0].lstrip("\n") == "MSA"]


def ask(port: int, contents: Sequence[bytes], context: ssl.SSLContext | None = None) -> list[hl7.Message]:
    """The replies to these messages, sent by the package's own client; raises OSError or EOFError where the connection ends."""
    return asyncio.run(_ask(port, contents, context))


async def _ask(port: int, contents: Sequence[bytes], context: ssl.SSLContext | None) -> list[hl7.Message]:
    reader, writer = await asyncio.wait_for(
        open_hl7_connection("127.0.0.1", port, encoding="latin-1", ssl=context, limit=1 << 22), REPLY_SECONDS)
    replies = []
    try:
        for content in contents:
            writer.writeblock(content)
            await writer.drain()
            replies.append(await asyncio.wait_for(reader.readmessage(), REPLY_SECONDS))
    finally:
        writer.close()
    return replies

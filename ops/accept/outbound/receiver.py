"""A RIS that takes orders: the hl7 package's MLLP server, which answers as a script says."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from dataclasses import dataclass

import hl7
from hl7.mllp import HL7StreamReader, HL7StreamWriter, start_hl7_server

START_SECONDS = 10


@dataclass
class Heard:
    """A message as it came, and when its positive reply left; 0: it had none."""

    number: str
    control: str
    accession: str
    study: str
    patient: str
    name: str
    text: str
    acknowledged: float = 0


class Receiver:
    """Runs in a thread of its own; a context manager."""

    def __init__(self, port: int, encoding: str, security: ssl.SSLContext | None = None) -> None:
        self.port, self._encoding, self._security = port, encoding, security
        self.heard: list[Heard] = []
        # What is done with the next messages, one after the other; those behind them are acknowledged.
        self.script: list[str] = []
        # Accession numbers whose orders are refused.
        self.refused: set[str] = set()
        self.faults: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Receiver:
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise RuntimeError("the receiver does not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(
            start_hl7_server(self._talk, "127.0.0.1", self.port, encoding=self._encoding, encoding_errors="strict", ssl=self._security))
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(self._loop), return_exceptions=True))
        self._loop.close()

    def _end(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.stop()

    async def _talk(self, reader: HL7StreamReader, writer: HL7StreamWriter) -> None:
        try:
            while True:
                message = await reader.readmessage()
                if reader.at_eof() and not message:
                    return
                if not await self._answer(message, writer):
                    writer.close()
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        except (ValueError, UnicodeError, KeyError, IndexError) as error:
            self.faults.append(f"a message could not be read: {error!r}")

    async def _answer(self, message: hl7.Message, writer: HL7StreamWriter) -> bool:
        """Does what the script says; whether the connection stays."""
        heard = _heard(message)
        self.heard.append(heard)
        deed = self.script.pop(0) if self.script else ""
        if deed == "silent":
            return True
        if deed == "close":
            return False
        if deed == "half":
            text = str(message.create_ack("AA")).encode(self._encoding)
            writer.write(b"\x0b" + text[: len(text) // 2])
            await writer.drain()
            return False
        if deed == "other":
            # A reply to another message comes first: it says nothing of this one.
            other = hl7.parse(str(message.create_ack("AE")).replace(heard.control, "NOBODY-1"))
            writer.writemessage(other)
        code = "AR" if deed == "busy" else "AE" if heard.accession in self.refused else "AA"
        reply = message.create_ack(code)
        if code != "AA":
            reply = hl7.parse(str(reply).rstrip("\r") + f"\rERR||PID^1^3|{'204' if code == 'AE' else '207'}^^HL70357|E||||{heard.name} is unknown\r")
        if code == "AA":
            heard.acknowledged = time.monotonic()
        writer.writemessage(reply)
        if deed == "twice":
            writer.writemessage(message.create_ack("AA"))
        await writer.drain()
        return True


def _heard(message: hl7.Message) -> Heard:
    header, patient, common = message.segment("MSH"), message.segment("PID"), message.segment("ORC")
    kind = str(header[9][0][0])
    if kind == "ORM":
        study, accession = str(message.segment("ZDS")[1][0][0]), str(message.segment("OBR")[18])
    else:
        study, accession = str(message.segment("IPC")[3]), str(message.segment("IPC")[1][0][0])
    name = "=".join("^".join(str(part) for part in repetition[:2]) for repetition in patient[5])
    return Heard(str(common[1]), str(header[10]), accession, study, str(patient[3][0][0]), name, str(message))

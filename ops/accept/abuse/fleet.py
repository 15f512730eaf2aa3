"""The honest fleet, in a process of its own: workers that lease and report at a steady pace, and one that keeps connecting anew.

Its standard output is a line of JSON a second: cycles done, milliseconds that leases and results took, milliseconds that the newcomer took from its
connection to the reply to HELLO, and what failed.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from .line import ENTRY_SECONDS, REPLY_SECONDS, Certificate, Line

ITEMS = 4
BEAT_SECONDS = 5
STUDIES_A_PIECE = 100
STUDIES_A_DISC = 250


@dataclass
class Second:
    """What happened in one second."""

    cycles: int = 0
    # Leases that brought no work.
    empty: int = 0
    waits: list[float] = field(default_factory=list)
    newcomer: list[float] = field(default_factory=list)
    failures: int = 0


class Fleet:
    """All honest workers."""

    def __init__(self, port: int, folder: Path, workers: int, pace: float, studies: int) -> None:
        self.port = port
        self.folder = folder
        self.names = [f"honest{number}" for number in range(workers)]
        # Lines a second of each worker, so that the fleet does `pace` cycles a second.
        self.interval = workers * ITEMS / pace
        self.studies = studies
        self.second = Second()
        self.ready = 0
        self.done = 0

    def certificate(self, name: str) -> Certificate:
        """As the enrolment left it."""
        return Certificate(self.folder / f"{name}-key.pem", self.folder / f"{name}.pem", self.folder / "authority.pem")

    async def run(self) -> None:
        """Works until it is ended."""
        tasks = [asyncio.create_task(self.work(number, name)) for number, name in enumerate(self.names)]
        while self.ready < len(self.names):
            await asyncio.sleep(0.1)
            for task in tasks:
                if task.done():
                    task.result()
        tasks.append(asyncio.create_task(self.newcomer()))
        while True:
            await asyncio.sleep(1)
            now, self.second = self.second, Second()
            print(json.dumps({"at": time.time(), "done": self.done, **now.__dict__}), flush=True)

    async def work(self, number: int, name: str) -> None:
        """One worker: reads its medium, then leases and reports; a connection that breaks is made anew."""
        context = self.certificate(name).context()
        line = await Line.open(self.port, context)
        await line.hello(name, [])
        line.patience = ENTRY_SECONDS
        media = [await self.read_medium(line, number, first) for first in range(0, self.studies, STUDIES_A_DISC)]
        line.patience = REPLY_SECONDS
        self.ready += 1
        turn = time.monotonic() + self.interval * number / len(self.names)
        while True:
            try:
                await self.cycles(line, turn)
            except (OSError, asyncio.TimeoutError):
                self.second.failures += 1
                line.close()
                await asyncio.sleep(0.5)
                try:
                    line = await Line.open(self.port, context)
                    await line.hello(name, media)
                except (OSError, asyncio.TimeoutError):
                    self.second.failures += 1
            turn = time.monotonic()

    async def cycles(self, line: Line, turn: float) -> None:
        """Leases and reports, turn by turn; a turn that comes late does not make up for itself."""
        beat = 0.0
        while True:
            await asyncio.sleep(max(0.0, turn - time.monotonic()))
            turn = max(turn + self.interval, time.monotonic())
            begun = time.monotonic()
            lease = await line.ask("LEASE", {"count": ITEMS})
            self.second.waits.append((time.monotonic() - begun) * 1000)
            grants = [item["grant"] for item in lease["items"]]
            self.second.empty += not grants
            if grants:
                verdicts = [{"instances": [[0, 0]], "verdict": "verified"}]
                items = [{"grant": grant, "verdicts": verdicts, "beyond": [], "changed": []} for grant in grants]
                begun = time.monotonic()
                reply = await line.ask("RESULT", {"items": items})
                self.second.waits.append((time.monotonic() - begun) * 1000)
                counted = sum(item["word"] == "OK" for item in reply["items"])
                self.second.cycles += counted
                self.done += counted
            if time.monotonic() - beat > BEAT_SECONDS:
                beat = time.monotonic()
                await line.ask("BEAT", {"grants": [], "drives": [], "spoolBytes": 0, "spoolLimit": 1 << 30})

    async def read_medium(self, line: Line, number: int, disc: int) -> int:
        """Reads a medium of studies of one instance each, from this one of the worker's on; its grant comes back."""
        fingerprint = hashlib.sha256(f"{number} {disc}".encode()).hexdigest()
        last = min(disc + STUDIES_A_DISC, self.studies)
        granted = await line.ask("MEDIUM", {
            "drive": "drive1", "label": label(number, disc), "fingerprint": fingerprint, "volumeIdentifier": "CDROM", "byteCount": 1 << 29,
            "fileCount": last - disc, "isOnline": False})
        digest = hashlib.sha256()
        pieces = range(disc, last, STUDIES_A_PIECE)
        for piece, first in enumerate(pieces):
            studies = [study(number, index) for index in range(first, min(first + STUDIES_A_PIECE, last))]
            body = json.dumps({"grant": granted["grant"], "number": piece, "piece": {"studies": studies, "unreadable": []}}, separators=(",", ":"))
            digest.update(hashlib.sha256(body.encode()).digest())
            await line.ask_text(f"INVENTORY {body}")
        end = {"pieces": len(pieces), "digest": digest.hexdigest(), "fileCount": last - disc, "notDICOMCount": 0, "findings": []}
        await line.ask("INVENTORY", {"grant": granted["grant"], "end": end})
        return granted["grant"]

    async def newcomer(self) -> None:
        """A worker that connects anew all the time: its handshake must come about among those of strangers."""
        context = self.certificate("newcomer").context()
        while True:
            begun = time.monotonic()
            try:
                line = await Line.open(self.port, context)
                await line.hello("newcomer", [])
                self.second.newcomer.append((time.monotonic() - begun) * 1000)
                line.close()
            except (OSError, asyncio.TimeoutError):
                self.second.failures += 1
            await asyncio.sleep(0.5)


def label(number: int, disc: int) -> str:
    """The label of a worker's disc that begins with this one of its studies."""
    return f"DISC{number}-{disc}"


def labels(workers: int, studies: int) -> list[str]:
    """The labels of all discs."""
    return [label(number, disc) for number in range(workers) for disc in range(0, studies, STUDIES_A_DISC)]


def study(number: int, index: int) -> dict:
    """A study of one instance, of a patient of its own."""
    uid = f"1.2.999.{number}.{index}"
    digest = hashlib.sha256(uid.encode()).hexdigest()
    return {
        "header": {
            "studyInstanceUID": uid, "patient": {"patientID": f"P{number}-{index}", "issuer": "", "name": "DOE^JANE", "birthDate": "19700101", "sex": "F"},
            "studyDate": "19990102", "studyTime": "", "accessionNumber": "", "studyDescription": "", "modalities": ["CT"]},
        "instances": [{
            "sopInstanceUID": f"{uid}.1.1", "sopClassUID": "1.2.840.10008.5.1.4.1.1.2", "seriesInstanceUID": f"{uid}.1",
            "transferSyntaxUID": "1.2.840.10008.1.2.1", "sha256": digest, "contentDigest": digest, "byteCount": 525312, "path": f"DICOM/IM{index}"}]}


def main() -> None:
    """Runs the fleet until it is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--pace", type=float, required=True)
    parser.add_argument("--studies", type=int, required=True)
    arguments = parser.parse_args()
    asyncio.run(Fleet(arguments.port, arguments.folder, arguments.workers, arguments.pace, arguments.studies).run())


if __name__ == "__main__":
    main()

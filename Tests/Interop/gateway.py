"""A gateway workstation without discs and without a PACS: it says what one would say."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from line import Identity, Line, Reply, parsed

# docs/protocol.md, "Bounds": a piece has room for so many instances of this shape within a line.
INSTANCES_PER_PIECE = 100


@dataclass
class Study:
    """A study on a disc, with as many instances."""

    uid: str
    patient: str
    date: str
    count: int

    def header(self) -> dict:
        """What its objects say of it."""
        return {
            "studyInstanceUID": self.uid,
            "patient": {"patientID": self.patient, "issuer": "", "name": "DOE^JANE", "birthDate": "19700101", "sex": "F"},
            "studyDate": self.date, "studyTime": "", "accessionNumber": "", "studyDescription": "", "modalities": ["CT"],
        }

    def instance(self, number: int) -> dict:
        """One of its instances."""
        uid = f"{self.uid}.1.{number + 1}"
        return {
            "sopInstanceUID": uid, "sopClassUID": "1.2.840.10008.5.1.4.1.1.2", "seriesInstanceUID": f"{self.uid}.1",
            "transferSyntaxUID": "1.2.840.10008.1.2.1", "sha256": hashlib.sha256(f"file {uid}".encode()).hexdigest(),
            "contentDigest": hashlib.sha256(f"object {uid}".encode()).hexdigest(), "byteCount": 525_312, "path": f"DICOM/{uid}",
        }


@dataclass
class Gateway:
    """An enrolled worker and its connection."""

    identity: Identity
    spool: str
    port: int
    custody: list[int] = field(default_factory=list)
    versions: tuple[int, ...] = (2, 1)

    def connect(self) -> Reply:
        """A new connection and its HELLO."""
        self.line = Line("127.0.0.1", self.port, identity=self.identity)
        return self.hello()

    def hello(self) -> Reply:
        """HELLO."""
        return self.line.ask(
            "HELLO", {"versions": list(self.versions), "program": "interop 1", "spool": self.spool, "custody": self.custody})

    def medium(self, label: str) -> Reply:
        """MEDIUM: the disc of this label is in the drive."""
        return self.line.ask(
            "MEDIUM", {
                "drive": "drive1", "label": label, "fingerprint": hashlib.sha256(label.encode()).hexdigest(), "volumeIdentifier": "CDROM",
                "byteCount": 681_574_400, "fileCount": 812, "isOnline": False})

    def inventory(self, grant: int, studies: list[Study]) -> list[Reply]:
        """INVENTORY: all pieces sent ahead, then the end; all replies."""
        lines = [self._piece(grant, number, study, first) for number, (study, first) in enumerate(_cut(studies))]
        digest = hashlib.sha256(b"".join(hashlib.sha256(line.removeprefix("INVENTORY ").encode()).digest() for line in lines))
        for line in lines:
            self.line.say(line)
        replies = [parsed(self.line.hear()) for _ in lines]
        end = {"pieces": len(lines), "digest": digest.hexdigest(), "fileCount": 812, "notDICOMCount": 0, "findings": []}
        return [*replies, self.line.ask("INVENTORY", {"grant": grant, "end": end})]

    @staticmethod
    def _piece(grant: int, number: int, study: Study, first: int) -> str:
        instances = [study.instance(place) for place in range(first, min(first + INSTANCES_PER_PIECE, study.count))]
        piece = {"studies": [{"header": study.header(), "instances": instances}], "unreadable": []}
        return "INVENTORY " + json.dumps({"grant": grant, "number": number, "piece": piece}, separators=(",", ":"))

    def lease(self, count: int) -> Reply:
        """LEASE."""
        return self.line.ask("LEASE", {"count": count})

    def beat(self, *grants: dict) -> Reply:
        """BEAT with these grants."""
        return self.line.ask("BEAT", {"grants": list(grants), "drives": [], "spoolBytes": 0, "spoolLimit": 8_589_934_592})

    def result(self, *items: dict) -> Reply:
        """RESULT of these items."""
        return self.line.ask("RESULT", {"items": list(items)})


def _cut(studies: list[Study]) -> list[tuple[Study, int]]:
    return [(study, first) for study in studies for first in range(0, study.count, INSTANCES_PER_PIECE)]


def delivered(item: dict, *ranges: list[int]) -> dict:
    """A result that says that these positions of a lease's item were found at the destination; all, where none are named."""
    instances = list(ranges) or item["instances"]
    return {"grant": item["grant"], "verdicts": [{"instances": instances, "verdict": "verified"}], "beyond": [], "changed": []}

"""A coordinator with an enrolled fleet and three real studies: all that the filler multiplies was said over real lines."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import ssl
import subprocess
from pathlib import Path

from lab.processes import free_port
from lab.skein import Coordinator
from lab.yaml_edit import with_value

WORKERS = 1000
# Numbers of ten digits that stand for a study's and a medium's own in every text about them: the filler puts others in their place. The first
# medium was drained after its study was verified; the second is in custody, with a study that is ready and one that is held for want of an order.
VERIFIED, READY, HELD = 1_000_000_001, 1_000_000_002, 1_000_000_003
DRAINED, KEPT = 2_000_000_001, 2_000_000_002
INSTANCES = 2
DAY = "20000103"
# From the first certificate to the end of the last run; within the certificates' seven days.
INVITATION_MS = 3_600_000
# Nobody listens there: the load only says what became of its parts.
DESTINATION = "dicom://ARCHIVE@127.0.0.1:104?calling=SKEIN"


class Socket(http.client.HTTPConnection):
    """The operators' HTTP API on the coordinator's Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))

    def ask(self, path: str, question: dict) -> dict:
        """The answer to a POST; raises RuntimeError when it is refused."""
        self.request("POST", path, json.dumps(question), {"Content-Type": "application/json"})
        reply = self.getresponse()
        text = reply.read()
        if reply.status != 200:
            raise RuntimeError(f"{path}: {reply.status} {text[:200]!r}")
        return json.loads(text)


class Line:
    """One worker's connection, a line at a time."""

    def __init__(self, port: int, fleet: Path, number: int) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False
        context.load_verify_locations(fleet / "authority.pem")
        context.load_cert_chain(fleet / f"{number}.pem", fleet / f"{number}.key")
        self._file = context.wrap_socket(socket.create_connection(("127.0.0.1", port))).makefile("rwb")

    def say(self, verb: str, body: bytes | dict) -> dict:
        """The body of an OK; anything else raises RuntimeError."""
        matter = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._file.write(verb.encode() + b" " + matter + b"\n")
        self._file.flush()
        word, _, reply = self._file.readline().partition(b" ")
        if word != b"OK":
            raise RuntimeError(f"{verb}: {word!r} {reply[:300]!r}")
        return json.loads(reply)


def make_seed(program: Path, load: Path, folder: Path) -> None:
    """Makes `folder`/coordinator and `folder`/fleet."""
    coordinator, fleet = Coordinator(program, folder / "coordinator"), folder / "fleet"
    port = free_port()
    fleet.mkdir(parents=True)
    coordinator.init(DESTINATION, port, {})
    # Some 25 GB each, in the middle of a measurement of the same disk.
    text = coordinator.configuration.read_text(encoding="utf-8")
    coordinator.configuration.write_text(with_value(text, "ledger-copies", "{ every: never }"), encoding="utf-8")
    (folder / "orders.csv").write_text("patient_id,patient_name,birth_date,sex,accession_number,exam_date,modality,procedure_description\n"
                                       + "".join(f"P{study},DOE^JANE,19500101,F,A{study},{DAY},CT,CT Thorax\n" for study in (VERIFIED, READY)),
                                       encoding="utf-8")
    (folder / "media.csv").write_text(f"label,kind\nM{DRAINED},cd\nM{KEPT},cd\n", encoding="utf-8")
    coordinator.ask("orders", "import", str(folder / "orders.csv"))
    coordinator.ask("media", "import", str(folder / "media.csv"))
    with coordinator.serve(folder / "seed.log"):
        _enrol(coordinator, load, port, fleet)
        _work(Line(port, fleet, 0))
        states = [study["state"] for study in coordinator.ask_json("studies", "--json")["studies"]]
        if states != ["verified", "ready", "held"]:
            raise RuntimeError(f"the seed's studies are not verified, ready and held: {states}")


def _enrol(coordinator: Coordinator, load: Path, port: int, fleet: Path) -> None:
    operators = Socket(coordinator.folder / "coordinator.sock")
    invitations = [operators.ask("/v1/invitations", {"name": f"gateway{number}", "site": "", "timeToLive": INVITATION_MS})["invitation"]
                   for number in range(WORKERS)]
    (fleet / "invitations").write_text("".join(f"{invitation.rsplit(':', 1)[1]}\n" for invitation in invitations), encoding="utf-8")
    authority = _authority(port)
    if hashlib.sha256(ssl.PEM_cert_to_DER_cert(authority)).hexdigest() != invitations[0].rsplit(":", 2)[1]:
        raise RuntimeError("the authority is not the one that the invitations name")
    (fleet / "authority.pem").write_text(authority, encoding="utf-8")
    subprocess.run([load, "enrol", fleet, str(port)], check=True)


def _authority(port: int) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port))) as stranger:
        stranger.sendall(b"AUTHORITY {}\n")
        return json.loads(stranger.makefile("rb").readline().partition(b" ")[2])["certificate"]


def _work(line: Line) -> None:
    """Worker 0 reads a medium, sends its study and erases it; then it reads another one."""
    hello = {"versions": [1], "program": "fleet bench", "spool": f"00000000-0000-4000-8000-{0:012}"}
    line.say("HELLO", hello | {"custody": []})
    _read_medium(line, DRAINED, [VERIFIED])
    lease = line.say("LEASE", {"count": 1})["items"][0]
    verdict = {"instances": lease["instances"], "verdict": "verified"}
    line.say("RESULT", {"items": [{"grant": lease["grant"], "verdicts": [verdict], "beyond": [], "changed": []}]})
    grant = _read_medium(line, KEPT, [READY, HELD])
    # The drained medium's grant is not listed any more: what was staged under it is erased.
    line.say("HELLO", hello | {"custody": [grant]})


def _read_medium(line: Line, medium: int, studies: list[int]) -> int:
    """Returns the grant."""
    said = {"drive": "drive1", "label": f"M{medium}", "fingerprint": f"{medium:064}", "volumeIdentifier": "CDROM",
            "byteCount": 681_574_400, "fileCount": 812, "isOnline": False}
    grant = line.say("MEDIUM", said)["grant"]
    piece = {"grant": grant, "number": 0, "piece": {"studies": [_study(study) for study in studies], "unreadable": []}}
    matter = json.dumps(piece).encode()
    line.say("INVENTORY", matter)
    digest = hashlib.sha256(hashlib.sha256(matter).digest()).hexdigest()
    line.say("INVENTORY", {"grant": grant, "end": {"pieces": 1, "digest": digest, "fileCount": 812, "notDICOMCount": 3, "findings": []}})
    return grant


def _study(number: int) -> dict:
    uid = f"1.2.826.0.1.3680043.10.{number}"
    patient = {"patientID": f"P{number}", "issuer": "", "name": "DOE^JANE", "birthDate": "19500101", "sex": "F"}
    header = {"studyInstanceUID": uid, "patient": patient, "studyDate": DAY, "studyTime": "", "accessionNumber": f"A{number}",
              "studyDescription": "CT Thorax", "modalities": ["CT"]}
    instances = [{"sopInstanceUID": f"{uid}.1.{instance}", "sopClassUID": "1.2.840.10008.5.1.4.1.1.2", "seriesInstanceUID": f"{uid}.1",
                  "transferSyntaxUID": "1.2.840.10008.1.2.1", "sha256": hashlib.sha256(b"%d" % instance).hexdigest(),
                  "contentDigest": hashlib.sha256(b"c%d" % instance).hexdigest(), "byteCount": 525_312, "path": f"DICOM/{number}/IM{instance}"}
                 for instance in range(1, INSTANCES + 1)]
    return {"header": header, "instances": instances}

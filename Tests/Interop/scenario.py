"""The life of a gateway, told by a client that knows docs/protocol.md only."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from enrolment import Invitation, enrol, renew
from gateway import Gateway, Study, delivered
from line import Line, LineFault, parsed
from program import LOOK_SECONDS, Coordinator, Refused

# So long that no lease is over by itself because the machine is busy, and so short that one is when it is to be.
LONG_TERM, SHORT_TERM = "30 s", "1 s"
EXPIRY_SECONDS = 30.0
PIPELINED = 200


class Failed(Exception):
    """Something is not as docs/protocol.md has it."""


def check(condition: bool, what: str, found: object) -> None:
    """Raises Failed unless `condition`."""
    if not condition:
        raise Failed(f"{what}; found: {found}")


@dataclass
class Stage:
    """What the scenes share."""

    program: Path
    folder: Path
    studies: list[Study] = field(default_factory=list)
    items: list[dict] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.coordinator = Coordinator(self.program, self.folder / "c")
        self.coordinator.serve()
        self.studies = [Study(f"1.2.826.0.1.{number}", f"P{number}", "19990102", 250 if number == 0 else 3) for number in range(20)]
        self.coordinator.import_rows("media", "label,kind", "1999-CT-003,cd", "1999-CT-004,cd")
        self.coordinator.import_rows(
            "orders", "patient_id,accession_number,exam_date,modality,patient_name,birth_date",
            *[f"{study.patient},A{place},{study.date},CT,DOE^JANE,19700101" for place, study in enumerate(self.studies)])

    def restart(self, term: str) -> None:
        """The coordinator is killed and started again, with leases of this term; the gateway connects anew."""
        self.coordinator.restart(term)
        self.gateway.line.close()
        self.gateway.port = self.coordinator.port
        greeting = self.gateway.connect()
        check(greeting.word == "OK", "the worker is known", greeting)

    def is_leased(self, name: str, grant: int) -> bool:
        """Whether `workers --json` lists the grant as live."""
        return any(row["grant"] == grant for row in self.coordinator.workers()[name]["grants"])


def enrols(stage: Stage) -> None:
    """An invitation makes a worker, once."""
    invitation = Invitation.parse(stage.coordinator.invite("gateway1"))
    identity, reply = enrol(invitation, stage.folder)
    check(identity is not None and reply.body["worker"] == "gateway1", "the invitation enrols gateway1", reply)
    again = stage.folder / "again"
    again.mkdir()
    other, refusal = enrol(invitation, again)
    check(other is None and refusal.code == "invitation-used", "an invitation works once", refusal)
    stage.gateway = Gateway(identity, "spool-1", stage.coordinator.port)


def greets(stage: Stage) -> None:
    """Versions are settled; an older one is spoken, a newer one refused in words that say what to do."""
    gateway = stage.gateway
    gateway.versions = (9,)
    refused = gateway.connect()
    check(refused.code == "unsupported-version", "a version that is to come is refused", refused)
    check("update the coordinator" in refused.body["message"], "the refusal says which side is to be updated", refused)
    gateway.versions = (1,)
    old = gateway.hello().body
    check(old["version"] == 1 and "staging" not in old, "version 1 is spoken, without a key for the spool", "")
    gateway.versions = (9, 2, 1)
    greeting = gateway.hello()
    check(greeting.body["version"] == 2 and greeting.body["term"] == 30_000, "the highest common version is spoken", greeting)
    staging = greeting.body["staging"]
    check(staging["encrypted"] is True and len(bytes.fromhex(staging["key"])) == 32, "a key for the spool comes with it", "")
    check(gateway.hello().body["staging"] == staging, "the key is the same with each HELLO of an enrolment", "")
    first = gateway.beat()
    check(first.body["orders"] == [{"order": "resume"}], "the first beat is told whether to work", first)
    check(stage.coordinator.workers()["gateway1"]["protocolVersion"] == 2, "the operator sees the version", "")


def speaks_by_hand(stage: Stage) -> None:
    """A person types at `openssl s_client`, as docs/protocol.md says."""
    identity = stage.gateway.identity
    words = ["s_client", "-connect", f"127.0.0.1:{stage.coordinator.port}", "-quiet", "-tls1_3", "-CAfile", str(identity.authority),
             "-verify_return_error", "-cert", str(identity.certificate), "-key", str(identity.key)]
    with subprocess.Popen(["openssl", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as hand:
        for typed, answer in [
            ('HELLO {"versions":[2,1],"program":"by hand","spool":"spool-1","custody":[]}', "OK"), ('LEASE {"count":1}', "OK"), ("WORK {}", "ERR"),
        ]:
            hand.stdin.write(typed + "\n")
            hand.stdin.flush()
            heard = parsed(hand.stdout.readline().rstrip("\n"))
            check(heard.word == answer, f"{typed} is answered {answer}", heard)
        hand.terminate()


def reads(stage: Stage) -> None:
    """A disc is granted, told in pieces, and closed; what is said twice is answered twice."""
    gateway = stage.gateway
    refused = gateway.medium("1999-XX-999")
    check("grant" not in refused.body and refused.body["sentence"]["code"] == "label-unknown", "an unknown label is not read", refused)
    granted = gateway.medium("1999-CT-003")
    again = gateway.medium("1999-CT-003")
    check(granted == again and granted.body["grant"] > 0, "the question said twice has one answer", again)
    grant = granted.body["grant"]
    replies = gateway.inventory(grant, stage.studies)
    check(replies[-1].body == {"isClosed": True, "pieces": len(replies) - 1}, "the inventory is closed", replies[-1])
    check(all(reply.body["isClosed"] is False for reply in replies[:-1]), "no piece closes it", replies[0])
    repeated = gateway.inventory(grant, stage.studies)
    check(repeated[-1].body == replies[-1].body, "said again it is answered as closed", repeated[-1])
    gateway.custody = [grant]


def leases(stage: Stage) -> None:
    """Sixteen parts on one line, each with its grant; a beat keeps them and tells the resume point."""
    gateway = stage.gateway
    reply = gateway.lease(16)
    items = reply.body["items"]
    check(len(items) == 16 and len({item["grant"] for item in items}) == 16, "sixteen parts with a grant each", reply)
    large = [item for item in items if item["instances"] == [[0, 249]]][0]
    check(large["studyInstanceUID"] == stage.studies[0].uid and large["expected"]["accessionNumber"] == "A0", "the study has its order", large)
    beat = gateway.beat(*[{"grant": item["grant"], "items": 42, "bytes": 1, "done": [[0, 41]]} for item in items if item is large],
                        *[{"grant": item["grant"], "items": 0, "bytes": 0} for item in items if item is not large])
    check(sorted(beat.body["live"]) == sorted(item["grant"] for item in items), "the beat keeps all sixteen", beat)
    shown = [row for row in stage.coordinator.workers()["gateway1"]["grants"] if row["grant"] == large["grant"]]
    check(shown and shown[0]["done"] == [[0, 41]] and shown[0]["items"] == 42, "the operator sees the resume point", shown)
    stage.items = items


def reports(stage: Stage) -> None:
    """Results are taken, item by item; an item said twice counts once, and one of nobody's grant is stale."""
    gateway = stage.gateway
    first, second, *rest = stage.items
    reply = gateway.result(delivered(first), {"grant": 999_999, "verdicts": [], "beyond": [], "changed": []})
    check([item["word"] for item in reply.body["items"]] == ["OK", "STALE"], "each item has its own word", reply)
    check(gateway.result(delivered(first)).body["items"][0]["word"] == "OK", "a result said twice is answered twice", "")
    part = gateway.result(delivered(second, [0, 0]))
    check(part.body["items"][0]["word"] == "OK", "a part of a part may be delivered", part)
    taken = gateway.result(*[delivered(item) for item in rest])
    check({item["word"] for item in taken.body["items"]} == {"OK"}, "fourteen results on one line", taken)
    remaining = gateway.lease(16).body["items"]
    resumed = [item for item in remaining if item["studyInstanceUID"] == second["studyInstanceUID"]]
    check(resumed and resumed[0]["instances"] == [[1, second["instances"][0][1]]], "what was not tried is granted again, alone", remaining)
    check(gateway.result(*[delivered(item) for item in resumed]).word == "OK", "and delivered", "")
    stage.items = [item for item in remaining if item not in resumed]


def is_fenced_by_expiry(stage: Stage) -> None:
    """A lease that nobody names is over after its term, and granted anew under a higher number; the old one is stale from then on."""
    gateway, old = stage.gateway, stage.items[0]
    stage.restart(SHORT_TERM)
    deadline = time.monotonic() + EXPIRY_SECONDS
    while stage.is_leased("gateway1", old["grant"]):
        check(time.monotonic() < deadline, "a lease that nobody names ends", old)
        time.sleep(LOOK_SECONDS)
    stage.restart(LONG_TERM)
    items = gateway.lease(16).body["items"]
    new = [item for item in items if item["studyInstanceUID"] == old["studyInstanceUID"]][0]
    check(new["grant"] > old["grant"] and new["mayHaveBeenSent"] is True, "the part is granted anew", new)
    check(gateway.result(delivered(old)).body["items"][0]["word"] == "STALE", "the result of the old grant is stale", "")
    check(gateway.beat({"grant": old["grant"], "items": 0, "bytes": 0}).body["stale"] == [old["grant"]], "and so is its beat", "")
    stage.items = items


def is_kept_through_a_restart(stage: Stage) -> None:
    """The coordinator is killed: what it acknowledged is there, and live leases go on."""
    gateway, item = stage.gateway, stage.items[0]
    stage.restart(LONG_TERM)
    beat = gateway.beat({"grant": item["grant"], "items": 0, "bytes": 0})
    check(beat.body["live"] == [item["grant"]], "the lease lives on", beat)
    check(gateway.result(delivered(item)).body["items"][0]["word"] == "OK", "and its result counts", "")


def is_fenced_by_another_spool(stage: Stage) -> None:
    """A spool that was lost takes its grants with it; the disc is asked for again, and another worker reads it."""
    gateway, item = stage.gateway, stage.items[1]
    gateway.spool, gateway.custody = "spool-2", []
    check(gateway.hello().word == "OK", "a new spool is greeted", "")
    check(gateway.result(delivered(item)).body["items"][0]["word"] == "STALE", "the lease of the old spool is stale", "")
    identity, _ = enrol(Invitation.parse(stage.coordinator.invite("gateway2")), _made(stage.folder / "second"))
    second = Gateway(identity, "spool-3", stage.coordinator.port)
    second.connect()
    granted = second.medium("1999-CT-003")
    check(granted.body["sentence"]["code"] == "medium-granted-again", "the disc is granted again", granted)
    refused = gateway.medium("1999-CT-003")
    check(refused.body["sentence"]["code"] == "being-read", "and to one worker only", refused)
    check(gateway.line.ask("INVENTORY", {"grant": granted.body["grant"], "number": 0, "piece": {"studies": [], "unreadable": []}}).word
          == "STALE", "another worker's grant is stale", "")
    second.line.close()


def is_drained(stage: Stage) -> None:
    """Drained and resumed by operators, and told so by beats."""
    gateway = stage.gateway
    gateway.beat()
    stage.coordinator.command("workers", "drain", "gateway1")
    check(gateway.beat().body["orders"] == [{"order": "drain"}], "the beat says drain", "")
    check(gateway.medium("1999-CT-004").body["sentence"]["code"] == "worker-draining", "no new disc", "")
    check(gateway.lease(1).body["sentence"]["code"] == "worker-draining", "no new part", "")
    stage.coordinator.command("workers", "resume", "gateway1")
    check(gateway.beat().body["orders"] == [{"order": "resume"}], "the beat says resume", "")


def sends_ahead(stage: Stage) -> None:
    """More requests than may wait are sent at once; all are answered, in their order."""
    gateway = stage.gateway
    for number in range(PIPELINED):
        gateway.line.say(f'BEAT {{"grants":[{{"grant":{900_000 + number},"items":0,"bytes":0}}],"drives":[],"spoolBytes":0,"spoolLimit":1}}')
    stale = [parsed(gateway.line.hear()).body["stale"][0] for _ in range(PIPELINED)]
    check(stale == [900_000 + number for number in range(PIPELINED)], "replies come in the order of the requests", stale)


def renews(stage: Stage) -> None:
    """A new key gets a new certificate of the same name and identity; the next connection uses it."""
    gateway = stage.gateway
    before = gateway.line
    gateway.identity = renew(before, stage.folder)
    check(before.ask("LEASE", {"count": 1}).word == "OK", "the former certificate is good until the new one has spoken", "")
    check(gateway.connect().body["worker"] == "gateway1", "the new certificate is gateway1's", "")
    check(before.ask("LEASE", {"count": 1}).code == "certificate-superseded", "then the former one is refused", "")
    before.close()
    check({"order": "renew"} not in gateway.beat().body["orders"], "no renewal is due", "")


def is_told_to_renew(stage: Stage) -> None:
    """The migration gets a second authority: the beat says so, and the worker trusts both from then on."""
    gateway = stage.gateway
    stage.coordinator.command("authority", "rotate")
    check({"order": "renew"} in gateway.beat().body["orders"], "the beat says renew", "")
    gateway.identity = renew(gateway.line, stage.folder)
    authorities = gateway.identity.authority.read_text().count("BEGIN CERTIFICATE")
    check(authorities == 2, "both authorities are to be trusted", authorities)
    gateway.line.close()
    check(gateway.connect().body["worker"] == "gateway1", "the certificate of the second authority is gateway1's", "")
    check({"order": "renew"} not in gateway.beat().body["orders"], "and nothing more is due", "")


def is_refused(stage: Stage) -> None:
    """Revoked, it is refused from its next line on, here and on new connections."""
    gateway = stage.gateway
    stage.coordinator.command("workers", "revoke", "gateway1")
    check(gateway.lease(1).code == "revoked", "the open connection is refused", "")
    gateway.line.close()
    check(gateway.connect().code == "revoked", "and so is a new one", "")
    gateway.line.close()


def stays_a_stranger(stage: Stage) -> None:
    """Without a certificate only two verbs are answered."""
    with Line("127.0.0.1", stage.coordinator.port) as line:
        check(line.ask("LEASE", {"count": 1}).code == "not-authenticated", "a stranger gets no work", "")
        check(line.ask_exactly("LEASE 1").code == "bad-value", "an object is asked for", "")
        check(line.ask_exactly("WORK {}").code == "unknown-verb", "a verb is asked for", "")
        check(line.ask_exactly(" " * 70_000).code == "line-too-long", "a line is bounded", "")
        check(line.ask("AUTHORITY", {}).word == "OK", "an error costs the line only", "")


def ends(stage: Stage) -> None:
    """The coordinator stops in order."""
    check(stage.coordinator.end() == 0, "exit status 0", "")


SCENES = [
    enrols, greets, speaks_by_hand, reads, leases, reports, is_fenced_by_expiry, is_kept_through_a_restart, is_fenced_by_another_spool, is_drained,
    sends_ahead, renews, is_told_to_renew, is_refused, stays_a_stranger, ends,
]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def play(program: Path) -> int:
    """Plays all scenes; how many."""
    folder = Path(tempfile.mkdtemp(prefix="skein-i-"))
    stage: Stage | None = None
    try:
        stage = Stage(program, folder)
        for scene in SCENES:
            try:
                scene(stage)
            except (Failed, LineFault, Refused) as failed:
                raise Failed(f"{scene.__name__}: {failed}") from failed
            except LookupError as missing:
                raise Failed(f"{scene.__name__}: a reply lacks {missing!r}") from missing
            print(f"scenario: {scene.__name__.replace('_', ' ')}")
        return len(SCENES)
    finally:
        if stage:
            stage.coordinator.remove()
        shutil.rmtree(folder, ignore_errors=True)

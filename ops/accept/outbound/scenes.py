"""What happens while orders are told."""

from __future__ import annotations

import csv
import ssl
import stat
import time
from collections import Counter
from pathlib import Path

from lab.processes import free_port
from lab.skein import Coordinator
from merges.material import DISCS, Study
from orders import manners

from .receiver import Heard, Receiver
from .site import Site

FIRST, SECOND = DISCS
TIMEOUT = "2 s"
# What the receiver does with the first messages: no reply, a broken connection, half a reply, a reply to another message first, the reply twice, a passing refusal.
FAULTS = ["silent", "close", "half", "other", "twice", "busy"]
NEW, CANCEL = "NW", "CA"


def settings(port: int, message: str, character_set: str) -> str:
    """The value of `outbound`."""
    return (f"{{ orders: hl7, host: 127.0.0.1, port: {port}, timeout: {TIMEOUT}, message: {message}, character-set: {character_set}, "
            "receiving-application: RIS, assigning-authority: HOSP }")


def faulty(site: Site, port: int, encoding: str) -> None:
    """The receiver is down, then answers badly; the coordinator is killed while it waits for a reply, again and again."""
    site.insert(FIRST)
    first = [study for study in site.unspecified if study.disc == FIRST]
    site.await_("orders of the first disc wait", lambda: len(site.outbound()) == len(first))
    site.await_("status says that nobody takes them", lambda: any("wait" in text for text in site.coordinator.ask_json("status", "--json")["complaints"]))
    site.await_sent([study for study in site.matched if study.disc == FIRST])
    site.expect("no image of an unspecified exam came while the RIS was down", not any(site.images(study) for study in site.unspecified))
    refused = next(row for row in site.outbound() if row["studyInstanceUID"] == first[0].uid)["accessionNumber"]
    with Receiver(port, encoding) as receiver:
        receiver.script, receiver.refused = list(FAULTS), {refused}
        site.await_("the RIS refuses one order", lambda: any(row["state"] == "refused" for row in site.outbound()))
        site.await_sent(first[1:])
        site.expect("the refused one is held", site.studies()[first[0].uid].get("reason") == "order-refused")
        _late(site, receiver, port)
        receiver.refused = set()
        site.coordinator.ask("exceptions", "retry", first[0].uid)
        site.await_sent(site.discs.studies)
    site.faults += receiver.faults
    counts = site.coordinator.ask_json("status", "--json")["outbound"]["byState"]
    settled = len({heard.control for heard in receiver.heard if heard.acknowledged})
    site.expect("status counts what was told", counts == {"waiting": 0, "sending": 0, "acknowledged": settled, "refused": 0, "withdrawn": 0, "closed": 1})
    site.expect("the list has the same", len(site.outbound()) == settled + 1)
    _judge(site, receiver.heard, refused)


def _late(site: Site, receiver: Receiver, port: int) -> None:
    """The second disc: the coordinator is killed each time that a reply is due; one order comes in after all, while the RIS has heard of another."""
    count = len(receiver.heard)
    receiver.script = ["silent"] * 6
    site.insert(SECOND)
    for kill in range(1, 4):
        site.await_("the RIS has the next message", lambda wanted=count + kill: len(receiver.heard) >= wanted)
        site.crash()
    under_way = receiver.heard[-1]
    study = next(study for study in site.unspecified if study.uid == under_way.study)
    site.order_late(study)
    site.await_("the order that is not needed is cancelled", lambda: any(heard.number == CANCEL for heard in receiver.heard if heard.acknowledged))
    site.await_sent([study for study in site.discs.studies if study.disc == SECOND])


def _judge(site: Site, heard: list[Heard], refused: str) -> None:
    """What the RIS and the PACS have, against each other."""
    texts: dict[str, set[str]] = {}
    for message in heard:
        texts.setdefault(message.control, set()).add(message.text)
    site.expect("a message that is sent again is the same", all(len(same) == 1 for same in texts.values()))
    taken = {message.control: message for message in reversed(heard) if message.acknowledged}
    new = [message for message in taken.values() if message.number == NEW]
    cancelled = {message.accession for message in taken.values() if message.number == CANCEL}
    site.expect("one order was cancelled, once", len(cancelled) == 1 == sum(message.number == CANCEL for message in taken.values()))
    site.expect("every unspecified exam has exactly one order", Counter(message.study for message in new) == Counter(study.uid for study in site.unspecified))
    site.expect("every accession number is one exam's", len({message.accession for message in new}) == len(new))
    site.expect("the refused order was told again as another message", {f"{refused}-1", f"{refused}-2"} <= set(texts))
    site.expect("nothing else was told", len(new) + len(cancelled) + 1 == len(texts))
    _judge_order(site, heard)
    for study in site.unspecified:
        order = next((message for message in new if message.study == study.uid), None)
        if order is None:
            continue
        name = "=".join("^".join(group.split("^")[:2]) for group in study.patient.name.split("="))
        site.expect(f"the order of study {study.accession} names its patient", (order.patient, order.name) == (study.patient.number, name))
        if order.accession in cancelled:
            site.expect_images(study, study.accession, 0)
        else:
            site.expect_images(study, order.accession, order.acknowledged)
    for study in site.matched:
        site.expect_images(study, study.accession, 0)
    repeated = len(heard) - len(texts)
    print(f"  {len(heard)} messages heard, {repeated} of them again after a fault or a kill: {len(new)} exams have one order each, {len(cancelled)} cancelled, "
          f"{len(site.pacs.images)} images, none before its order", flush=True)


def _judge_order(site: Site, heard: list[Heard]) -> None:
    """No message came while one before it was still to be acknowledged or refused: the numbers never go back but for one that a person wanted again."""
    first = list(dict.fromkeys(message.control for message in heard))
    last = {message.control: index for index, message in enumerate(heard)}
    for index, control in enumerate(first[:-1]):
        begun = next(place for place, message in enumerate(heard) if message.control == first[index + 1])
        site.expect(f"{control} was settled before {first[index + 1]} began", last[control] < begun)


def secure(site: Site, port: int, folder: Path) -> None:
    """TLS: the RIS shows a certificate, and so do we; then all is as without."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "authority.pem"))
    context.load_cert_chain(folder / "port.pem", folder / "port-key.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with Receiver(port, "utf-8", context) as receiver:
        site.insert(FIRST)
        site.await_sent([study for study in site.discs.studies if study.disc == FIRST])
    told = {message.study: message for message in receiver.heard if message.acknowledged}
    first = [study for study in site.unspecified if study.disc == FIRST]
    site.expect("every unspecified exam has an order", set(told) == {study.uid for study in first})
    for study in first:
        site.expect_images(study, told[study.uid].accession, told[study.uid].acknowledged)
    print(f"  {len(told)} orders over TLS with a certificate of ours", flush=True)


def unwritable(site: Site, port: int) -> None:
    """Hangul cannot be written in 8859/1: the studies are held, and nothing is told in its place."""
    with Receiver(port, "latin-1") as receiver:
        site.insert(FIRST)
        first = [study for study in site.unspecified if study.disc == FIRST]
        site.await_("all are held", lambda: all(site.studies()[study.uid].get("reason") == "character-set" for study in first))
    site.expect("nothing was told", not receiver.heard)
    site.expect("no image came", not any(site.images(study) for study in first))
    print(f"  {len(first)} studies held, nothing told", flush=True)


def files(site: Site, folder: Path) -> None:
    """CSV: the coordinator is killed while it reads and writes; every order is in one closed file, before the images, and reads back."""
    for disc in DISCS:
        site.insert(disc)
        for _ in range(3):
            time.sleep(0.3)
            site.crash()
    site.await_sent(site.discs.studies)
    found: dict[str, list[tuple[str, float]]] = {}
    for path in sorted(folder.iterdir()):
        site.expect(f"{path.name} is closed, and its owner's alone", path.suffix == ".csv" and stat.S_IMODE(path.stat().st_mode) == 0o600)
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["study_instance_uid"], []).append((row["accession_number"], path.stat().st_mtime - time.time() + time.monotonic()))
    site.expect("every unspecified exam is in one file, once", {uid: len(rows) for uid, rows in found.items()} == {study.uid: 1 for study in site.unspecified})
    for study in site.unspecified:
        for accession, moment in found.get(study.uid, []):
            site.expect_images(study, accession, moment)
    _read_back(site, folder)
    print(f"  {len(found)} orders in {len(list(folder.iterdir()))} files, read back by orders import", flush=True)


def _read_back(site: Site, folder: Path) -> None:
    other = Coordinator(site.coordinator.program, site.folder / "other")
    other.init("dicom://OTHER@127.0.0.1:4242?calling=SKEIN", free_port(), {})
    imported = 0
    for path in sorted(folder.glob("*.csv")):
        said = other.ask_json("orders", "import", str(path), "--json")
        imported += said["imported"]
    site.expect("orders import reads all of them back", imported == len(site.unspecified))


def certificates(folder: Path) -> str:
    """Certificates of the RIS and of ours; the value of `tls`."""
    for name, authority in (("port", None), ("authority", None), ("sender", "authority")):
        manners.certificate(folder, name, authority)
    return manners.settings(authority=str(folder / "port.pem"), certificate=str(folder / "sender.pem"), key=str(folder / "sender-key.pem"))

"""What happens to patients in the middle of a migration, by each profile of the destination."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orders.hospital import Patient
from lab.skein import CommandError
from pydicom.uid import generate_uid

from .material import DISCS, Study
from .site import Site

FIRST, SECOND = DISCS
# How often the destination is asked, and how long it is awaited before a person decides.
EVERY, WAIT = "1 s", "12 s"


@dataclass
class Change:
    """A patient who is merged or renamed, with the study that was sent before and the one that comes after."""

    former: Patient
    present: Patient
    sent: Study
    unsent: Study


class Middle:
    """The first disc is sent; then the hospital merges three patients and renames a fourth; then the second disc comes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        patients = site.archive.patients
        # Into numbers of their own, into a patient who has studies, and under another name alone.
        present = [
            site.archive.renamed(patients[0], "90000001"), site.archive.renamed(patients[1], "90000002"),
            patients[3], site.archive.renamed(patients[4])]
        self.changes = [
            Change(patients[index], who, site.archive.of(patients[index], FIRST), site.archive.of(patients[index], SECOND))
            for index, who in ((0, present[0]), (1, present[1]), (2, present[2]), (4, present[3]))]

    def run(self) -> None:
        """Up to the point where all is sent, and what was sent before waits for a correction."""
        site = self.site
        site.insert(FIRST)
        site.await_verified([study for study in site.archive.studies if study.disc == FIRST])
        before = {change.sent.uid: site.pacs.by_rest(change.sent) for change in self.changes}
        site.faults += site.systems.send([
            site.systems.merge(change.former.number, change.present) if change.former.number != change.present.number
            else site.systems.rename(change.present) for change in self.changes])
        rows = site.corrections()
        site.expect("what was sent of the changed patients needs a correction, and nothing else", set(rows) == {change.sent.uid for change in self.changes})
        for change in self.changes:
            row = rows.get(change.sent.uid, {"sentAs": {}, "shouldBe": {}})
            site.expect("a correction says what a study was sent as", row["sentAs"].get("patientID") == change.former.number)
            site.expect("and what it should be", (row["shouldBe"].get("patientID"), row["shouldBe"].get("name")) == (change.present.number, change.present.name))
        site.insert(SECOND)
        site.await_verified(site.archive.studies)
        for change in self.changes:
            site.expect_under(change.unsent, change.present)
            site.expect("nothing was sent again by itself", site.pacs.by_rest(change.sent) == before[change.sent.uid])
        for study in site.archive.studies:
            if study.patient.number not in {change.former.number for change in self.changes}:
                site.expect_under(study, study.patient)
        print(f"  {len(self.changes)} patients changed between two discs: {len(self.changes)} unsent studies went out under the present patient, "
              f"{len(rows)} sent ones are on the corrections list", flush=True)


def by_itself(site: Site) -> None:
    """Profile await: the PACS is asked until it has corrected a study; what it leaves is a person's."""
    middle = Middle(site)
    middle.run()
    first, *others = middle.changes
    site.pacs.merge(first.sent, first.present)
    site.await_("the PACS's own merge is found", lambda: first.sent.uid not in site.corrections())
    site.expect("it is known as corrected", site.corrections("--all")[first.sent.uid]["state"] == "corrected")
    site.expect_under(first.sent, first.present)
    site.await_("what the PACS does not correct is open", lambda: all(row["state"] == "open" for row in site.corrections().values()))
    site.expect("the rest is still on the list", set(site.corrections()) == {change.sent.uid for change in others})
    site.expect("status says so", any("corrections" in text for text in site.coordinator.ask_json("status", "--json")["complaints"]))
    is_refused = False
    try:
        site.coordinator.ask("corrections", "approve", others[0].sent.uid)
    except CommandError:
        is_refused = True
    site.expect("nothing is deleted under the profile await", is_refused)
    site.pacs.merge(others[0].sent, others[0].present)
    site.coordinator.ask("corrections", "await", others[0].sent.uid)
    site.await_("what came late is found when it is awaited anew", lambda: others[0].sent.uid not in site.corrections())


def by_deletion(site: Site) -> None:
    """Profile delete-and-send-again, Orthanc deletes: on approval, with the source at hand, the coordinator killed meanwhile."""
    middle = Middle(site)
    middle.run()
    strange = leave_object(site, middle.changes[1].sent)
    for change in middle.changes:
        site.coordinator.ask("corrections", "approve", change.sent.uid)
    site.serving.kill()
    site.serve()
    media = {row["label"]: row["state"] for row in site.coordinator.ask_json("media", "--json")["media"]}
    site.expect("the disc is asked for again", media[FIRST] == "expected")
    for change in middle.changes:
        site.expect("nothing is deleted before the study is at hand", [filed.patient for filed in site.pacs.by_rest(change.sent)] == [change.former.number])
    site.insert(FIRST)
    held = middle.changes[1].sent
    site.await_("what can be corrected is", lambda: set(site.corrections()) == {held.uid})
    row = site.corrections().get(held.uid, {"state": "", "detail": ""})
    site.await_("what holds an object that is not ours is not deleted", lambda: "not sent to it" in site.corrections().get(held.uid, row)["detail"])
    site.expect("and is there still", bool(site.pacs.by_rest(held)) and strange[1] in site.pacs.by_rest(held)[0].instances)
    site.expect("it is to be deleted still", site.corrections()[held.uid]["state"] == "deleting")
    # Neither survives this: what is deleted then is in the custody of a worker that is not there, and is sent by the next one.
    site.serving.kill()
    site.running.kill()
    site.serve()
    site.pacs.remove(strange[0])
    site.await_("it is deleted, and to be sent again", lambda: site.corrections().get(held.uid, row)["state"] == "sending")
    site.expect("nothing of it is in the PACS", not site.pacs.by_rest(held))
    site.serving.kill()
    site.serve()
    site.expect("it is to be sent still", site.corrections().get(held.uid, row)["state"] == "sending")
    site.restart_worker()
    _end(site, middle)


def during_a_lease(site: Site) -> None:
    """A40 while a study is being sent: what is under way comes to its end under the former patient, what waits goes out under the present one."""
    site.pacs.hold()
    site.insert(FIRST)
    first = [study for study in site.archive.studies if study.disc == FIRST]
    site.await_("a study is being sent", lambda: any(row["state"] == "leased" for row in site.studies().values()))
    leased = {uid for uid, row in site.studies().items() if row["state"] == "leased"}
    # Two that are being sent, and one that waits, but for who is registered twice.
    others = [study for study in first if study.patient not in site.archive.patients[2:4]]
    chosen = sorted(others, key=lambda study: study.uid not in leased)
    changes = [(study, site.archive.renamed(study.patient, f"9000000{index}")) for index, study in enumerate([*chosen[:2], chosen[-1]])]
    site.faults += site.systems.send([site.systems.merge(study.patient.number, present) for study, present in changes])
    site.expect("nothing has arrived", not any(row["state"] == "verified" for row in site.studies().values()))
    site.pacs.let_go()
    site.await_verified(first)
    rows = site.corrections()
    under_way = [study for study, _ in changes if study.uid in leased]
    site.expect("some of the changed were being sent", bool(under_way))
    site.expect("what was being sent needs a correction", {study.uid for study in under_way} <= set(rows))
    for study, present in changes:
        site.expect_under(study, study.patient if rows.get(study.uid, {}).get("state") in ("awaited", "open") else present)
    for uid in [uid for uid, row in rows.items() if row["state"] in ("awaited", "open")]:
        site.coordinator.ask("corrections", "approve", uid)
    site.insert(SECOND)
    site.await_verified([study for study in site.archive.studies if study.disc == SECOND])
    site.insert(FIRST)
    site.await_("all are corrected", lambda: not site.corrections())
    site.await_verified(site.archive.studies)
    for study, present in changes:
        site.expect_under(study, present)
        site.expect_under(site.archive.of(study.patient, SECOND), present)
        site.expect("nothing remains under the old patient", site.pacs.studies_of(study.patient.number) == set())
    print(f"  {len(changes)} patients merged while {len(leased)} studies were being sent: {len(under_way)} of theirs were sent as before, deleted, and sent again", flush=True)


def by_hand(site: Site) -> None:
    """Profile delete-and-send-again, where only a person can delete."""
    middle = Middle(site)
    middle.run()
    for change in middle.changes:
        site.coordinator.ask("corrections", "approve", change.sent.uid)
    site.insert(FIRST)
    site.await_("a person is asked to delete", lambda: all("a person deletes" in row["detail"] for row in site.corrections().values()))
    for change in middle.changes:
        for filed in site.pacs.by_rest(change.sent):
            site.pacs.delete(filed.key)
    _end(site, middle)


def _end(site: Site, middle: Middle) -> None:
    site.await_("all are corrected", lambda: not site.corrections())
    site.await_verified(site.archive.studies)
    for change in middle.changes:
        site.expect_under(change.sent, change.present)
        site.expect_under(change.unsent, change.present)
        if change.former.number != change.present.number:
            site.expect("nothing remains under the old patient", site.pacs.studies_of(change.former.number) == set())
        states = site.corrections("--all")
        site.expect("it is known as corrected, and who approved it", states[change.sent.uid]["state"] == "corrected" and bool(states[change.sent.uid]["approvedBy"]))
    gone = [change.former.number for change in middle.changes if change.former.number != change.present.number]
    print(f"  {len(middle.changes)} studies deleted and sent again; {len(gone)} former patients have nothing any more, by REST and by C-FIND", flush=True)


def leave_object(site: Site, study: Study) -> tuple[str, str]:
    """Another system has an object in a study; its key and UID."""
    uid = generate_uid(entropy_srcs=["strange", study.uid])
    path = Path(site.archive.folder / "strange.dcm")
    site.archive.save(study, uid, 9, path)
    return site.pacs.upload(path.read_bytes()), uid

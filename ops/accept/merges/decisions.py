"""What a person decides by hand, before a study is sent and after, and what the PACS has then."""

from __future__ import annotations

from dataclasses import replace

from lab.skein import CommandError

from .material import DISCS, Study
from .site import Site

FIRST, SECOND = DISCS
# Of which there is no study.
LATER = "20040101"


def by_decision(site: Site) -> None:
    """Profile delete-and-send-again: `match assign`, `undo`, `exclude` and `link`, and an order that is amended after sending; Orthanc deletes."""
    first = [study for study in site.archive.studies if study.disc == FIRST]
    amended, undone, phantom, *others = first
    # The pixels go by the digits of the accession number.
    rival, twin = (replace(study, accession=f"B{study.accession[1:]}") for study in (undone, phantom))
    other = replace(amended, accession=f"B{amended.accession[1:]}", day=LATER)
    site.faults += site.systems.send([site.systems.order(order) for order in (rival, twin, other)])
    site.insert(FIRST)
    site.await_verified([amended, *others])
    _before_sending(site, undone, rival, phantom)
    site.insert(SECOND)
    site.await_verified([study for study in site.archive.studies if study.disc == SECOND])
    _after_sending(site, amended, other)
    for study in others:
        site.expect_under(study, study.patient)
    print("  one study assigned, undone and assigned; one left out; one amended after sending, deleted, and sent again under its other order", flush=True)


def _before_sending(site: Site, undone: Study, rival: Study, phantom: Study) -> None:
    """Two studies wait, as each has two orders of its day."""
    site.await_("what has two orders waits", lambda: all(site.studies()[one.uid]["reason"] == "several-orders" for one in (undone, phantom)))
    # Nothing is leased while a person thinks again.
    site.running.kill()
    site.coordinator.ask("match", "assign", undone.uid, undone.accession)
    site.coordinator.ask("match", "undo", undone.uid)
    site.expect("what was undone waits again", site.studies()[undone.uid]["reason"] == "several-orders")
    site.coordinator.ask("match", "assign", undone.uid, rival.accession)
    site.coordinator.ask("match", "exclude", phantom.uid, "--reason", "a phantom")
    site.restart_worker()
    site.await_verified([undone])
    site.expect_under(rival, undone.patient)
    site.expect("what was left out is not in the PACS", not site.pacs.by_rest(phantom) and site.studies()[phantom.uid]["state"] == "excluded")
    site.expect("what was sent is not left out", _is_refused(site, "match", "exclude", undone.uid, "--reason", "late"))
    site.expect("nor undone", _is_refused(site, "match", "undo", undone.uid))
    site.coordinator.ask("match", "link", undone.uid, undone.accession)
    site.expect("one study serves both orders", site.studies()[undone.uid]["servedOrders"] == [undone.accession])
    site.expect_under(rival, undone.patient)


def _after_sending(site: Site, sent: Study, intended: Study) -> None:
    """A study is another exam's after all: it is deleted and sent again, its former order free for another."""
    site.coordinator.ask("match", "assign", sent.uid, intended.accession, "--reason", "mixed up")
    row = site.corrections().get(sent.uid, {"state": "", "sentAs": {}, "shouldBe": {}})
    site.expect("it is open", row["state"] == "open")
    site.expect("it says what was sent and what should be", (row["sentAs"].get("accessionNumber"), row["shouldBe"].get("accessionNumber")) == (sent.accession, intended.accession))
    site.expect("people see both numbers", all(number in site.coordinator.ask("corrections") for number in (sent.accession, intended.accession)))
    later = site.archive.of(sent.patient, SECOND)
    for order in (sent, intended):
        site.expect("both orders are in use", _is_refused(site, "match", "assign", later.uid, order.accession))
    site.expect_under(sent, sent.patient)
    site.coordinator.ask("corrections", "approve", sent.uid)
    site.expect("nothing else is decided meanwhile", _is_refused(site, "match", "assign", sent.uid, sent.accession))
    site.insert(FIRST)
    site.await_("it is corrected", lambda: sent.uid not in site.corrections())
    site.await_verified([sent])
    # What the objects say of the day stays.
    site.expect_under(replace(intended, day=sent.day), sent.patient)
    site.expect("it is known as corrected", site.corrections("--all")[sent.uid]["state"] == "corrected")
    site.expect("its other order is in use still", _is_refused(site, "match", "assign", later.uid, intended.accession))
    site.expect("its former order is free", not _is_refused(site, "match", "assign", later.uid, sent.accession) and later.uid in site.corrections())
    site.coordinator.ask("match", "assign", later.uid, later.accession)
    site.expect("what is decided back as it was sent needs no correction", later.uid not in site.corrections())


def _is_refused(site: Site, *words: str) -> bool:
    try:
        site.coordinator.ask(*words)
    except CommandError:
        return True
    return False


"""Scenarios 6 to 8: there is no room, in the spool, on the worker's disk, on the ledger's disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .sight import is_between, now, since
from .stage import Settings, Stage

# No orders yet: everything is held, and stays in the spool until it must leave it.
SMALL_SPOOL = Settings(spool="16 MiB", orders=False)
SMALL_SPOOL_AND_STORE = replace(SMALL_SPOOL, holding_store=True)
SMALL_SPOOL_AND_STORE_DISK = replace(SMALL_SPOOL_AND_STORE, store_disk=64 << 20)
SMALL_SPOOL_DISK = Settings(spool_disk=16 << 20)
SMALL_LEDGER_DISK = Settings(gateways=2, ledger_disk=24 << 20)
# Room for a part of the first disc only.
LITTLE_ROOM = 1 << 20
# So long the disk stays full after the trouble was said: longer than the term of a lease.
FULL_SECONDS = 4


def spool_full(stage: Stage) -> None:
    """Held studies fill the spool. They leave it, the drive reads on, and their discs are asked for again when the orders come."""
    _read_all_held(stage)
    evicted = stage.ledger.evicted()
    stage.claim(evicted, "nothing left the spool")
    stage.import_orders()
    asked = stage.until("discs asked for again", lambda sight: sight.unread or sight.is_over)
    for label in asked.unread:
        reason = asked.medium(label)["reason"] or ""
        stage.claim("again" in reason, f"{label} is asked for again without a word why: {reason}")
    stage.finish()
    again = {label for label in stage.labels if stage.hands[0].inserted.count(label) > 1}
    stage.claim(again == evicted, f"discs inserted a second time: {sorted(again)}; discs whose studies had left the spool: {sorted(evicted)}")
    _nobody_to_blame(stage)


def spool_full_with_store(stage: Stage) -> None:
    """The same with a holding store: held studies wait there, also while their worker is killed and starts again; no disc is needed twice."""
    _read_all_held(stage)
    store = stage.folder / "store" / stage.gateways[0].name
    stage.claim(_files(store), "nothing lies in the holding store")
    _start_anew(stage)
    stage.import_orders()
    stage.finish()
    stage.claim(sorted(stage.hands[0].inserted) == sorted(stage.labels), f"discs were inserted again: {stage.hands[0].inserted}")
    stage.claim(not _files(store), f"{len(_files(store))} files are left in the holding store")
    _nobody_to_blame(stage)


def holding_store_full(stage: Stage) -> None:
    """The spool is full and so is the disk of the holding store: the drive waits, and reads on by itself when there is room."""
    stage.disks["store"].fill()
    stage.feed()
    stage.said = stage.until_said("spool is full", "holding store")
    sights = stage.during(FULL_SECONDS)
    stage.claim(all("holding store" in sight.paused(stage.gateways[0].name) for sight in sights), "the worker does not keep saying so")
    stage.claim(not stage.ledger.evicted(), "studies were given up to their discs, though there is a holding store")
    stage.disks["store"].empty()
    studies = len(stage.records.studies)
    stage.until("all discs read, all studies held", lambda sight: not sight.unread and sight.status["studies"]["held"] == studies)
    stage.import_orders()
    stage.finish()
    _nobody_to_blame(stage)


def spool_disk_full(stage: Stage) -> None:
    """The disk under the spool is full, first while a disc is read, then while studies are sent."""
    name, disk = stage.gateways[0].name, stage.disks["gateway1"]
    disk.fill(leaving=LITTLE_ROOM)
    stage.feed(stage.labels[0])
    stage.said = stage.until_said(name, "disk", "full")
    sights = stage.during(FULL_SECONDS)
    stage.claim(all("disk" in sight.paused(name) for sight in sights), f"the worker does not say that it is the disk: {sights[-1].paused(name)}")
    stage.claim(all(sight.medium(stage.labels[0])["state"] == "reading" for sight in sights), "the disc is not being read any more")
    disk.empty()
    stage.until("the first disc's studies", lambda sight: sight.is_idle and sight.status["instances"]["verified"] > 0)
    stage.pacs.freeze()
    stage.feed()
    stage.until("leases while the destination does not move", lambda sight: not sight.unread and sight.leases > 0)
    disk.fill()
    stage.pacs.thaw()
    stage.until_said(name, "disk", "full")
    stage.claim(not any(sight.exceptions for sight in stage.during(FULL_SECONDS)), "studies became exceptions, though only a disk is full")
    disk.empty()
    stage.finish()
    _nobody_to_blame(stage)


def spool_disk_full_restart(stage: Stage) -> None:
    """The worker is killed and starts again while its disk is full: it waits and says so, and goes on by itself."""
    name, disk = stage.gateways[0].name, stage.disks["gateway1"]
    stage.pacs.freeze()
    stage.feed()
    stage.until("leases while the destination does not move", lambda sight: not sight.unread and sight.leases > 0)
    disk.fill()
    _start_anew(stage)
    stage.pacs.thaw()
    stage.said = stage.until_said(name, "disk", "full")
    disk.empty()
    stage.finish()
    inserted = stage.hands[0].inserted
    stage.claim(len(inserted) == len(set(inserted)), f"discs were inserted again: {inserted}")
    _nobody_to_blame(stage)


def _start_anew(stage: Stage) -> None:
    gateway = stage.gateways[0]
    stage.workers[gateway.name].kill()
    stage.work(gateway)


def ledger_disk_full(stage: Stage) -> None:
    """The disk under the ledger is full while results and inventories come in: workers wait, the status says so all the same."""
    _fill_ledger_disk(stage)
    first = since(stage.said)
    sights = stage.during(FULL_SECONDS)
    stage.claim(all(since(later.complaint("recorded")) == first for later in sights), "the complaint goes or changes while the disk is full")
    stage.claim(all(later.status["ledger"] for later in sights), "the status's own field says nothing of the ledger")
    stage.claim(all(later.status["workers"]["connected"] == 2 for later in sights), "workers went missing")
    stage.claim(not any(sight.exceptions for sight in sights), "studies became exceptions, though only a disk is full")
    _room_for_the_ledger(stage)


def ledger_disk_full_restart(stage: Stage) -> None:
    """The same, and the coordinator is killed and starts again while the disk is full."""
    _fill_ledger_disk(stage)
    stage.server.kill()
    stage.serve()
    stage.said = stage.until_said("recorded", "full")
    _room_for_the_ledger(stage)


def _fill_ledger_disk(stage: Stage) -> None:
    stage.feed(stage.labels[0])
    stage.until("the first disc's studies", lambda sight: sight.is_idle and sight.status["instances"]["verified"] > 0)
    stage.pacs.freeze()
    # The last disc is inserted when nothing can be recorded any more.
    stage.feed(*stage.labels[:-1])
    stage.until("leases while the destination does not move", lambda sight: sight.unread == stage.labels[-1:] and sight.leases > 0)
    began = now()
    stage.disks["ledger"].fill()
    stage.pacs.thaw()
    stage.feed()
    stage.said = stage.until_said("recorded", "full")
    stage.claim(is_between(since(stage.said), began, now()), f"since {since(stage.said)}, between {began} and {now()} by our clock")


def _room_for_the_ledger(stage: Stage) -> None:
    stage.disks["ledger"].empty()
    stage.finish()
    stage.claim(stage.look().status["ledger"] is None, "the status's own field still says that the ledger is in trouble")
    _nobody_to_blame(stage)


def _read_all_held(stage: Stage) -> None:
    """All discs are read, though nothing of them can be sent and the spool cannot hold them."""
    stage.feed()
    stage.said = stage.until_said("spool is full")
    studies = len(stage.records.studies)
    read = stage.until("all discs read, all studies held", lambda sight: not sight.unread and sight.status["studies"]["held"] == studies)
    worker = read.workers[0]
    stage.claim(worker["spoolBytes"] <= worker["spoolLimit"], f"{worker['spoolBytes']} bytes in a spool of {worker['spoolLimit']}")


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _nobody_to_blame(stage: Stage) -> None:
    events = stage.ledger.events()
    for code in ("attempt-failed", "gave-up"):
        stage.claim(events[code] == 0, f"{events[code]} × {code}, though no study and no destination is at fault")

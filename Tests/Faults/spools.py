"""Faults of spools: a gateway's disk is looked through, and given to another enrolment."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from .ground import USUAL, Ground

# Nothing is sent before the orders come, so that all that was read lies in the spool.
HELD = replace(USUAL, gateways=1, orders=False)
# The label before each DICOM object (PS3.10 section 7.1), and the verb before each piece of an inventory.
MARKS = [b"DICM", b"INVENTORY"]
SHORTEST_NAME = 5


def spool_stolen(ground: Ground) -> None:
    """kill -9 of a worker while it stages: its disk shows no patient. It goes on; then it is revoked, and its machine enrolled anew reads the discs again."""
    ground.feed()
    ground.until("two discs are staged", lambda sight: len(sight.media) - len(sight.unread) >= 2)
    gateway = ground.gateways[0]
    ground.workers[gateway.name].kill()
    spool = gateway.folder / "spool"
    objects, shown = _shown(spool, MARKS + _patients(ground.hospital / "orders.csv"))
    ground.claim(objects, "nothing was staged when the worker was killed")
    ground.claim(not shown, f"the raw files of the spool show {shown} of the marks of objects and names of patients")
    before = {path.name for path in (spool / "grants").iterdir()}
    ground.work(gateway)
    ground.until("the same custody", lambda sight: sight.workers[0]["state"] == "connected" and sight.workers[0]["staging"] == "encrypted")
    kept = {path.name for path in (spool / "grants").iterdir()}
    ground.coordinator.ask("workers", "revoke", gateway.name)
    ground.workers[gateway.name].stop()
    ground.hands[0].halt()
    for name in ("worker.pem", "worker-key.pem", "authority.pem", gateway.configuration.name):
        (gateway.folder / name).unlink()
    again = ground.join(gateway.name)
    ground.gateways[0] = again
    ground.employ(again)
    ground.until("what the former enrolment staged is erased", lambda _: not kept & {path.name for path in (spool / "grants").iterdir()})
    ground.said = f"{objects} objects raw; of {len(before)} discs {len(kept)} kept, then erased"
    ground.import_orders()
    ground.finish()
    ground.nobody_to_blame()


def _patients(orders: Path) -> list[bytes]:
    """Names of patients, as far as they are long enough not to turn up by chance in a spool's megabytes."""
    with orders.open(encoding="utf-8", newline="") as file:
        names = {part for row in csv.DictReader(file) for part in row["patient_name"].split("=")[0].split("^")}
    return sorted(name.encode() for name in names if len(name) >= SHORTEST_NAME)


def _shown(folder: Path, marks: list[bytes]) -> tuple[int, int]:
    """How many objects lie below a folder, and how many of the marks are in the raw bytes of any file."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    contents = b"\0".join(path.read_bytes() for path in paths)
    return sum(path.parent.name == "objects" for path in paths), sum(mark in contents for mark in marks)

"""Faults of spools: a gateway's disk is looked through, and given to another enrolment."""

from __future__ import annotations

import csv
import time
from dataclasses import replace
from pathlib import Path

from lab.trouble.stage import StuckError

from .ground import USUAL, Ground

# Nothing is sent before the orders come, so that all that was read lies in the spool.
HELD = replace(USUAL, gateways=1, orders=False)
# The label before each DICOM object (PS3.10 section 7.1), and the verb before each piece of an inventory.
MARKS = [b"DICM", b"INVENTORY"]
SHORTEST_NAME = 5
# Of some 135 objects that the small hospital's discs hold.
STAGED = (5, 110)
POLL_SECONDS = 0.002


def spool_stolen(ground: Ground) -> None:
    """kill -9 of a worker while it stages: its disk shows no patient. It goes on; then it is revoked, and its machine joins anew and reads again."""
    ground.feed()
    gateway = ground.gateways[0]
    spool = gateway.folder / "spool"
    _await_objects(ground, spool)
    ground.workers[gateway.name].kill()
    objects, marks = shown(spool, MARKS + _patients(ground.hospital / "orders.csv"))
    ground.claim(not marks, f"the raw files of the spool show {marks} of the marks of objects and names of patients")
    closed = {path.parent.name for path in spool.glob("grants/*/closed")}
    ground.work(gateway)
    ground.until("the key", lambda sight: sight.workers[0]["state"] == "connected" and sight.workers[0]["staging"] == "encrypted")
    ground.until("all is staged", lambda sight: not sight.unread)
    kept = _grants(spool)
    ground.claim(closed <= kept, f"{sorted(closed - kept)} of the worker's custody did not outlast the kill")
    ground.coordinator.ask("workers", "revoke", gateway.name)
    ground.workers[gateway.name].stop()
    ground.hands[0].halt()
    for name in ("worker.pem", "worker-key.pem", "authority.pem", gateway.configuration.name):
        (gateway.folder / name).unlink()
    again = ground.join(gateway.name)
    ground.gateways[0] = again
    ground.employ(again)
    ground.until("what the former enrolment staged is erased", lambda _: not kept & _grants(spool))
    ground.said = f"{objects} objects raw; {len(kept)} discs' erased, {len(closed)} of them read before the kill"
    ground.import_orders()
    ground.finish()
    ground.nobody_to_blame()


def _await_objects(ground: Ground, spool: Path) -> None:
    """Until so many objects are staged as the seed says: mostly in the midst of a disc."""
    wanted = ground.random.randint(*STAGED)
    deadline = time.monotonic() + ground.patience
    while (count := _objects(spool)) < wanted:
        if time.monotonic() > deadline:
            raise StuckError(f"{count} of {wanted} objects are staged")
        time.sleep(POLL_SECONDS)
    ground.moment_said = f"at {count}"


def _objects(spool: Path) -> int:
    return sum(1 for _ in spool.glob("grants/*/objects/*"))


def _grants(spool: Path) -> set[str]:
    return {path.name for path in (spool / "grants").iterdir()}


def _patients(orders: Path) -> list[bytes]:
    """Names of patients, as far as they are long enough not to turn up by chance in a spool's megabytes."""
    with orders.open(encoding="utf-8", newline="") as file:
        names = {part for row in csv.DictReader(file) for part in row["patient_name"].split("=")[0].split("^")}
    return sorted(name.encode() for name in names if len(name) >= SHORTEST_NAME)


def shown(spool: Path, marks: list[bytes]) -> tuple[int, int]:
    """How many objects lie in a spool, and how many of the marks are in the raw bytes of any file."""
    paths = [path for path in spool.rglob("*") if path.is_file()]
    contents = b"\0".join(path.read_bytes() for path in paths)
    return _objects(spool), sum(mark in contents for mark in marks)

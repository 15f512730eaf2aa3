"""Faults of disks: full, under the spool and under the ledger."""

from __future__ import annotations

from dataclasses import replace

from .ground import USUAL, Ground

SPOOL_DISK = replace(USUAL, spool_disk=16 << 20)
LEDGER_DISK = replace(USUAL, ledger_disk=24 << 20)
FULL = (1.0, 6.0)


def spool_disk_full(ground: Ground) -> None:
    """The disk under a worker's spool is full for some seconds; it says so, and goes on by itself."""
    ground.feed(*ground.labels[:-2])
    ground.await_moment(latest=0.15)
    disk = ground.disks["gateway1"]
    # While the PACS does not answer, nothing is delivered and makes room.
    ground.pacs.freeze()
    disk.fill()
    # One of the last discs comes into this worker's drive, the other into its neighbour's.
    ground.feed()
    ground.said = ground.until_said("gateway1", "disk", "full")
    ground.pacs.thaw()
    ground.pause(*FULL)
    disk.empty()
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(1)


def ledger_disk_full(ground: Ground) -> None:
    """The disk under the ledger is full for some seconds; the coordinator says so, and goes on by itself."""
    ground.feed()
    ground.await_moment(latest=0.4)
    ground.disks["ledger"].fill()
    ground.said = ground.until_said("recorded", "full")
    ground.pause(*FULL)
    ground.disks["ledger"].empty()
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(1)

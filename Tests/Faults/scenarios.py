"""The faults, by their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lab.trouble.stage import Settings

from . import certificates, connections, disks, ledgers, processes, spools
from .ground import USUAL, Ground


@dataclass(frozen=True)
class Scenario:
    """What goes wrong, and with which settings. Longest first: they are started in this order."""

    name: str
    play: Callable[[Ground], None]
    settings: Settings = USUAL


SCENARIOS = {scenario.name: scenario for scenario in [
    Scenario("ledger-damaged", ledgers.damaged, ledgers.RESTORED),
    Scenario("line-silent", connections.line_silent, connections.SILENT),
    Scenario("worker-lost-and-back", connections.worker_lost_and_back, connections.SOON_LOST),
    Scenario("worker-stopped", processes.worker_stopped),
    Scenario("coordinator-stopped", processes.coordinator_stopped),
    Scenario("host-gone", connections.host_gone),
    Scenario("line-stalled", connections.line_stalled),
    Scenario("pdu-stalled", connections.pdu_stalled),
    Scenario("spool-stolen", spools.spool_stolen, spools.HELD),
    Scenario("spool-disk-full", disks.spool_disk_full, disks.SPOOL_DISK),
    Scenario("ledger-disk-full", disks.ledger_disk_full, disks.LEDGER_DISK),
    Scenario("all-killed", processes.all_killed),
    Scenario("coordinator-killed", processes.coordinator_killed),
    Scenario("worker-killed", processes.worker_killed),
    Scenario("pacs-killed", processes.pacs_killed),
    Scenario("worker-certificate-expired", certificates.worker_certificate_expired),
    Scenario("ledger-newer", ledgers.newer_version),
    Scenario("ledger-older", ledgers.older_version, ledgers.OLDER),
    Scenario("line-cut", connections.line_cut),
    Scenario("pdu-cut", connections.pdu_cut),
]}

"""One migration with the discs in a given order."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lab.builder import HOSPITAL_CODES
from lab.check import check
from lab.fleet.posts import LEASES, Fleet
from lab.fleet.shelf import Shelf
from lab.fleet.watch import Watch
from lab.orthanc import Orthanc
from lab.processes import free_port
from lab.skein import CommandError, Coordinator
from lab.yaml_edit import with_value

from . import standing

CALLING_AE_TITLE = "SKEIN"
# A migration that hangs is given up.
RUN_SECONDS = 400


@dataclass(frozen=True)
class Migration:
    """A run: its folder, which goes at its end, the hospital's, the programs, the discs in the order in which they are taken, how many workers, the file
    of the words that consoles use, and whether evidence counts in matching: the first run without makes the file."""

    folder: Path
    hospital: Path
    coordinator: Path
    worker: Path
    labels: list[str]
    workers: int
    vocabulary: Path
    weighs_evidence: bool = False

    def run(self) -> tuple[dict[str, standing.Study], list[str]]:
        """What became of each study, and what the check of the PACS finds wrong: the hospital's truth is that of the rule alone. CommandError when the
        migration does not come to its end."""
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "log").mkdir(parents=True)
        with ExitStack() as stack:
            orthanc = stack.enter_context(Orthanc(self.folder / "orthanc"))
            coordinator = Coordinator(self.coordinator, self.folder / "coordinator")
            self._migrate(coordinator, orthanc, stack)
            faults = [] if self.weighs_evidence else check(self.hospital, orthanc.url, self.folder / "statements").faults
        found = standing.of_ledger(coordinator.folder / "ledger.sqlite")
        shutil.rmtree(self.folder)
        return found, [str(fault) for fault in faults]

    def _migrate(self, coordinator: Coordinator, orthanc: Orthanc, stack: ExitStack) -> None:
        coordinator.init(orthanc.destination(CALLING_AE_TITLE), free_port(), {code: name for name, code in HOSPITAL_CODES.items()}, LEASES)
        if self.weighs_evidence:
            shutil.copy(self.vocabulary, coordinator.folder)
            text = coordinator.configuration.read_text(encoding="utf-8")
            coordinator.configuration.write_text(with_value(text, "matching", "{ evidence: on }"), encoding="utf-8")
        server = stack.enter_context(coordinator.serve(self.folder / "log" / "coordinator.log"))
        coordinator.ask("orders", "import", str(self.hospital / "orders.csv"))
        coordinator.ask("media", "import", str(self.hospital / "media.csv"))
        watch = Watch(coordinator, lambda status: None)
        shelf = Shelf(self.labels, self.hospital / "discs", watch)
        fleet = Fleet(coordinator, self.worker, self.folder, shelf, watch, stack)
        watch.start()
        try:
            for number in range(1, self.workers + 1):
                fleet.start(fleet.join(f"gateway{number}"))
            shelf.offer_all()
            watch.until("every disc is read, and nothing is left to send", lambda sample: watch.is_over, RUN_SECONDS)
            coordinator.expect_no_more()
        finally:
            fleet.rest()
            watch.stop()
        self._keep_statements(coordinator)
        if not self.vocabulary.exists():
            coordinator.ask("match", "learn")
            shutil.copy(coordinator.folder / self.vocabulary.name, self.vocabulary)
        fleet.stop()
        if (status := server.stop()) < 0:
            raise CommandError(f"the coordinator did not end in order: status {status}")

    def _keep_statements(self, coordinator: Coordinator) -> None:
        folder = self.folder / "statements"
        folder.mkdir()
        (folder / "studies.json").write_text(json.dumps(coordinator.ask_json("studies", "--json"), ensure_ascii=False))
        (folder / "report.json").write_text(coordinator.ask("report", "--format", "json"))

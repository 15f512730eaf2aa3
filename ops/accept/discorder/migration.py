"""One migration with the discs in a given order, and what comes between them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lab.builder import HOSPITAL_CODES
from lab.check import check
from lab.fleet.posts import LEASES, Fleet
from lab.fleet.shelf import Shelf
from lab.fleet.watch import Sample, Watch
from lab.model import Hospital
from lab.orthanc import Orthanc
from lab.processes import free_port
from lab.skein import CommandError, Coordinator
from lab.yaml_edit import with_value

from . import standing
from .course import Course, Telling
from .tables import ORDERS, break_off_import, write_half, write_patients
from .truth import misfiled

CALLING_AE_TITLE = "SKEIN"
# A migration that hangs is given up.
RUN_SECONDS = 400


@dataclass(frozen=True)
class Site:
    """What all runs have in common: the folder of a run, which goes at its end, the hospital's and its plan, the programs, the file of the words that
    consoles use, and whether evidence counts in matching: the first run without makes the file."""

    folder: Path
    hospital: Path
    plan: Hospital
    coordinator: Path
    worker: Path
    vocabulary: Path
    weighs_evidence: bool = False


@dataclass(frozen=True)
class Migration:
    """A run: the discs in the order in which they are taken, what comes between, and what seeds the halves of the orders."""

    site: Site
    labels: list[str]
    course: Course
    seed: str

    def run(self) -> tuple[dict[str, standing.Study], list[str]]:
        """What became of each study, and what is wrong in the PACS. CommandError when the migration does not come to its end."""
        folder = self.site.folder
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "log").mkdir(parents=True)
        with ExitStack() as stack:
            orthanc = stack.enter_context(Orthanc(folder / "orthanc"))
            coordinator = Coordinator(self.site.coordinator, folder / "coordinator")
            self._migrate(coordinator, orthanc, stack)
            found = standing.of_ledger(coordinator.folder / "ledger.sqlite")
            faults = self._faults(orthanc.url, found)
        shutil.rmtree(folder)
        return found, faults

    def _faults(self, url: str, found: dict[str, standing.Study]) -> list[str]:
        """The hospital's truth is that of the rule alone: with evidence less is asked."""
        if self.site.weighs_evidence:
            return misfiled(self.site.hospital, url, self.site.plan, found)
        return [str(fault) for fault in check(self.site.hospital, url, self.site.folder / "statements").faults]

    def _migrate(self, coordinator: Coordinator, orthanc: Orthanc, stack: ExitStack) -> None:
        self._configure(coordinator, orthanc)
        server = stack.enter_context(coordinator.serve(self.site.folder / "log" / "coordinator.log"))
        self._tell_first(coordinator)
        coordinator.ask("media", "import", str(self.site.hospital / "media.csv"))
        watch = Watch(coordinator, lambda status: None)
        shelf = Shelf(self.labels, self.site.hospital / "discs", watch)
        fleet = Fleet(coordinator, self.site.worker, self.site.folder, shelf, watch, stack)
        watch.start()
        try:
            for number in range(1, self.course.workers + 1):
                fleet.start(fleet.join(f"gateway{number}"))
            if self.course.has_pauses:
                self._pause(coordinator, shelf, watch)
            shelf.offer_all()
            watch.until("every disc is read, and nothing is left to send", lambda sample: watch.is_over, RUN_SECONDS)
            coordinator.expect_no_more()
        finally:
            fleet.rest()
            watch.stop()
        self._keep_statements(coordinator)
        if not self.site.vocabulary.exists():
            coordinator.ask("match", "learn")
            shutil.copy(coordinator.folder / self.site.vocabulary.name, self.site.vocabulary)
        fleet.stop()
        if (status := server.stop()) < 0:
            raise CommandError(f"the coordinator did not end in order: status {status}")

    def _configure(self, coordinator: Coordinator, orthanc: Orthanc) -> None:
        coordinator.init(orthanc.destination(CALLING_AE_TITLE), free_port(), {code: name for name, code in HOSPITAL_CODES.items()}, LEASES)
        if self.site.weighs_evidence:
            shutil.copy(self.site.vocabulary, coordinator.folder)
            text = coordinator.configuration.read_text(encoding="utf-8")
            coordinator.configuration.write_text(with_value(text, "matching", "{ evidence: on }"), encoding="utf-8")

    # MARK: The tables

    def _tell_first(self, coordinator: Coordinator) -> None:
        if self.course.telling is Telling.HALVES:
            return break_off_import(coordinator, self.site.folder)
        self._tell_orders(coordinator)
        if self.course.telling is Telling.FIRST:
            self._tell_patients(coordinator)

    def _tell_orders(self, coordinator: Coordinator) -> None:
        coordinator.ask("orders", "import", str(self.site.hospital / ORDERS))

    def _tell_half(self, coordinator: Coordinator) -> None:
        half = self.site.folder / "half.csv"
        write_half(self.site.hospital / ORDERS, half, Random(f"{self.seed} half of the orders"))
        coordinator.ask("orders", "import", str(half))

    def _tell_patients(self, coordinator: Coordinator) -> None:
        patients = self.site.folder / "patients.csv"
        write_patients(self.site.plan, patients, with_merges=self.site.weighs_evidence)
        coordinator.ask("patients", "import", str(patients))

    def _told_at(self, pause: int) -> list[Callable[[Coordinator], None]]:
        """What is told at that pause: patients before the orders that end the import."""
        patients = [self._tell_patients] if self.course.telling is not Telling.FIRST and self.course.patients_at == pause else []
        halves = [(self._tell_half, self._tell_orders)[pause]] if self.course.telling is Telling.HALVES else []
        return [*patients, *halves]

    # MARK: Between the discs

    def _pause(self, coordinator: Coordinator, shelf: Shelf, watch: Watch) -> None:
        """Lets so many discs be read as the course says, tells what comes then, and so once more."""
        taken = self.course.workers
        for pause, count in enumerate(self.course.pauses):
            shelf.offer(count - taken)
            taken, labels = count, self.labels[:count]
            watch.until(f"{count} discs are read", lambda sample, labels=labels: _are_over(sample, labels), RUN_SECONDS)
            for tell in self._told_at(pause):
                tell(coordinator)
            if self.course.gives_up:
                coordinator.give_up_damaged()

    def _keep_statements(self, coordinator: Coordinator) -> None:
        folder = self.site.folder / "statements"
        folder.mkdir()
        (folder / "studies.json").write_text(json.dumps(coordinator.ask_json("studies", "--json"), ensure_ascii=False))
        (folder / "report.json").write_text(coordinator.ask("report", "--format", "json"))


def _are_over(sample: Sample, labels: list[str]) -> bool:
    """Whether these discs were read, or need not be."""
    return all(sample.media[label]["state"] not in ("expected", "reading") for label in labels)

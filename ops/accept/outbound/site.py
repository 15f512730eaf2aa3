"""A migration with one gateway into a storage SCP, beside a RIS or a folder that is told of orders."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from lab.processes import Child, free_port
from lab.skein import Coordinator, Gateway
from lab.yaml_edit import with_value
from merges.material import Archive as Discs
from merges.material import Study

from .archive import Archive, Image

PATIENCE_SECONDS = 120
POLL_SECONDS = 0.1
PATIENTS = 12
# Patients whose studies have orders of their own: nobody is told of those.
MATCHED = 2


class Site:
    """The programs of one run."""

    def __init__(self, folder: Path, coordinator: Path, worker: Path, seed: int, outbound: str, stack: ExitStack) -> None:
        folder.mkdir(parents=True)
        self.folder, self.faults, self._stack, self._served = folder, [], stack, 0
        self.discs = Discs(folder, seed, PATIENTS)
        self.pacs = stack.enter_context(Archive(free_port()))
        self.coordinator = Coordinator(coordinator.resolve(), folder / "c")
        self.coordinator.init(self.pacs.destination, free_port(), {}, "{ term: 3 s, lost-after: 60 s }")
        text = with_value(self.coordinator.configuration.read_text(encoding="utf-8"), "verification", "acknowledged")
        self.coordinator.configuration.write_text(with_value(text, "outbound", outbound), encoding="utf-8")
        self.serving = self.serve()
        self.coordinator.ask("media", "import", str(self.discs.media))
        self.import_orders("first.csv", [self._order(study, "OLD" + study.accession, "20010101") for study in self.discs.studies]
                           + [self._order(study, study.accession, study.day) for study in self.matched])
        self.gateway = Gateway(worker.resolve(), folder / "g", "gateway1")
        self.gateway.join(self.coordinator.ask("invite", "gateway1").strip())
        self.gateway.await_hands(stack.enter_context(self.gateway.start(folder / "worker.log")))

    @property
    def matched(self) -> list[Study]:
        """Studies that have an order."""
        numbers = {patient.number for patient in self.discs.patients[:MATCHED]}
        return [study for study in self.discs.studies if study.patient.number in numbers]

    @property
    def unspecified(self) -> list[Study]:
        """Studies that have none."""
        return [study for study in self.discs.studies if study not in self.matched]

    def serve(self) -> Child:
        """Starts the coordinator, again after its end."""
        self._served += 1
        self.serving = self._stack.enter_context(self.coordinator.serve(self.folder / f"coordinator-{self._served}.log"))
        return self.serving

    def crash(self) -> None:
        """kill -9 of the coordinator, and another one."""
        self.serving.kill()
        self.serve()

    def import_orders(self, name: str, rows: list[dict[str, str]]) -> None:
        """Orders by CSV."""
        path = self.folder / name
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        self.coordinator.ask("orders", "import", str(path))

    def order_late(self, study: Study) -> None:
        """The order of a study comes in after all."""
        self.import_orders("late.csv", [self._order(study, study.accession, study.day)])

    def _order(self, study: Study, accession: str, day: str) -> dict[str, str]:
        return {"patient_id": study.patient.number, "patient_name": study.patient.name, "birth_date": study.patient.birth, "sex": study.patient.sex,
                "accession_number": accession, "exam_date": day, "modality": "CT"}

    def insert(self, disc: str) -> None:
        """An operator puts the disc into the drive."""
        if self.gateway.drive_path.is_symlink():
            self.gateway.eject()
        self.gateway.insert(disc, self.discs.image(disc))

    def studies(self) -> dict[str, dict]:
        """The coordinator's studies by UID."""
        return {row["studyInstanceUID"]: row for row in self.coordinator.ask_json("studies", "--json")["studies"]}

    def outbound(self) -> list[dict]:
        """All that is told."""
        return self.coordinator.ask_json("outbound", "list", "--all", "--json")["outbound"]

    def await_(self, what: str, is_so: Callable[[], bool]) -> None:
        """Waits for something; one fault when it does not come."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            if time.monotonic() > deadline:
                self.faults.append(f"waited {PATIENCE_SECONDS} s in vain: {what}")
                return
            time.sleep(POLL_SECONDS)

    def await_sent(self, studies: list[Study]) -> None:
        """Waits until these have been sent."""
        wanted = {study.uid for study in studies}
        self.await_(f"{len(studies)} studies are sent", lambda: wanted <= {uid for uid, row in self.studies().items() if row["state"] == "sent"})

    def expect(self, what: str, is_so: bool) -> None:
        """One fault when something is not so."""
        if not is_so:
            self.faults.append(f"not so: {what}")

    def images(self, study: Study) -> list[Image]:
        """What came of a study."""
        return [image for image in self.pacs.images if image.study == study.uid]

    def expect_images(self, study: Study, accession: str, since: float) -> None:
        """A study came whole, under that accession number, and not before that moment."""
        images = self.images(study)
        self.expect(f"study {study.accession} is whole", len(images) >= len(study.instances))
        self.expect(f"study {study.accession} came under {accession}", {image.accession for image in images} == {accession})
        self.expect(f"study {study.accession} is its patient's", {image.patient for image in images} == {study.patient.number})
        self.expect(f"no image of study {study.accession} came before its order was acknowledged", all(image.moment >= since for image in images))

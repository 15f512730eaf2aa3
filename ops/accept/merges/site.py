"""A migration with one gateway, in the middle of which the hospital merges and renames patients."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from lab.orthanc import Orthanc
from lab.processes import Child, free_port
from lab.skein import Coordinator, Gateway
from lab.yaml_edit import with_value
from orders.hospital import ISSUER, Patient
from pydicom.dataset import Dataset

from . import pacs
from .material import Archive, Study
from .messages import Systems

PATIENCE_SECONDS = 90
POLL_SECONDS = 0.2
LEASES = "{ term: 3 s, lost-after: 60 s }"
# What is written anew as an order says it.
DECLARED = {"PatientID", "PatientName", "PatientBirthDate", "PatientSex", "IssuerOfPatientID", "AccessionNumber"}


class Site:
    """The programs of one run, and what should be known of it."""

    def __init__(self, folder: Path, coordinator: Path, worker: Path, seed: int, corrections: Callable[[Orthanc], str], stack: ExitStack) -> None:
        folder.mkdir(parents=True)
        self.faults: list[str] = []
        self._folder, self._stack = folder, stack
        self.archive = Archive(folder, seed)
        self._orthanc = stack.enter_context(Orthanc(folder / "orthanc"))
        self.pacs = pacs.Archive(self._orthanc)
        port = free_port()
        self.systems = Systems(port, folder)
        self.coordinator = Coordinator(coordinator.resolve(), folder / "c")
        self.coordinator.init(self._orthanc.destination("SKEIN"), free_port(), {}, LEASES)
        text = self.coordinator.configuration.read_text(encoding="utf-8")
        text = with_value(text, "hl7", f"{{ port: {port}, assigning-authority: {ISSUER} }}")
        text = with_value(text, "corrections", corrections(self._orthanc))
        self.coordinator.configuration.write_text(text, encoding="utf-8")
        self._served = 0
        self.serving = self.serve()
        self.coordinator.ask("media", "import", str(self.archive.media))
        self.faults += self.systems.send([self.systems.order(study) for study in self.archive.studies])
        self.gateway = Gateway(worker.resolve(), folder / "g", "gateway1")
        self.gateway.join(self.coordinator.ask("invite", "gateway1").strip())
        self._ran = 0
        self.restart_worker()

    def serve(self) -> Child:
        """Starts the coordinator, again after its end."""
        self._served += 1
        self.serving = self._stack.enter_context(self.coordinator.serve(self._folder / f"coordinator-{self._served}.log"))
        return self.serving

    def insert(self, disc: str) -> None:
        """An operator puts the disc into the drive, once the coordinator knows the gateway; the one before is taken out."""
        if self.gateway.drive_path.is_symlink():
            self.gateway.eject()
        self.gateway.insert(disc, self.archive.image(disc))

    def studies(self) -> dict[str, dict]:
        """The coordinator's studies by UID."""
        return {row["studyInstanceUID"]: row for row in self.coordinator.ask_json("studies", "--json")["studies"]}

    def corrections(self, *words: str) -> dict[str, dict]:
        """The corrections list by UID."""
        return {row["studyInstanceUID"]: row for row in self.coordinator.ask_json("corrections", "list", *words, "--json")["corrections"]}

    def await_(self, what: str, is_so: Callable[[], bool]) -> None:
        """Waits for something; one fault when it does not come."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            if time.monotonic() > deadline:
                self.faults.append(f"waited {PATIENCE_SECONDS} s in vain: {what}")
                return
            time.sleep(POLL_SECONDS)

    def await_verified(self, studies: list[Study]) -> None:
        """Waits until these have arrived."""
        self.await_(
            f"{len(studies)} studies are verified",
            lambda: {study.uid for study in studies} <= {uid for uid, row in self.studies().items() if row["state"] == "verified"})

    def expect(self, what: str, is_so: bool) -> None:
        """One fault when something is not so."""
        if not is_so:
            self.faults.append(f"not so: {what}")

    def expect_under(self, study: Study, patient: Patient) -> None:
        """A study lies whole under that patient, and under nobody else, by REST and by C-FIND."""
        filed = self.pacs.by_rest(study)
        self.expect(f"study {study.accession} lies once in the PACS", len(filed) == 1)
        for one in filed:
            self.expect(f"study {study.accession} lies under the patient that it should", one.patient == patient.number)
            self.expect(f"study {study.accession} has the patient's name", one.name == patient.name)
            self.expect(f"study {study.accession} has its accession number", one.accession == study.accession)
            self.expect(f"study {study.accession} is whole", one.instances == study.instances)
            self._expect_objects(study, patient, self.pacs.objects(one))
        self.expect(f"C-FIND lists study {study.accession} under the same", self.pacs.by_find(study) == [patient.number])

    def _expect_objects(self, study: Study, patient: Patient, filed: dict[str, Dataset]) -> None:
        """The objects are those of the disc, but for whose they are: element by element, with the pixels."""
        for uid, image in self.archive.images(study).items():
            stored = filed.get(uid, Dataset())
            for word, value in (("PatientID", patient.number), ("PatientName", patient.name), ("PatientBirthDate", patient.birth), ("PatientSex", patient.sex),
                                ("IssuerOfPatientID", ISSUER), ("AccessionNumber", study.accession)):
                self.expect(f"{word} in object {uid} of study {study.accession} is the patient's", str(stored.get(word, "")) == value)
            for element in image:
                if element.keyword not in DECLARED:
                    self.expect(
                        f"{element.keyword} in object {uid} of study {study.accession} is the disc's",
                        element.tag in stored and stored[element.tag].value == element.value)

    def restart_worker(self) -> None:
        """Starts the worker again, after its end."""
        self._ran += 1
        self.running = self._stack.enter_context(self.gateway.start(self._folder / f"worker-{self._ran}.log"))
        self.gateway.await_hands(self.running)

"""A migration under way: a hospital's discs, a PACS behind a slow road, a coordinator, gateways with discs in their hands."""

from __future__ import annotations

import csv
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from lab.builder import HOSPITAL_CODES
from lab.making import ensure_hospital
from lab.orthanc import AE_TITLE, Orthanc
from lab.processes import Child, free_port
from lab.proxy.framing import PDU
from lab.proxy.proxy import Proxy
from lab.records import Expectation, read_records
from lab.skein import CommandError, Coordinator, Gateway, Worker
from lab.yaml_edit import with_value

from .arrivals import Arrivals
from .chain import Chain
from .truth import Truth

READ_SECONDS = 60
POLL_SECONDS = 0.1
# Studies that a gateway sends at the same time.
PARTS = 2


@dataclass(frozen=True)
class Shelf:
    """What is read when, of which hospital."""

    size: str
    hands: tuple[tuple[str, ...], ...]
    """What is read before anything is asked for, gateway by gateway."""
    dated: str | None
    """Kept on the shelf; its sleeve names its dates. None in a hospital too small for two such scenes."""
    listed: str
    """Kept on the shelf; the legacy index lists what is on it."""
    pace: float
    """Bytes a second to the PACS: slow enough that studies wait while the run looks at their order."""


SHELVES = {
    "full": Shelf("full", (("1998-CT-001", "2000-US-001"), ("1999-CT-003", "2000-MR-003"), ("1999-MR-001", "1998-CT-002")), "2000-CR-001", "2002-CT-006", 1_500_000),
    "small": Shelf("crowded", (("2003-CT-001", "2003-CT-002", "2003-CT-003"),), None, "2003-CT-004", 1_200_000)}


@dataclass
class Ground:
    """What a run works on."""

    out: Path
    programs: tuple[Path, Path]
    seed: int
    shelf: Shelf
    stack: ExitStack
    studies: dict[str, Expectation] = field(init=False)
    gateways: list[tuple[Gateway, Worker]] = field(init=False, default_factory=list)
    requests: list[int] = field(init=False, default_factory=list)
    """The numbers of the requests that were made."""
    asked: dict[int, frozenset[str]] = field(init=False, default_factory=dict)
    """By request: the studies that must have arrived when it has come to its end."""
    readers: dict[str, int] = field(init=False, default_factory=dict)
    """By label: the gateway that read the disc."""

    def prepare(self) -> None:
        """Makes it all, up to the first discs being read."""
        ensure_hospital(self.seed, self.shelf.size, self.hospital)
        self.studies = read_records(self.hospital).studies
        self.truth = Truth(self.studies, self.hospital / "orders.csv")
        pacs = self.stack.enter_context(Orthanc(self.out / "orthanc"))
        self.arrivals = Arrivals(pacs)
        road = self.stack.enter_context(Proxy(pacs.dicom_port, PDU, pace=self.shelf.pace))
        self.coordinator = Coordinator(self.programs[0].resolve(), self.out / "coordinator")
        self.coordinator.init(f"dicom://{AE_TITLE}@127.0.0.1:{road.port}?calling=SKEIN", free_port(), {code: name for name, code in HOSPITAL_CODES.items()})
        self.hl7_port = free_port()
        text = with_value(self.coordinator.configuration.read_text(encoding="utf-8"), "hl7", f"{{ port: {self.hl7_port} }}")
        self.coordinator.configuration.write_text(with_value(text, "requests", "{ priors-of-new-orders: on }"), encoding="utf-8")
        self.chain = Chain(self.coordinator.folder)
        self.serve()
        self.coordinator.ask("orders", "import", str(self.hospital / "orders.csv"))
        self.coordinator.ask("media", "import", str(self.hospital / "media.csv"))
        self.coordinator.ask("studies", "import", str(self._legacy_index()))
        for number in range(1, len(self.shelf.hands) + 1):
            self._join(f"gateway{number}")
        for discs in zip(*self.shelf.hands, strict=True):
            self.read(dict(enumerate(discs)))

    @property
    def hospital(self) -> Path:
        """The folder of the hospital's discs and tables."""
        return self.out / "hospital"

    def serve(self) -> None:
        """Starts the coordinator, again on what is there."""
        self.server: Child = self.stack.enter_context(self.coordinator.serve(self.out / "log" / "coordinator.log"))

    def read(self, discs: dict[int, str]) -> None:
        """Puts a disc into the drive of each of these gateways, and waits until all are read; raises CommandError when they are not in time."""
        for index, label in discs.items():
            self.gateways[index][0].insert(label, self.hospital / "discs" / f"{label}.iso")
        deadline = time.monotonic() + READ_SECONDS
        while missing := [label for label in discs.values() if not self.chain.read(label)]:
            if time.monotonic() > deadline:
                raise CommandError(f"{', '.join(missing)} not read within {READ_SECONDS} s")
            time.sleep(POLL_SECONDS)
        for index, label in discs.items():
            self.readers[label] = index
            self._eject(index)

    def beside(self, studies: set[str]) -> set[str]:
        """What is to be sent of the discs that the gateways of `studies` read, and of no other's: requests move nothing from one gateway to another."""
        gateways = {self.readers[label] for study in studies for label in self.studies[study].labels if label in self.readers}
        return self.truth.sent([label for label, gateway in self.readers.items() if gateway in gateways])

    def _eject(self, index: int) -> None:
        deadline = time.monotonic() + READ_SECONDS
        while True:
            try:
                return self.gateways[index][0].eject()
            except CommandError:
                # A worker learns with a beat that its disc is read.
                if time.monotonic() > deadline:
                    raise
                time.sleep(POLL_SECONDS)

    def _join(self, name: str) -> None:
        gateway = Gateway(self.programs[1].resolve(), self.out / name, name)
        gateway.join(self.coordinator.ask("invite", name).strip())
        text = with_value(gateway.configuration.read_text(encoding="utf-8"), "sending", f"{{ parts: {PARTS}, associations: 2 }}")
        gateway.configuration.write_text(text, encoding="utf-8")
        worker = self.stack.enter_context(gateway.start(self.out / "log" / f"{name}.log"))
        gateway.await_hands(worker)
        self.coordinator.await_worker(name, worker)
        self.gateways.append((gateway, worker))

    def _legacy_index(self) -> Path:
        """What a mini-PACS would list of one disc."""
        path = self.out / "legacy.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["study_instance_uid", "patient_id", "study_date", "modality", "medium_label"])
            for study in self.studies.values():
                if self.shelf.listed in study.labels:
                    table.writerow([study.study_instance_uid, study.patient_id, "", "", self.shelf.listed])
        return path

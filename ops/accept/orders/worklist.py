"""Orders by modality worklist: DCMTK's wlmscpfs has the files, the coordinator asks it."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from lab.people import make_patients
from lab.processes import Child, free_port
from lab.skein import CommandError, Coordinator
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from .hospital import MODALITIES, Order, Patient

TITLE = "WORKLIST"

def day(offset: int) -> str:
    """The day so many days from now, as DICOM writes it."""
    return f"{date.today() + timedelta(days=offset):%Y%m%d}"


# A coordinator that asks by itself asks for days around its own.
DAYS = (day(-1), day(0), day(1))
OTHER_DAY = day(40)
# A coordinator that was not answered asks again after a minute.
START_SECONDS = 90


class Hospital:
    """A worklist of so many steps, one for each order, in the character sets that its patients' names need."""

    def __init__(self, folder: Path, count: int, seed: int) -> None:
        random = Random(f"{seed} worklist")
        self.folder = folder / TITLE
        self.folder.mkdir(parents=True)
        (self.folder / "lockfile").touch()
        self.port = free_port()
        self.orders: dict[str, Order] = {}
        for index, patient in enumerate(make_patients(count, random)):
            order = Order(
                f"W{index:05}", Patient(patient.id, patient.full_name, patient.birth_date, patient.sex), DAYS[index % 3], random.choice(MODALITIES),
                "Chest PA", "")
            self.put(order, list(patient.character_set))

    @property
    def address(self) -> str:
        """As coordinator.yaml names it."""
        return f"dicom://{TITLE}@127.0.0.1:{self.port}?calling=SKEIN"

    def serve(self, log: Path) -> Child:
        """wlmscpfs, which returns what the files say in their character sets."""
        return Child("wlmscpfs", ["wlmscpfs", "--keep-char-set", "--data-files-path", str(self.folder.parent), str(self.port)], log)

    def put(self, order: Order, character_set: list[str], name: str = "") -> None:
        """Writes the file of an order; under another `name` it is a step more, of which the ledger is to know nothing new."""
        self.orders[order.accession] = order
        step, entry = Dataset(), Dataset()
        step.Modality, step.ScheduledStationAETitle = order.modality, "CT1"
        step.ScheduledProcedureStepStartDate, step.ScheduledProcedureStepStartTime = order.day, "0930"
        step.ScheduledPerformingPhysicianName, step.ScheduledProcedureStepDescription, step.ScheduledProcedureStepID = "", order.description, "S1"
        if character_set:
            entry.SpecificCharacterSet = character_set
        entry.AccessionNumber, entry.StudyInstanceUID = order.accession, generate_uid(entropy_srcs=[order.accession])
        entry.PatientName, entry.PatientID = order.patient.name, order.patient.number
        entry.PatientBirthDate, entry.PatientSex = order.patient.birth, order.patient.sex
        entry.RequestingPhysician, entry.RequestedProcedureDescription, entry.RequestedProcedureID = "", order.description, "R1"
        entry.ScheduledProcedureStepSequence = Sequence([step])
        entry.file_meta = FileMetaDataset()
        entry.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        entry.file_meta.MediaStorageSOPClassUID, entry.file_meta.MediaStorageSOPInstanceUID = "1.2.276.0.7230010.3.1.0.1", generate_uid()
        entry.save_as(self.folder / f"{name or order.accession}.wl", enforce_file_format=True)


def ask(coordinator: Coordinator, hospital: Hospital, log: Path) -> list[str]:
    """Asks by day and by patient, twice, after a change, and where an answer is no order; what differs."""
    with hospital.serve(log) as serving:
        faults = _await(serving, coordinator)
        first = {accession for accession, order in hospital.orders.items() if order.day == DAYS[0]}
        faults += _expect(coordinator, ["--date", DAYS[0]], (len(first), 0, 0))
        faults += differences(coordinator, {accession: hospital.orders[accession] for accession in first})
        rest = len(hospital.orders) - len(first)
        faults += _expect(coordinator, ["--date", f"{DAYS[0]}-{DAYS[2]}"], (rest, 0, len(first)))
        changed = replace(next(iter(hospital.orders.values())), modality="MR", description="Changed")
        hospital.put(changed, ["ISO_IR 192"])
        hospital.put(changed, ["ISO_IR 192"], name="second-step")
        faults += _expect(coordinator, ["--patient", changed.patient.number], (0, 1, 0))
        faults += _expect(coordinator, ["--patient", changed.patient.number, "--date", DAYS[2]], (0, 0, 0))
        expected = dict(hospital.orders)
        hospital.put(replace(changed, accession="", day=OTHER_DAY), ["ISO_IR 192"], name="broken")
        faults += _expect(coordinator, ["--date", OTHER_DAY], (0, 0, 0), broken=1)
        return faults + differences(coordinator, expected)


def poll(coordinator: Coordinator, hospital: Hospital, folder: Path) -> list[str]:
    """A coordinator that is configured to do so asks by itself."""
    with hospital.serve(folder / "polled.log") as serving:
        # It asks when it begins to serve, and then not for a minute.
        if faults := _await(serving, coordinator):
            return faults
        with coordinator.serve(folder / "polling.log"):
            return _differences_in_time(coordinator, hospital)


def _differences_in_time(coordinator: Coordinator, hospital: Hospital) -> list[str]:
    """What differs when the coordinator has asked by itself."""
    deadline = time.monotonic() + START_SECONDS
    while (faults := differences(coordinator, hospital.orders)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return faults


def _await(serving: Child, coordinator: Coordinator) -> list[str]:
    """Waits until the worklist answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and serving.exit_status is None:
        try:
            coordinator.ask("orders", "query", "--patient", "nobody")
            return []
        except CommandError:
            time.sleep(0.1)
    return [f"wlmscpfs does not answer:\n{serving.tail()}"]


def _expect(coordinator: Coordinator, words: list[str], counts: tuple[int, int, int], broken: int = 0) -> list[str]:
    """Asks, and compares the counts of imported, updated and unchanged orders, and of broken answers."""
    command = ["orders", "query", *words, "--json"]
    answer = json.loads(coordinator.ask(*command, accepted=(1,) if broken else (0,)))
    found = (answer["imported"], answer["updated"], answer["unchanged"])
    if found != counts or len(answer["broken"]) != broken:
        return [f"{' '.join(command)} says {found} and {len(answer['broken'])} broken, should be {counts} and {broken}"]
    return []


def differences(coordinator: Coordinator, expected: dict[str, Order]) -> list[str]:
    """What of the ledger's orders is otherwise than the worklist has it; accession numbers alone."""
    with sqlite3.connect(f"file:{coordinator.folder / 'ledger.sqlite'}?mode=ro", uri=True) as connection:
        rows = [json.loads(content) for (content,) in connection.execute("SELECT content FROM hospital_order")]
    found = {
        row["accessionNumber"]: Order(
            row["accessionNumber"],
            Patient(row["patient"]["patientID"], row["patient"]["name"], row["patient"]["birthDate"], row["patient"]["sex"]), row["examDate"],
            row["modality"], row["procedureDescription"], row["status"]) for row in rows}
    faults = [f"order {accession} is not there" for accession in expected if accession not in found]
    faults += [f"order {accession} is there and was not asked for" for accession in found if accession not in expected]
    faults += [f"order {accession} is otherwise than the worklist has it" for accession in expected if accession in found and found[accession] != expected[accession]]
    faults += [f"order {row['accessionNumber']} has another UID or time" for row in rows
               if row["studyInstanceUID"] != generate_uid(entropy_srcs=[row["accessionNumber"]]) or row["examTime"] != "093000"]
    return faults

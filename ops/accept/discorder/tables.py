"""The hospital's tables as they come in a run: the orders in halves, and a patients file."""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path
from random import Random

from lab.model import Hospital, Study
from lab.processes import Child
from lab.skein import CommandError, Coordinator

ORDERS = "orders.csv"
PATIENT_COLUMNS = ["patient_id", "issuer", "patient_name", "birth_date", "sex", "merged_into", "merged_into_issuer"]
# One of so many patients has a double: another number with the same name, birth date and sex.
DOUBLE_EVERY = 3
# Far beyond what the lab's own numbers reach.
DOUBLE_NUMBERS = 1_000_000
BEGIN_SECONDS = 30
ROW = b"x" * 65_536


def write_half(orders: Path, to: Path, random: Random) -> None:
    """Half of the rows of an orders file, in their order."""
    with open(orders, encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    _write(to, header, [rows[place] for place in sorted(random.sample(range(len(rows)), len(rows) // 2))])


def write_patients(hospital: Hospital, to: Path, with_merges: bool) -> None:
    """All patients, every other one without a name and the others with the whole name, whatever their orders call them; and doubles of some.

    Orders keep what they say themselves, so the truth knows nothing of these names: a list that took names from orders, or gave them some, would show.
    Doubles are of patients all of whose studies bear the whole name: the rule alone then goes by the number, so that the truth stays what it is; with
    evidence a person decides. `with_merges`: the numbers that lost their zeros were merged into the right ones, which finds these studies their orders.
    """
    issuers: dict[str, str] = {}
    for order in hospital.orders:
        issuers[order.patient_id] = order.issuer or issuers.get(order.patient_id, "")
    patients = {study.patient.id: study.patient for study in hospital.studies if study.patient.id in issuers}
    rows = [[one.id, issuers[one.id], one.full_name if place % 2 else "", one.birth_date, one.sex, "", ""] for place, one in enumerate(patients.values())]
    otherwise = {study.patient.id for study in hospital.studies if study.header.patient_name != study.patient.full_name}
    named = [one for one in patients.values() if one.id not in otherwise]
    rows += [[f"{int(one.id) + DOUBLE_NUMBERS:08}", issuers[one.id], one.full_name, one.birth_date, one.sex, "", ""] for one in named[::DOUBLE_EVERY]]
    if with_merges:
        rows += [[study.header.patient_id or "", issuers[study.patient.id], "", "", "", study.patient.id, issuers[study.patient.id]]
                 for study in hospital.studies if study.patient.id in issuers and _has_lost_zeros(study)]
    _write(to, PATIENT_COLUMNS, rows)


def _has_lost_zeros(study: Study) -> bool:
    shown = study.header.patient_id or ""
    return shown != study.patient.id == shown.zfill(len(study.patient.id))


def break_off_import(coordinator: Coordinator, folder: Path) -> None:
    """Begins to import the orders and kills the command in the first row: until the file is imported again under its name nothing that is matched is sent.
    CommandError when the coordinator does not say in time that it began."""
    pipe = folder / ORDERS
    os.mkfifo(pipe)
    command = [str(coordinator.program), "orders", "import", str(pipe), "--config", str(coordinator.configuration)]
    # Open for both: so opening does not wait for the command, and a command that ends is no broken pipe.
    line = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    child = Child("orders import", command, folder / "log" / "import.log")
    try:
        os.write(line, b"patient_id,accession_number,exam_date,modality\r\n")
        deadline = time.monotonic() + BEGIN_SECONDS
        while not any(ORDERS in complaint for complaint in coordinator.ask_json("status", "--json")["complaints"]):
            if child.exit_status is not None or time.monotonic() > deadline:
                raise CommandError(f"the import of orders does not begin:\n{child.tail()}")
            _fill(line)
    finally:
        child.kill()
        os.close(line)
        pipe.unlink()


def _fill(line: int) -> None:
    """More of the first row, as much as fits: the command reads a file in large pieces, and says that it begins when it has the first."""
    try:
        while os.write(line, ROW):
            pass
    except BlockingIOError:
        pass


def _write(path: Path, columns: list[str], rows: list[list[str]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(rows)

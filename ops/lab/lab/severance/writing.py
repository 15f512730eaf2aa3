"""Writes a set as the two files that the coordinator imports."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

from .hospital import ISSUER, OrderRow, StudyRow
from .people import Identity, People, patient_id
from .tables import HospitalSet

ORDER_COLUMNS = ["patient_id", "issuer", "patient_name", "birth_date", "sex", "accession_number", "exam_date", "exam_time", "modality",
                 "procedure_code", "status"]
STUDY_COLUMNS = ["study_instance_uid", "patient_id", "issuer", "patient_name", "birth_date", "sex", "study_date", "study_time", "modality",
                 "accession_number", "study_description", "instance_count", "medium_label"]
# Words of the order system for what was cancelled, and for what was not.
CANCELLED, STANDING = ["CA", "cancelled", "DC"], ["CM", "CM", "SC", ""]
# Of so many studies one names the issuer of its patient number, one has a space beside that, and one has neither birth date nor sex.
WITH_ISSUER, WITH_SPACE, WITHOUT_BIRTH = 10, 100, 50
# The order system's code for what DICOM calls XA.
ARCHIVE_CODES = {"DSA": "XA"}
UID_ROOT = "1.2.410.200010.99"
TAPES = 196
INSTANCES = {"CR": (1, 4), "CT": (20, 120), "MR": (40, 200), "DSA": (10, 60), "ES": (1, 12)}


def write_set(made: HospitalSet, folder: Path, seed: int) -> None:
    """Writes `orders.csv` and `studies.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    people, random = People(seed), Random(f"{seed} writing")
    _write(folder / "orders.csv", ORDER_COLUMNS, _orders(made.orders, people, random))
    _write(folder / "studies.csv", STUDY_COLUMNS, _studies(made.studies, people, random))


def _orders(orders: list[OrderRow], people: People, random: Random) -> Iterator[tuple[object, ...]]:
    for number, order in enumerate(orders, 1):
        status = random.choice(CANCELLED if order.is_cancelled else STANDING)
        yield (patient_id(order.patient), order.issuer, *people.in_orders(order.patient), f"S{number:09}", f"{order.day:%Y%m%d}", _time(random),
               order.modality, f"{order.modality}{random.randrange(40):03}", status)


def _studies(studies: list[StudyRow], people: People, random: Random) -> Iterator[tuple[object, ...]]:
    for number, study in enumerate(studies, 1):
        name, issuer, identity = _of_patient(study, people, random)
        few, many = INSTANCES[study.modality]
        yield (f"{UID_ROOT}.{number}", name, issuer, *identity, f"{study.day:%Y%m%d}" if study.day else "", _time(random),
               ARCHIVE_CODES.get(study.modality, study.modality), "", "", random.randint(few, many), f"DLT{number * TAPES // (len(studies) + 1) + 1:03}")


def _of_patient(study: StudyRow, people: People, random: Random) -> tuple[str, str, Identity]:
    """Patient ID, its issuer, and who that is."""
    if study.patient is None:
        # What has no patient ID has no name either, or spaces in place of both.
        return random.choice(["", " ", "   "]), "", ("", "", "")
    name, birth, sex = people.in_archive(study.patient, study.contradiction)
    if not study.contradiction and random.randrange(WITHOUT_BIRTH) == 0:
        birth = sex = ""
    number = patient_id(study.patient) + (" " if random.randrange(WITH_SPACE) == 0 else "")
    return number, study.issuer or (ISSUER if random.randrange(WITH_ISSUER) == 0 else ""), (name, birth, sex)


def _time(random: Random) -> str:
    minute = random.randrange(8 * 60, 19 * 60)
    return f"{minute // 60:02}{minute % 60:02}00"


def _write(path: Path, columns: list[str], rows: Iterator[tuple[object, ...]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(rows)

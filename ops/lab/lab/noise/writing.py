"""The three tables: what the order system knows, what matching sees of the studies, and what only the judge may know."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from ..chance import generator
from .archive import hospital_code
from .model import ISSUER, Hospital, Order, Study

ORDER_COLUMNS = ["patient_id", "issuer", "patient_name", "birth_date", "sex", "accession_number", "exam_date", "exam_time", "modality",
                 "procedure_code", "procedure_description", "department", "status"]
STUDY_COLUMNS = ["study_instance_uid", "patient_id", "issuer", "patient_name", "other_patient_names", "birth_date", "sex", "study_date", "study_time",
                 "modality", "accession_number", "study_description", "body_part", "laterality", "instance_count", "medium_label"]
TRUTH_COLUMNS = ["study_instance_uid", "accession_number", "patient_id", "telling", "noise"]
DEPARTMENTS = ["IM", "GS", "OS", "NS", "PED", "ER", "NR", "OBGY"]


def write_hospital(hospital: Hospital, folder: Path, seed: int) -> None:
    """Writes `orders.csv`, `studies.csv` and `truth.csv`, none of them in the order of another."""
    folder.mkdir(parents=True, exist_ok=True)
    random = generator(seed, "writing")
    _write(folder / "orders.csv", ORDER_COLUMNS, (_order(order) for order in random.sample(hospital.orders, len(hospital.orders))))
    _write(folder / "studies.csv", STUDY_COLUMNS, (_study(study) for study in random.sample(hospital.studies, len(hospital.studies))))
    by_uid = sorted(hospital.studies, key=lambda study: study.uid)
    _write(folder / "truth.csv", TRUTH_COLUMNS, (_truth(study) for study in by_uid))


def _order(order: Order) -> tuple[object, ...]:
    patient, procedure = order.patient, order.procedure
    return (patient.id, ISSUER, order.name, f"{patient.birth:%Y%m%d}", patient.sex, order.accession, f"{order.day:%Y%m%d}", order.shown_time,
            hospital_code(procedure.modality), procedure.code, procedure.ordered(order.side),
            DEPARTMENTS[patient.number % len(DEPARTMENTS)], order.status)


def _study(study: Study) -> tuple[object, ...]:
    time = "" if study.minute is None else f"{study.minute // 60:02}{study.minute % 60:02}00"
    day = f"{study.day:%Y%m%d}" if study.day else ""
    return (study.uid, study.patient_id, study.issuer, study.name, study.other_names, study.birth, study.sex, day, time, study.modality,
            study.accession, study.description, study.part, study.laterality, study.instances, study.medium)


def _truth(study: Study) -> tuple[object, ...]:
    return study.uid, study.order.accession if study.order else "", study.patient.id, study.telling, " ".join(sorted(study.noise))


def _write(path: Path, columns: list[str], rows: Iterable[tuple[object, ...]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(rows)

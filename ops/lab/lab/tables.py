"""The tables of a hospital: what its people know (orders.csv, media.csv), and what only the check may know."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import astuple, fields
from pathlib import Path

from .burn import BurntFile
from .model import Disc, Hospital, Order, Study

MEDIA_COLUMNS = ["label", "kind", "date_from", "date_to", "shelf", "copy_of"]
TRUTH_COLUMNS = ["study_instance_uid", "outcome", "state", "reason", "accession_number", "patient_id", "issuer", "patient_name",
                 "birth_date", "sex", "requested_procedure_description", "instances", "labels"]
DAMAGE_COLUMNS = ["label", "path", "reason"]
INSTANCE_COLUMNS = ["sop_instance_uid", "study_instance_uid", "label", "path", "offset", "byte_count", "sha256", "expected"]
UNSPECIFIED_EXAM = "Unspecified Exam"


def write_tables(hospital: Hospital, burnt: list[BurntFile], folder: Path) -> None:
    """Writes all tables into the folder."""
    _write(folder / "orders.csv", [field.name for field in fields(Order)], [astuple(order) for order in hospital.orders])
    _write(folder / "media.csv", MEDIA_COLUMNS, [_medium(disc) for disc in hospital.discs])
    whole = _whole_instances(burnt)
    _write(folder / "truth.csv", TRUTH_COLUMNS, [_truth(study, len(whole[study.uid])) for study in hospital.studies])
    _write(folder / "damage.csv", DAMAGE_COLUMNS, [(file.label, file.path, file.damage) for file in burnt if file.damage])
    sent = {study.uid for study in hospital.studies if study.truth.is_sent}
    _write(folder / "instances.csv", INSTANCE_COLUMNS, [_instance(file, sent) for file in burnt if file.sop_instance_uid])


def _medium(disc: Disc) -> tuple[str, ...]:
    dates = (disc.date_from, disc.date_to) if disc.dates_on_sleeve else ("", "")
    return (disc.label, "cd", *dates, disc.shelf, disc.copy_of)


def _whole_instances(burnt: list[BurntFile]) -> dict[str, set[str]]:
    """By study: the instances of which at least one whole file exists."""
    whole: dict[str, set[str]] = defaultdict(set)
    for file in burnt:
        if file.sop_instance_uid and not file.damage:
            whole[file.study_instance_uid].add(file.sop_instance_uid)
    return whole


def _truth(study: Study, whole: int) -> tuple[object, ...]:
    truth, order = study.truth, study.truth.order
    identity = (order.patient_id, order.issuer, order.patient_name, order.birth_date, order.sex) if order else ("",) * 5
    description = UNSPECIFIED_EXAM if truth.accession_number == "UX*" else ""
    return (study.uid, truth.outcome, truth.state, truth.reason, truth.accession_number, *identity, description,
            whole if truth.is_sent else 0, " ".join(study.labels))


def _instance(file: BurntFile, sent: set[str]) -> tuple[object, ...]:
    expected = "yes" if file.study_instance_uid in sent and not file.damage else "no"
    return (file.sop_instance_uid, file.study_instance_uid, file.label, file.path, file.offset, file.byte_count, file.sha256, expected)


def _write(path: Path, columns: list[str], rows: list[tuple[object, ...]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(rows)

"""What is in the PACS, against the truth of the hospital, where evidence counts: more may be sent than by the rule, and less, but nothing under another patient."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lab.changes import UNSPECIFIED_ACCESSION
from lab.check import check
from lab.model import Hospital
from lab.pacs import Pacs, Stored

from .standing import Study

# What is sent and what is held are other studies than by the rule; all else that the check asks for holds.
OF_THE_RULE = {"missing", "not expected"}


def misfiled(folder: Path, url: str, hospital: Hospital, found: dict[str, Study]) -> list[str]:
    """What is wrong in the PACS at that address: each object lies in its own study, under its own patient, with an accession number of that patient's or the
    reserved range's; what the rule would send as well is compared with the truth element by element; and each study has as many objects as were noted."""
    faults = [str(fault) for fault in check(folder, url, None).faults if fault.kind not in OF_THE_RULE]
    stored = Pacs(url).instances()
    return faults + misplaced(stored, hospital) + miscounted(stored, found)


def misplaced(stored: list[Stored], hospital: Hospital) -> list[str]:
    """Objects that lie in another study than their own, under another patient, or under an accession number of nobody's or another patient's."""
    studies = {study.uid: study for study in hospital.studies}
    homes = {(instance.sop_instance_uid, study.uid) for study in hospital.studies for instance in study.instances}
    numbers: dict[str, set[str]] = {}
    for order in hospital.orders:
        numbers.setdefault(order.patient_id, set()).add(order.accession_number)
    faults: list[str] = []
    for one in stored:
        if (one.sop_instance_uid, one.study_instance_uid) not in homes:
            faults.append(f"instance {one.sop_instance_uid} lies in study {one.study_instance_uid}, which is not its own")
            continue
        patient = studies[one.study_instance_uid].patient.id
        if one.patient_id != patient:
            faults.append(f"instance {one.sop_instance_uid} lies under patient {one.patient_id!r}, and is of {patient!r}")
        if one.accession_number not in numbers.get(patient, set()) and not UNSPECIFIED_ACCESSION.fullmatch(one.accession_number):
            faults.append(f"instance {one.sop_instance_uid} lies under accession number {one.accession_number!r}, which is none of its patient's")
    return faults


def miscounted(stored: list[Stored], found: dict[str, Study]) -> list[str]:
    """Studies of which the PACS has other numbers of objects than the ledger notes as done."""
    counts = Counter(one.study_instance_uid for one in stored)
    noted = {uid: int(str(study["done"])) for uid, study in found.items() if study["done"]}
    return [f"study {uid}: {counts[uid]} objects are in the PACS, {noted.get(uid, 0)} are noted"
            for uid in sorted(counts.keys() | noted.keys()) if counts[uid] != noted.get(uid, 0)]

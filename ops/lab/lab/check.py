"""The independent check: what is in the PACS, against the discs and the truth.

It speaks to Orthanc's REST interface and reads files with pydicom. Of the coordinator it believes nothing but what it has to say
about itself: which studies it holds and why, and which files it could not read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .comparing import compare
from .faults import Fault
from .ledger import check_studies, check_unreadable
from .pacs import Pacs, Stored
from .processes import processors
from .records import Records, read_records

CHUNK = 25


@dataclass(frozen=True)
class Verdict:
    """What the check has looked at and found."""

    instances: int
    studies: int
    held: int
    unreadable: int
    faults: list[Fault]


def check(hospital: Path, url: str, statements: Path | None) -> Verdict:
    """Checks the PACS at that address. `statements` is the folder with studies.json and report.json; None leaves them out."""
    records = read_records(hospital)
    stored = Pacs(url).instances()
    faults = _check_set(stored, records)
    faults += _check_contents(stored, records, url)
    held = sum(expectation.state == "held" for expectation in records.studies.values())
    if statements is not None:
        faults += check_studies(json.loads((statements / "studies.json").read_text())["studies"], records)
        faults += check_unreadable(json.loads((statements / "report.json").read_text())["unreadableFiles"], records)
    sent = sum(expectation.instances > 0 for expectation in records.studies.values())
    return Verdict(len(stored), sent, held, len(records.damage), sorted(set(faults)))


def _check_set(stored: list[Stored], records: Records) -> list[Fault]:
    """Exactly the instances that should be there, each once, under its patient and study."""
    faults: list[Fault] = []
    expected = records.expected
    seen: set[str] = set()
    for instance in stored:
        subject = f"instance {instance.sop_instance_uid}"
        place = expected.get(instance.sop_instance_uid)
        if instance.sop_instance_uid in seen:
            faults.append(Fault("twice", subject, f"is there more than once; also under patient {instance.patient_id!r}"))
        seen.add(instance.sop_instance_uid)
        if place is None:
            faults.append(Fault("not expected", subject, _why_not(instance, records)))
            continue
        expectation = records.studies[place.study_instance_uid]
        if instance.study_instance_uid != place.study_instance_uid:
            faults.append(Fault("wrong study", subject, f"is in {instance.study_instance_uid}, should be in {place.study_instance_uid}"))
        if instance.patient_id != expectation.patient_id:
            faults.append(Fault("wrong patient", subject, f"is under {instance.patient_id!r}, should be under {expectation.patient_id!r}"))
        if not expectation.is_unspecified and instance.accession_number != expectation.accession_number:
            faults.append(Fault("accession number", subject, f"its study is filed under {instance.accession_number!r}, "
                                                             f"should be {expectation.accession_number!r}"))
    for uid in sorted(expected.keys() - seen):
        place = expected[uid]
        faults.append(Fault("missing", f"instance {uid}", f"of study {place.study_instance_uid} ({place.label}: {place.path}) is not there"))
    return faults


def _why_not(instance: Stored, records: Records) -> str:
    expectation = records.studies.get(instance.study_instance_uid)
    if expectation is None:
        return f"is there, in study {instance.study_instance_uid}, and no disc has it"
    if expectation.state == "held":
        return f"was sent, but its study {instance.study_instance_uid} should be held: {expectation.reason}"
    return f"is there, in study {instance.study_instance_uid}, and should not be"


def _check_contents(stored: list[Stored], records: Records, url: str) -> list[Fault]:
    """Each instance element by element, on all processors; and the reserved accession numbers, one a study."""
    expected = records.expected
    known = [instance for instance in stored if instance.sop_instance_uid in expected]
    chunks = [known[start:start + CHUNK] for start in range(0, len(known), CHUNK)]
    faults: list[Fault] = []
    numbers: dict[str, set[str]] = defaultdict(set)
    with processors(_open, (str(records.folder), url)) as pool:
        for found, accessions in pool.map(_compare_chunk, chunks):
            faults += found
            for study, number in accessions:
                numbers[study].add(number)
    return faults + _check_reserved(numbers, records)


def _check_reserved(numbers: dict[str, set[str]], records: Records) -> list[Fault]:
    faults: list[Fault] = []
    owners: dict[str, str] = {}
    for study in sorted(study for study in numbers if records.studies[study].is_unspecified):
        if len(numbers[study]) > 1:
            faults.append(Fault("accession number", f"study {study}", f"has several: {sorted(numbers[study])}"))
        for number in sorted(numbers[study]):
            if owners.setdefault(number, study) != study:
                faults.append(Fault("accession number", f"study {study}", f"{number} is also that of {owners[number]}"))
    return faults


@dataclass
class _Worker:
    """What a process of the pool keeps open."""

    pacs: Pacs
    records: Records
    expected: dict


_workers: list[_Worker] = []


def _open(folder: str, url: str) -> None:
    records = read_records(Path(folder))
    _workers.append(_Worker(Pacs(url), records, records.expected))


def _compare_chunk(chunk: Iterable[Stored]) -> tuple[list[Fault], list[tuple[str, str]]]:
    worker = _workers[0]
    faults: list[Fault] = []
    numbers: list[tuple[str, str]] = []
    for instance in chunk:
        place = worker.expected[instance.sop_instance_uid]
        expectation = worker.records.studies[place.study_instance_uid]
        found, number = compare(place, worker.records.discs, worker.pacs.file(instance.id), expectation)
        faults += found
        numbers.append((place.study_instance_uid, number))
    return faults, numbers

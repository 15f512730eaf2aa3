"""The orders file, and what a ledger has of it."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

# The ledger's own names of the columns of the lab's file.
NAMES = {"accession_number": "accessionNumber", "exam_date": "examDate", "exam_time": "examTime", "modality": "modality",
         "procedure_code": "procedureCode", "status": "status", "procedure_description": "procedureDescription", "department": "department",
         "study_instance_uid": "studyInstanceUID"}
PATIENT = {"patient_id": "patientID", "issuer": "issuer", "patient_name": "name", "birth_date": "birthDate", "sex": "sex"}
SHOWN = 5
# What stands for an accession number that cannot be used.
IS_WITHOUT_NUMBER = "accession LIKE '\\%'"


def of_file(path: Path) -> Iterator[dict[str, str]]:
    """A file's rows."""
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def of_ledger(ledger: Path) -> Iterator[dict[str, str]]:
    """A ledger's orders as rows of a file, in the order in which they were entered; without those whose accession number could not be used."""
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as connection:
        for (content,) in connection.execute(f"SELECT content FROM hospital_order WHERE NOT {IS_WITHOUT_NUMBER} ORDER BY id"):
            order = json.loads(content)
            yield {**{column: order.get(name, "") for column, name in NAMES.items()},
                   **{column: order["patient"][name] for column, name in PATIENT.items()}}


def differences(rows: Iterator[dict[str, str]], ledger: Path) -> list[str]:
    """What the ledger has otherwise than `rows`, in whose order it must have them. No value is told: they may be patients'."""
    faults: list[str] = []
    found, count = of_ledger(ledger), 0
    for row in rows:
        count += 1
        order = next(found, None)
        if order is None:
            return [*faults, f"row {count} and those behind it are not in the ledger"]
        differing = [column for column in row if row[column] != order[column]]
        if differing and len(faults) < SHOWN:
            faults.append(f"row {count}: the ledger has another {', '.join(differing)}")
    rest = sum(1 for _ in found)
    return faults + ([f"the ledger has {rest} orders that the file has not"] if rest else [])


def without_number(ledger: Path) -> int:
    """How many of a ledger's orders came in a row whose accession number could not be used."""
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as connection:
        return connection.execute(f"SELECT count(*) FROM hospital_order WHERE {IS_WITHOUT_NUMBER}").fetchone()[0]

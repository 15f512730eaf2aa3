"""The rule of Jung et al. 2004 alone, read naively from the tables: what it matches, matches wrongly, and leaves to a person.

Patient ID, day and modality, one order, and no other study with the same order. No name, birth date or sex is looked at.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from .telling import MISLEADING

DICOM_CODES = {"DSA": "XA"}


@dataclass
class Judgement:
    """Of all studies: matched with the right order, with a wrong one (or where nobody can tell), left although there is a right one, left rightly;
    and those matched at all whose tables mislead."""

    right: int = 0
    wrong: int = 0
    left: int = 0
    none: int = 0
    misled: int = 0

    @property
    def total(self) -> int:
        """All studies."""
        return self.right + self.wrong + self.left + self.none + self.misled


def bare_rule(folder: Path) -> dict[str, str]:
    """By Study Instance UID: the accession number of the order that the rule finds."""
    orders: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in _rows(folder / "orders.csv"):
        if row["status"] != "CA":
            orders[row["patient_id"], row["exam_date"], DICOM_CODES.get(row["modality"], row["modality"])].append(row["accession_number"])
    found: dict[str, str] = {}
    for row in _rows(folder / "studies.csv"):
        candidates = orders.get((row["patient_id"].strip(), row["study_date"], row["modality"]), [])
        if row["patient_id"].strip() and row["study_date"] and len(candidates) == 1:
            found[row["study_instance_uid"]] = candidates[0]
    claims = Counter(found.values())
    return {study: accession for study, accession in found.items() if claims[accession] == 1}


def judge(folder: Path, matches: dict[str, str]) -> Judgement:
    """Holds automatic matches against the truth."""
    result = Judgement()
    for row in _rows(folder / "truth.csv"):
        found, right = matches.get(row["study_instance_uid"]), row["accession_number"]
        if found is None:
            result.left += bool(right)
            result.none += not right
        elif row["telling"] == MISLEADING:
            result.misled += 1
        elif found == right and row["telling"] != "no":
            result.right += 1
        else:
            result.wrong += 1
    return result


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

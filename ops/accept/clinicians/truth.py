"""What the hospital's truth says of a request: which studies it is for, whatever the coordinator answers."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lab.records import Expectation


@dataclass(frozen=True)
class Wanted:
    """What a request is for, of what was read."""

    must: frozenset[str]
    """The studies that are to be sent."""
    may: frozenset[str]
    """All that it could mean: of the same patient, and of the same day where an exam was asked for."""

    def faults(self, what: str, answered: set[str], all_sent: set[str]) -> list[str]:
        """What is wrong with the answer's list; `all_sent` are the studies of anybody that are to be sent."""
        faults = [f"{what}: the answer does not name study {study}" for study in sorted(self.must - answered)]
        return faults + [f"{what}: the answer names study {study}, of which the truth says that it is another's" for study in sorted((answered & all_sent) - self.may)]


class Truth:
    """The truth of a hospital, as the lab wrote it."""

    def __init__(self, studies: dict[str, Expectation], orders: Path) -> None:
        self._studies = studies
        with open(orders, encoding="utf-8", newline="") as file:
            self._exams = {row["accession_number"]: (row["patient_id"], row["exam_date"]) for row in csv.DictReader(file)}

    def sent(self, labels: Iterable[str] | None = None) -> set[str]:
        """The studies that are to be sent whole; with `labels` those of which all lies on these discs."""
        discs = None if labels is None else set(labels)
        return {uid for uid, study in self._studies.items() if study.state == "verified" and (discs is None or discs.issuperset(study.labels))}

    def wanted(self, option: str, study: str, labels: Iterable[str]) -> Wanted:
        """What is asked for with that option, so that it is for `study`, of what lies on the discs `labels`."""
        asked, read = self._studies[study], self.sent(labels)
        if option == "--study":
            return Wanted(frozenset([study]), frozenset([study]))
        same = {uid for uid, other in self._studies.items() if other.patient_id == asked.patient_id}
        if option == "--accession":
            exam = self._exams.get(asked.accession_number)
            number = {uid for uid in same if self._studies[uid].accession_number == asked.accession_number}
            day = {uid for uid in same if exam is not None and self._exams.get(self._studies[uid].accession_number) == exam}
            # A study without an order of that day is of the exam, too: of which day it is the truth does not say.
            loose = {uid for uid in same if self._studies[uid].is_unspecified}
            return Wanted(frozenset((number | day) & read), frozenset(number | day | loose))
        return Wanted(frozenset(same & read), frozenset(same))

    def instances(self, study: str) -> int:
        """The objects of a study that are to arrive."""
        return self._studies[study].instances

"""Who and what is around a study when something goes wrong with it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from random import Random

from ..chance import generator
from .model import Hospital, Order, Patient, Study


class Scene:
    """The hospital as noise sees it: the day's other patients, the patient's other exams."""

    def __init__(self, hospital: Hospital, seed: int) -> None:
        self.hospital = hospital
        self.numbers = {patient.number for patient in hospital.patients}
        self._seed = seed
        self._days: dict[tuple[date, str], list[Study]] = defaultdict(list)
        self._siblings: dict[tuple[int, date, str], list[Order]] = defaultdict(list)
        self._partners: dict[tuple[str, int], set[int]] = defaultdict(set)
        for relation, one, other in hospital.partners:
            self._partners[relation, one.number].add(other.number)
            self._partners[relation, other.number].add(one.number)
        for study in hospital.studies:
            self._days[study.day, study.procedure.modality].append(study)
        for order in hospital.orders:
            self._siblings[order.patient.number, order.day, order.procedure.modality].append(order)

    def random(self, study: Study, noise: str) -> Random:
        """Chance of its own for this noise of this study."""
        return generator(self._seed, noise, study.uid)

    def others(self, study: Study) -> list[Study]:
        """Studies of the modality that other patients had on the day."""
        return [other for other in self._days[study.day, study.procedure.modality] if other.patient is not study.patient]

    def partners(self, study: Study, relation: str) -> list[Study]:
        """Those of them that the patient's partner of this kind had."""
        numbers = self._partners[relation, study.patient.number]
        return [other for other in self.others(study) if other.patient.number in numbers]

    def siblings(self, study: Study) -> list[Order]:
        """The patient's orders of the modality and day that the study is not of."""
        if study.order is None:
            return []
        found = self._siblings[study.order.patient.number, study.order.day, study.procedure.modality]
        return [order for order in found if order is not study.order]

    def anybody(self, study: Study, random: Random) -> Patient:
        """Some other patient."""
        while (patient := random.choice(self.hospital.patients)) is study.patient:
            pass
        return patient

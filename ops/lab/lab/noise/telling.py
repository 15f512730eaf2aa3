"""Which studies can be told from others by what they show.

An order that the study is not of rivals its own when nothing speaks against it that does not speak against its own as well. A study without such
a rival can be told `alone`; one whose rivals belong to the patient's other studies of the day can be told `together`, when there is only one way
to give each its order; of the others nobody can tell, and the right thing is that a person looks at the images (`no`).

What shows every mark of another order, and of its own fewer, is not kept: no table tells it from a study of that order.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import permutations

from .marks import marks
from .model import Hospital, Order, Study

IDENTITY, EXAM = {"name", "birth"}, {"procedure", "part", "time"}
Key = tuple[int, date, str]


class Telling:
    """Decides it for the studies of a hospital, when all noise is in place."""

    def __init__(self, hospital: Hospital) -> None:
        self._hospital = hospital
        self._by_id: dict[str, list[Order]] = defaultdict(list)
        self._by_day: dict[date, list[Order]] = defaultdict(list)
        self._group: dict[Key, list[Order]] = defaultdict(list)
        for order in hospital.orders:
            if order.is_cancelled:
                continue
            self._by_id[order.patient.id].append(order)
            self._by_day[order.day].append(order)
            self._group[_key(order)].append(order)

    def decide(self) -> None:
        """Notes for each study how it can be told, and takes out those that mislead."""
        rivals: dict[str, list[Order]] = {}
        kept: list[Study] = []
        for study in self._hospital.studies:
            own = marks(study, study.order) if study.order else {}
            found = [(order, other) for order in self._others(study) if _is_rival(other := marks(study, order), own)]
            if any(_misleads(other, own, study) for _, other in found):
                continue
            rivals[study.uid] = [order for order, _ in found] if own.get("accession", 0) <= 0 else []
            kept.append(study)
        self._hospital.misleading = len(self._hospital.studies) - len(kept)
        self._hospital.studies = kept
        studies = _by_group(kept)
        for study in kept:
            study.telling = self._telling(study, rivals, studies)

    def _others(self, study: Study) -> list[Order]:
        """The orders that could be taken for the study's: under the patient ID shown, of the patient, and where the ID is nobody's, of the day."""
        found = self._by_id.get(study.patient_id, [])
        if study.order is not None and study.patient_id != study.patient.id:
            found = found + self._by_id[study.patient.id]
        if study.patient_id not in self._by_id and study.day is not None:
            found = found + self._by_day[study.day]
        unique = {order.accession: order for order in found if order is not study.order}
        return list(unique.values())

    def _telling(self, study: Study, rivals: dict[str, list[Order]], studies: dict[Key, list[Study]]) -> str:
        mine = rivals[study.uid]
        if not mine:
            return "alone"
        if study.order is None:
            return "no"
        key = _key(study.order)
        group, orders = studies[key], self._group[key]
        if any(_key(order) != key for order in mine) or {other.order for other in group} != set(orders) or len(group) != len(orders):
            return "no"
        ways = (way for way in permutations(orders) if all(
            order is other.order or order in rivals[other.uid] for other, order in zip(group, way, strict=True)))
        next(ways)
        return "no" if next(ways, None) else "together"


def _key(order: Order) -> Key:
    return order.patient.number, order.day, order.procedure.modality


def _by_group(studies: list[Study]) -> dict[Key, list[Study]]:
    groups: dict[Key, list[Study]] = defaultdict(list)
    for study in studies:
        if study.order is not None:
            groups[_key(study.order)].append(study)
    return groups


def _against(said: dict[str, int]) -> set[str]:
    return {mark for mark, value in said.items() if value < 0}


def _speaking(said: dict[str, int]) -> set[str]:
    return {mark for mark, value in said.items() if value > 0}


def _is_rival(other: dict[str, int], own: dict[str, int]) -> bool:
    return _against(other) <= _against(own)


def _misleads(other: dict[str, int], own: dict[str, int], study: Study) -> bool:
    speaking = _speaking(other)
    if _against(other) or "id" not in speaking or not speaking & IDENTITY or not speaking & EXAM:
        return False
    return study.order is None or (speaking >= _speaking(own) and (speaking, set()) != (_speaking(own), _against(own)))

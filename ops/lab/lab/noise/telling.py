"""Which studies can be told from others by what they show.

An order that the study is not of rivals its own when nothing speaks against it that does not speak against its own as well. A study without such
a rival can be told `alone`. One whose rivals are other studies' own orders can be told `together`, when these cannot leave them: they have no rivals, or such
ones only as cannot be left either, and nobody else claims its own order without having one. Of the others nobody can tell, and the right thing is that a
person looks at the images (`no`).

A study is `misleading` when patient ID, identity and exam speak for another order, nothing against that which is not against its own as well (a modality that is
neither's), and something more against its own, or less for it: no table tells such a study from one of that order. These are counted by themselves. IDs that were exchanged between twins or doubles excuse nothing: the
other one's order is wrong, and that there is another one of the birth date can be known.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from .marks import marks
from .model import Hospital, Order, Study

IDENTITY, EXAM = {"name", "birth"}, {"procedure", "part", "time"}
MISLEADING = "misleading"
EXCHANGED = {"swapped-twins", "swapped-doubles"}
# What befalls a study speaks against whichever order it might have: for one without an order too.
FAULTS = {"name-typo": "name", "part-default": "part", "clock-off": "time", "wrong-modality": "modality"}


class Telling:
    """Decides it for the studies of a hospital, when all noise is in place."""

    def __init__(self, hospital: Hospital) -> None:
        self._hospital = hospital
        self._by_id: dict[str, list[Order]] = defaultdict(list)
        self._by_day: dict[date, list[Order]] = defaultdict(list)
        for order in hospital.orders:
            if order.is_cancelled:
                continue
            self._by_id[order.patient.id].append(order)
            self._by_day[order.day].append(order)

    def decide(self) -> None:
        """Notes for each study how it can be told."""
        rivals: dict[str, list[Order]] = {}
        for study in self._hospital.studies:
            own = marks(study, study.order) if study.order else {FAULTS[noise]: -1 for noise in study.noise if noise in FAULTS}
            found = [(order, other) for order in self._others(study) if _is_rival(other := marks(study, order), own)]
            if not EXCHANGED.intersection(study.noise) and any(_misleads(other, own, study) for _, other in found):
                study.telling = MISLEADING
            rivals[study.uid] = [order for order, _ in found] if own.get("accession", 0) <= 0 else []
        claimants = _claimants(self._hospital.studies, rivals)
        for study in self._hospital.studies:
            study.telling = study.telling or self._telling(study, rivals, claimants)

    def _others(self, study: Study) -> list[Order]:
        """The orders that could be taken for the study's: under the patient ID shown, of the patient, and where the ID is nobody's, of the day."""
        found = self._by_id.get(study.patient_id, [])
        if study.order is not None and study.patient_id != study.patient.id:
            found = found + self._by_id[study.patient.id]
        if study.patient_id not in self._by_id and study.day is not None:
            found = found + self._by_day[study.day]
        unique = {order.accession: order for order in found if order is not study.order}
        return list(unique.values())

    @staticmethod
    def _telling(study: Study, rivals: dict[str, list[Order]], claimants: dict[str, list[Study]]) -> str:
        if not rivals[study.uid]:
            return "alone"
        if study.order is None or any(other.order is None or other.order is study.order and other is not study for other in claimants[study.order.accession]):
            return "no"
        free = any(_can_be_left(rival, study.order, rivals, claimants, set()) for rival in rivals[study.uid])
        return "no" if free else "together"


def _can_be_left(order: Order, to: Order, rivals: dict[str, list[Order]], claimants: dict[str, list[Study]], seen: set[str]) -> bool:
    """Whether nobody has the order, or who has it can go over to another one: in the end to one that nobody has, or to `to`."""
    if order is to:
        return True
    if order.accession in seen:
        return False
    seen.add(order.accession)
    owners = [study for study in claimants[order.accession] if study.order is order]
    return not owners or any(_can_be_left(rival, to, rivals, claimants, seen) for owner in owners for rival in rivals[owner.uid])


def _claimants(studies: list[Study], rivals: dict[str, list[Order]]) -> dict[str, list[Study]]:
    """By accession number: the studies whose own order or rival it is."""
    found: dict[str, list[Study]] = defaultdict(list)
    for study in studies:
        for order in [study.order, *rivals[study.uid]]:
            if order is not None:
                found[order.accession].append(study)
    return found


def _against(said: dict[str, int]) -> set[str]:
    return {mark for mark, value in said.items() if value < 0}


def _speaking(said: dict[str, int]) -> set[str]:
    return {mark for mark, value in said.items() if value > 0}


def _is_rival(other: dict[str, int], own: dict[str, int]) -> bool:
    return _against(other) <= _against(own)


def _misleads(other: dict[str, int], own: dict[str, int], study: Study) -> bool:
    speaking = _speaking(other)
    if _against(other) - _against(own) or "id" not in speaking or not speaking & IDENTITY or not speaking & EXAM:
        return False
    return study.order is None or bool(_against(own) - _against(other)) or speaking > _speaking(own)

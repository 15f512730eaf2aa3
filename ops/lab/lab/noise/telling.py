"""Which studies can be told from others by what they show.

An order that the study is not of rivals its own when nothing speaks against it that does not speak against its own as well. A study without such
a rival can be told `alone`; one whose rivals are other studies' own orders can be told `together`, when every way to give each of them one of the
orders that they hang together by gives it its own; of the others nobody can tell, and the right thing is that a person looks at the images (`no`).

A study is `misleading` when patient ID, identity and exam speak for another order, nothing against that but a modality that is not its own's either, and something
against its own, or less for it: no table tells such a study from one of that order. These are counted by themselves. IDs that were exchanged between twins or doubles excuse nothing: the
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
# More studies than these, hanging together by rivals, are not told by trying all ways.
MOST_TOGETHER = 7


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
            own = marks(study, study.order) if study.order else {}
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
        if study.order is None or not (found := _joined(study, rivals, claimants)):
            return "no"
        choices = [[order.accession for order in [other.order, *rivals[other.uid]] if order is not None] for other in found if other is not study]
        given = {order.accession for order in [study.order, *rivals[study.uid]] if _can_be_given(choices, {order.accession})}
        return "together" if given == {study.order.accession} else "no"


def _can_be_given(choices: list[list[str]], taken: set[str]) -> bool:
    """Whether each study can have one of its orders, and no order that is taken."""
    return not choices or any(_can_be_given(choices[1:], taken | {order}) for order in choices[0] if order not in taken)


def _joined(study: Study, rivals: dict[str, list[Order]], claimants: dict[str, list[Study]]) -> list[Study] | None:
    """The studies that hang together with it by rivals, itself among them; nothing when they are too many, or one of them has no order."""
    studies, seen, new = {study.uid: study}, set(), [study]
    while new:
        one = new.pop()
        for order in [one.order, *rivals[one.uid]]:
            if order is None:
                return None
            if order.accession in seen:
                continue
            seen.add(order.accession)
            for other in claimants[order.accession]:
                if other.uid not in studies:
                    studies[other.uid] = other
                    new.append(other)
        if len(studies) > MOST_TOGETHER:
            return None
    return list(studies.values())


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
    if _against(other) - (_against(own) & {"modality"}) or "id" not in speaking or not speaking & IDENTITY or not speaking & EXAM:
        return False
    return study.order is None or bool(_against(own) - _against(other)) or speaking > _speaking(own)

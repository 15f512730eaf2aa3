"""Orders and studies as they are written when nothing goes wrong."""

from __future__ import annotations

from datetime import date
from random import Random

from ..chance import generator, uid
from .model import ISSUER, Order, Patient, Study
from .plan import FIRST_DAY
from .procedures import HOSPITAL_CODES, VAGUE, Procedure, spell
from .rates import Rates, pick

# A study begins so many minutes after its exam was called up.
DELAY = (1, 40)
STUDIES_A_TAPE = 400
ISSUER_GIVEN = 0.05


class Archive:
    """Makes orders and studies; what it draws depends on the seed and on the number of the thing alone."""

    def __init__(self, seed: int, rates: Rates) -> None:
        self._seed = seed
        self._usual = rates.hospital
        self._orders = 0
        self._studies = 0

    def order(self, patient: Patient, procedure: Procedure, side: str, day: date, minute: int) -> Order:
        """An order of these."""
        self._orders += 1
        random = generator(self._seed, "order", self._orders)
        times, fate = self._usual["times"], random.random()
        shown = f"{minute // 60:02}{minute % 60:02}00"
        if fate < times["order-missing"]:
            shown = ""
        elif fate < times["order-missing"] + times["order-midnight"]:
            shown = "000000"
        form = pick(self._usual["names"]["orders"], random)
        # The order system counts on its own, whatever is performed.
        accession = f"A{day:%y%m}{random.randrange(10**4):04}{self._orders:07}"
        return Order(patient, procedure, side, day, minute, accession, shown, patient.name.form(form), form)

    def study(self, order: Order) -> Study:
        """The study of this order."""
        self._studies += 1
        random = generator(self._seed, "study", self._studies)
        patient, procedure, names = order.patient, order.procedure, self._usual["names"]
        modality = procedure.modality
        form = pick(names["studies"], random)
        return Study(
            uid=uid(self._seed, "noise", self._studies), patient=patient, procedure=procedure, side=order.side, order=order, day=order.day,
            minute=None if random.random() < self._usual["times"]["study-missing"] else order.minute + random.randint(*DELAY),
            patient_id=patient.id, issuer=ISSUER if random.random() < ISSUER_GIVEN else "", name=self._name(patient, form, random), name_form=form,
            other_names=patient.name.form("hangul") if form == "romanised" and random.random() < names["other-names"] else "",
            birth=f"{patient.birth:%Y%m%d}", sex=patient.sex, modality=modality,
            accession=order.accession if random.random() < self._usual["accession"]["given"] else "",
            description=self._description(procedure, order.side, random),
            part="" if random.random() < self._usual["descriptions"]["part-missing"][modality] else procedure.part,
            laterality=order.side if random.random() < 0.5 else "", instances=random.randint(*procedure.images),
            medium=f"DLT{(order.day - FIRST_DAY).days // 2 + 1:03}")

    def _name(self, patient: Patient, form: str, random: Random) -> str:
        if form in ("hangul", "hanja"):
            return patient.name.form(form)
        return patient.name.form(form, random if random.random() < self._usual["names"]["other-romanisation"] else None).upper()

    def _description(self, procedure: Procedure, side: str, random: Random) -> str:
        usual, fate = self._usual["descriptions"], random.random()
        missing = usual["missing"][procedure.modality]
        if fate < missing:
            return ""
        if fate < missing + usual["vague"]:
            return random.choice(VAGUE[procedure.modality])
        return spell(procedure, side, random, usual["side-missing"])


def hospital_code(modality: str) -> str:
    """The order system's code for DICOM's."""
    return HOSPITAL_CODES.get(modality, modality)

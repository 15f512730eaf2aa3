"""Makes patients, studies, orders and where they lie, one after another, from the seed."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date, timedelta

from . import chance
from .material import MATERIALS
from .model import Header, Instance, Order, Patient, Study, Truth
from .people import make_patients
from .shelf import RECIPES, Sleeve

ISSUER = "SEOHAE"
PATIENTS = 260
STATUS_COMPLETED = "completed"

# The hospital's own words for a modality, where they are not DICOM's.
HOSPITAL_CODES = {"US": "SONO"}
PROCEDURES = {
    "CT": ["CT Abdomen", "CT Brain", "CT Chest"], "MR": ["MRI Brain", "MRI L-spine", "MRI Knee"], "US": ["Abdomen sonography"],
    "CR": ["Chest PA", "Skull AP", "KUB"], "NM": ["Bone scan"], "RTPLAN": ["Radiation therapy planning"], "ECG": ["12-lead ECG"],
    "SR": ["Ultrasound report"], "OT": ["Endoscopy"],
}
DEPARTMENTS = ["RAD", "NS", "OS", "IM", "ER"]


class Builder:
    """The hospital while it is being made. `turn` counts the scenarios, for what alternates between them."""

    def __init__(self, seed: int, sleeves: list[Sleeve]) -> None:
        self.seed = seed
        self.turn = 0
        self.studies: list[Study] = []
        self.orders: list[Order] = []
        self.placed: dict[str, list[tuple[Study, Instance]]] = {sleeve.label: [] for sleeve in sleeves}
        self.random = chance.generator(seed, "hospital")
        self._years = {sleeve.label: sleeve.years for sleeve in sleeves}
        self._patients = make_patients(PATIENTS, chance.generator(seed, "people"))
        self._serial = 0
        self._accession = 0
        self._split: set[str] = set()

    def serial(self) -> int:
        """The next number for an instance's pixels."""
        self._serial += 1
        return self._serial

    def patient(self, character_set: tuple[str, ...] | None = None) -> Patient:
        """The next patient nobody has used, with this character set if told so."""
        for index, patient in enumerate(self._patients):
            if character_set in (None, patient.character_set):
                return self._patients.pop(index)
        raise RuntimeError("the hospital has run out of patients: raise PATIENTS")

    def patient_again(self) -> Patient:
        """A patient whose matched study is already there; a new one where there is none yet."""
        before = [study.patient for study in self.studies if study.truth.outcome == "matched" and study.truth.state == "verified"]
        return self.random.choice(before) if before else self.patient()

    def study(self, patient: Patient, label: str, recipe: str, day: str | None = None) -> Study:
        """A study on that disc whose header says all there is to say of the patient, and no accession number."""
        number = len(self.studies)
        uid = chance.uid(self.seed, "study", number)
        modality = MATERIALS[RECIPES[recipe].split()[0].split("*")[0]].modality
        time = f"{self.random.randrange(7, 20):02}{self.random.randrange(60):02}{self.random.randrange(60):02}"
        header = Header(patient.id, None, patient.full_name, patient.birth_date, patient.sex, "", day or self._day(patient, label), time)
        study = Study(uid, patient, header, modality, self._procedure(modality), patient.character_set,
                      self._instances(number, recipe), Truth("", ""))
        self.studies.append(study)
        self.place(study, study.instances, label)
        return study

    def place(self, study: Study, instances: list[Instance], label: str) -> None:
        """Puts these instances of a study on that disc. The first such call takes the study from where it was put at first."""
        if study.uid not in self._split and study.labels:
            for placed in self.placed.values():
                placed[:] = [pair for pair in placed if pair[0] is not study]
            study.labels.clear()
            self._split.add(study.uid)
        self.placed[label] += [(study, instance) for instance in instances]
        study.labels.append(label)

    def order(self, study: Study, patient: Patient | None = None, variant: int = 0, status: str = STATUS_COMPLETED) -> Order:
        """An order of the study's day and modality. `variant`: 0 the whole name, 1 Latin letters only, 2 Hangul or kana only."""
        return self._order(patient or study.patient, study.header.study_date or "", study, variant, status)

    def order_elsewhere(self, patient: Patient, study: Study, variant: int = 0, day: int = 20, accession_number: str = "") -> Order:
        """An order of that patient so many days after the study's."""
        there = date.fromisoformat(study.header.study_date or "") + timedelta(days=day)
        return self._order(patient, f"{there:%Y%m%d}", study, variant, STATUS_COMPLETED, accession_number)

    def agreeing_header(self, study: Study, order: Order) -> None:
        """Another way for a header to agree with its order, from study to study."""
        header, patient = study.header, study.patient
        match self.turn % 6:
            case 1:
                header.patient_name = patient.groups[0].upper()
            case 2:
                header.patient_name = patient.groups[0].replace("^", " ")
                header.issuer = ISSUER
            case 3:
                header.patient_name, header.birth_date = "", None
                header.accession_number = order.accession_number
            case 4:
                header.patient_name, header.birth_date, header.sex = "", "", ""
                order.study_instance_uid = study.uid
            case 5:
                header.accession_number = None
                header.birth_date = ""

    def silent_header(self, study: Study) -> None:
        """A header that neither agrees with the order nor contradicts it."""
        study.header.patient_name, study.header.birth_date, study.header.accession_number = "", "", None

    def _order(self, patient: Patient, day: str, study: Study, variant: int, status: str, accession_number: str = "") -> Order:
        self._accession += 1
        name = [patient.full_name, patient.groups[0], patient.groups[2] or patient.groups[0]][variant % 3]
        modality = HOSPITAL_CODES.get(study.modality, study.modality)
        order = Order(
            patient.id, ISSUER if self._accession % 4 else "", name, patient.birth_date, patient.sex,
            accession_number or f"{day[2:4]}{self._accession:06}", "", day, study.header.study_time[:4] + "00", modality,
            f"{modality}{self._accession % 7 + 1:03}", study.description, DEPARTMENTS[self._accession % 5], status)
        self.orders.append(order)
        return order

    def _day(self, patient: Patient, label: str) -> str:
        """A day within the disc's years on which the patient has no exam yet."""
        taken = {order.exam_date for order in self.orders if order.patient_id == patient.id}
        first, last = self._years[label]
        start = date(first, 2, 1)
        # Room before the end of the year, so that orders of other days stay within what the hospital knows.
        days = (date(last, 11, 1) - start).days
        while True:
            day = f"{start + timedelta(days=self.random.randrange(days)):%Y%m%d}"
            if day not in taken:
                return day

    def _procedure(self, modality: str) -> str:
        return self.random.choice(PROCEDURES[modality])

    def _instances(self, study: int, recipe: str) -> list[Instance]:
        instances: list[Instance] = []
        for series, word in enumerate(RECIPES[recipe].split(), 1):
            material, count = word.split("*")
            series_uid = chance.uid(self.seed, "series", study, series)
            for number in range(1, int(count) + 1):
                instances.append(Instance(chance.uid(self.seed, "instance", study, series, number), series_uid, series, number,
                                          material, self.serial()))
        return instances

    def listed_orders(self) -> list[Order]:
        """The orders as the order system lists them: by day and accession number, each row once."""
        return sorted(self.orders, key=lambda order: (order.exam_date, order.accession_number, astuple(order)))

"""The hospital's days before anything goes wrong: who had which exams when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ..chance import generator
from .model import Patient
from .procedures import CATALOGUE, Procedure, choose
from .rates import Rates, pick
from .town import Town

# CR was archived from August 2000 on: from then on the archive had all modalities.
FIRST_DAY = date(2000, 8, 1)
DAYS = 330
DAY_BEGINS, DAY_ENDS, NIGHT_ENDS = 8 * 60, 18 * 60, 21 * 60


@dataclass(frozen=True)
class Exam:
    """One exam: `minute` is when it was called up, in minutes of the day."""

    procedure: Procedure
    side: str
    minute: int


@dataclass
class Visit:
    """The exams of one modality that a patient had on one day."""

    patient: Patient
    day: date
    exams: list[Exam]


def plan_visits(seed: int, studies: int, town: Town, rates: Rates) -> list[Visit]:
    """Visits with at least so many exams, in the order of their days."""
    random = generator(seed, "plan")
    relations, series = rates.hospital["relations"], rates.hospital["daily-series"]
    visits: list[Visit] = []
    count = 0
    partners = {one: (relation, other) for relation, one, other in town.partners}
    while count < studies:
        patient = random.choice(town.patients)
        modality = pick(rates.hospital["modalities"]["weights"], random)
        day = FIRST_DAY + timedelta(days=random.randrange(DAYS))
        made = [Visit(patient, day, _exams(modality, random, rates))]
        if modality == "CR" and random.random() < series["share"]:
            made += [Visit(patient, day + timedelta(days=number), [_morning(made[0].exams[0], random)])
                     for number in range(1, random.randint(*series["days"]))]
        elif patient in partners and random.random() < relations["together"]:
            same = [Exam(exam.procedure, exam.side, exam.minute + random.choice([0, 10])) for exam in made[0].exams]
            made.append(Visit(partners[patient][1], day, same))
        visits += made
        count += sum(len(visit.exams) for visit in made)
    return _each_day_once(visits)


def _each_day_once(visits: list[Visit]) -> list[Visit]:
    """A patient who was drawn twice for a modality and day came once."""
    seen: dict[tuple[int, date, str], Visit] = {}
    for visit in visits:
        seen.setdefault((visit.patient.number, visit.day, visit.exams[0].procedure.modality), visit)
    return sorted(seen.values(), key=lambda visit: (visit.day, visit.patient.number, visit.exams[0].procedure.modality))


def _exams(modality: str, random: Random, rates: Rates) -> list[Exam]:
    shared, sizes = rates.hospital["shared-days"]["percent"][modality] / 100, rates.hospital["exams-a-day"]["weights"]
    mean = sum(int(size) * weight for size, weight in sizes.items()) / sum(sizes.values())
    # The share is that of studies; visits with several exams are rarer than their studies.
    several = shared / mean / (shared / mean + 1 - shared)
    count = min(int(pick(sizes, random)), len(CATALOGUE[modality])) if random.random() < several else 1
    times = rates.hospital["times"]
    start = random.randrange(DAY_BEGINS, DAY_ENDS if random.random() < 0.9 else NIGHT_ENDS)
    later = 0
    if random.random() < times["later-that-day"]:
        later = random.randrange(180, 300) if start < 14 * 60 else 0
    same = random.random() < times["together"]
    exams: list[Exam] = []
    for number in range(count):
        back = later if later and number >= (count + 1) // 2 else 0
        procedure, side = _another(modality, exams, random)
        exams.append(Exam(procedure, side, start + back + (0 if same else number * random.randint(5, 20))))
    return exams


def _another(modality: str, exams: list[Exam], random: Random) -> tuple[Procedure, str]:
    """An exam that the visit has not yet: another procedure, or the other side."""
    if exams and exams[-1].procedure.sided and exams[-1].side == "R" and random.random() < 0.5:
        return exams[-1].procedure, "L"
    procedure = choose(modality, random, [exam.procedure for exam in exams])
    return procedure, random.choice("RL") if procedure.sided else ""


def _morning(exam: Exam, random: Random) -> Exam:
    return Exam(exam.procedure, exam.side, random.randrange(5 * 60, 8 * 60))

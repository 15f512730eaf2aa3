"""Noise on who the patient is: patient ID, name, birth date, sex. Each function changes the study, and says whether it could."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from .dates import day_and_month_exchanged, digits_exchanged
from .model import DIGITS, Study
from .scene import Scene

# Letters that departments put before the number.
PREFIXES = ["R", "S", "A-"]
# Who may be taken for whom (town.py).
RELATIONS = ["twins", "namesakes", "doubles"]


def check_digit(patient_id: str) -> str:
    """The digit that cards have behind the number: weights 1 to 8, modulo 10."""
    return str(sum(weight * int(digit) for weight, digit in enumerate(patient_id, 1)) % 10)


def _own(study: Study) -> bool:
    """Whether the ID is still the patient's, and not that of somebody in the other hospital's numbers."""
    return study.patient_id == study.patient.id


def _right(study: Study) -> bool:
    """Whether it is, and the study has an order."""
    return study.order is not None and _own(study)


def lost_zeros(study: Study, scene: Scene) -> bool:
    if is_own := _own(study):
        study.patient_id = study.patient_id.lstrip("0")
    return is_own


def prefix(study: Study, scene: Scene) -> bool:
    if is_own := _own(study):
        study.patient_id = scene.random(study, "prefix").choice(PREFIXES) + study.patient_id
    return is_own


def with_check_digit(study: Study, scene: Scene) -> bool:
    if is_own := _own(study):
        study.patient_id += check_digit(study.patient_id)
    return is_own


def typo_nobody(study: Study, scene: Scene) -> bool:
    if not _own(study):
        return False
    random = scene.random(study, "typo-nobody")
    while int(wrong := _one_digit_wrong(study.patient_id, random)) in scene.numbers:
        pass
    study.patient_id = wrong
    return True


def blank(study: Study, scene: Scene) -> bool:
    study.patient_id = scene.random(study, "id-blank").choice(["", " "])
    return True


def of_other(study: Study, scene: Scene) -> bool:
    if not _right(study):
        return False
    study.patient_id = scene.anybody(study, scene.random(study, "id-of-other")).id
    return True


def of_other_same_day(study: Study, scene: Scene) -> bool:
    others = scene.others(study) if _right(study) else []
    if not others:
        return False
    study.patient_id = scene.random(study, "id-of-other-same-day").choice(others).patient.id
    return True


def swapped(study: Study, scene: Scene) -> bool:
    return _swapped(study, scene.others(study), "swapped-ids", scene)


def _swapped_within(relation: str) -> Callable[[Study, Scene], bool]:
    """IDs exchanged with the patient's partner of that kind, who has an exam of the modality on that day."""
    return lambda study, scene: _swapped(study, scene.partners(study, relation), f"swapped-{relation}", scene)


def _swapped(study: Study, all_others: list[Study], name: str, scene: Scene) -> bool:
    others = [other for other in all_others if _right(other) and "patient-id" not in other.groups] if _right(study) else []
    if not others:
        return False
    other = scene.random(study, name).choice(others)
    study.patient_id, other.patient_id = other.patient_id, study.patient_id
    other.noise.append(name)
    other.groups.add("patient-id")
    return True


def name_empty(study: Study, scene: Scene) -> bool:
    study.name, study.name_form, study.other_names = "", "empty", ""
    return True


def name_typo(study: Study, scene: Scene) -> bool:
    if study.name_form != "romanised":
        return False
    random = scene.random(study, "name-typo")
    place = random.choice([index for index, letter in enumerate(study.name) if letter.isalpha()])
    letter = random.choice([letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter != study.name[place].upper()])
    study.name, study.name_form = study.name[:place] + letter + study.name[place + 1:], "typo"
    return True


def birth_empty(study: Study, scene: Scene) -> bool:
    study.birth = ""
    return True


def birth_day_month(study: Study, scene: Scene) -> bool:
    wrong = day_and_month_exchanged(study.patient.birth)
    study.birth = f"{wrong:%Y%m%d}" if wrong else study.birth
    return wrong is not None


def birth_digits(study: Study, scene: Scene) -> bool:
    wrong = digits_exchanged(study.patient.birth, scene.random(study, "birth-digits"))
    study.birth = f"{wrong:%Y%m%d}" if wrong else study.birth
    return wrong is not None


def sex_empty(study: Study, scene: Scene) -> bool:
    study.sex = ""
    return True


def sex_other(study: Study, scene: Scene) -> bool:
    study.sex = {"M": "F", "F": "M"}[study.patient.sex]
    return True


def _one_digit_wrong(patient_id: str, random: Random) -> str:
    place = random.randrange(1, DIGITS)
    digit = random.choice([digit for digit in "0123456789" if digit != patient_id[place]])
    return patient_id[:place] + digit + patient_id[place + 1:]


PATIENT_NOISE = {
    "lost-zeros": lost_zeros, "prefix": prefix, "check-digit": with_check_digit, "typo-nobody": typo_nobody, "id-blank": blank,
    "id-of-other": of_other, "id-of-other-same-day": of_other_same_day, "swapped-ids": swapped,
    **{f"swapped-{relation}": _swapped_within(relation) for relation in RELATIONS},
    "name-empty": name_empty, "name-typo": name_typo, "birth-empty": birth_empty, "birth-day-month": birth_day_month,
    "birth-digits": birth_digits, "sex-empty": sex_empty, "sex-other": sex_other,
}

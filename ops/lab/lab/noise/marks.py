"""What each thing that a study shows says of an order, known from the truth and not from comparing texts."""

from __future__ import annotations

import unicodedata
from datetime import date

from .model import ISSUER, Order, Study
from .names import romanisations
from .procedures import VAGUE, spellings

# Times of day tell two exams apart when they lie further apart than this.
NEAR_MINUTES = 120
MINUTES_A_DAY = 24 * 60
# Spellings of a patient number that a hospital knows.
SPELLINGS = {"lost-zeros", "prefix", "check-digit"}


def marks(study: Study, order: Order) -> dict[str, int]:
    """By mark: 1 where it speaks for the order, -1 against it; where it says nothing there is none."""
    said = {
        "id": _id(study, order), "name": _name(study, order), "birth": _same(study.birth, f"{order.patient.birth:%Y%m%d}"),
        "sex": _same(study.sex, order.patient.sex), "day": _day(study, order), "time": _time(study, order),
        "modality": 1 if study.modality == order.procedure.modality else -1, "procedure": _procedure(study, order),
        "part": _same(study.part, order.procedure.part), "side": _same(study.laterality, order.side),
        "images": _images(study, order),
        "accession": 1 if study.accession == order.accession else 0,
    }
    return {mark: value for mark, value in said.items() if value}


def _same(shown: str, right: str) -> int:
    return 0 if not shown or not right else 1 if shown == right else -1


def _id(study: Study, order: Order) -> int:
    if study.issuer not in ("", ISSUER):
        return -1
    if not study.patient_id.strip():
        return 0
    is_spelling = study.patient is order.patient and SPELLINGS.intersection(study.noise)
    return 1 if is_spelling or study.patient_id == order.patient.id else -1


def _name(study: Study, order: Order) -> int:
    if study.name_form == "empty":
        return 0
    if study.name_form == "typo":
        return -1
    if study.patient.name.key == order.patient.name.key:
        # Hanja and Hangul say the same only to those who know how the bearer reads them.
        return 0 if study.name_form == "hanja" and order.name_form == "hangul" else 1
    if study.name_form == "hanja" and order.name_form == "hangul":
        return 0
    return 0 if _may_be_spelt(study, order) else -1


def _may_be_spelt(study: Study, order: Order) -> bool:
    """Whether the Latin letters shown could be another person's as well: Chung is Jung, and so is Jeong."""
    if study.name_form != "romanised" or order.patient.name.foreign:
        return False
    letters = "".join(letter for letter in unicodedata.normalize("NFD", study.name) if letter.isalpha()).lower()
    return letters in romanisations(order.patient.name.key)


def _day(study: Study, order: Order) -> int:
    if study.day is None:
        return 0
    if study.day == order.day:
        return 1
    return 1 if abs((study.day - order.day).days) == 1 and study.minute is not None and abs(_minutes(study, order, study.day)) <= NEAR_MINUTES else -1


def _time(study: Study, order: Order) -> int:
    if study.minute is None or order.shown_time in ("", "000000"):
        return 0
    day = study.day if study.day is not None and abs((study.day - order.day).days) <= 1 else order.day
    return 1 if abs(_minutes(study, order, day)) <= NEAR_MINUTES else -1


def _minutes(study: Study, order: Order, day: date) -> int:
    return (day - order.day).days * MINUTES_A_DAY + study.minute - order.minute


def _procedure(study: Study, order: Order) -> int:
    if not study.description or study.description in VAGUE[study.procedure.modality]:
        return 0
    return 1 if study.description in spellings(order.procedure, order.side) else -1


def _images(study: Study, order: Order) -> int:
    least, most = order.procedure.images
    return 1 if least <= study.instances <= most else -1

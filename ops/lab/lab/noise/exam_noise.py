"""Noise on which exam it is: date, time, modality, description, part, side, accession number. As in patient_noise."""

from __future__ import annotations

from datetime import timedelta

from .dates import day_and_month_exchanged, digits_exchanged
from .model import Study
from .procedures import CATALOGUE, SIDES, choose, spell
from .scene import Scene

WRONG_CODES = {"CR": ["DX", "RF", "OT", "CT"], "MR": ["MRI", "OT", "CT"], "CT": ["OT", "MR"], "XA": ["RF", "CR"], "ES": ["OT", "XC"]}
HOURS_OFF = [1, -1, 9, -9, 12, -12]
MINUTES_A_DAY = 24 * 60
# So far apart the exams of one patient must be, before the time of day can tell a wrong protocol.
HOURS_APART = 3


def date_missing(study: Study, scene: Scene) -> bool:
    study.day = None
    return True


def across_midnight(study: Study, scene: Scene) -> bool:
    """Called up before midnight and made after it; or made before and entered after. The order moves to that hour as well."""
    order = study.order
    if order is None or order.is_cancelled or study.minute is None or not order.shown_time or "further" in study.groups or scene.siblings(study):
        return False
    random = scene.random(study, "across-midnight")
    late, early = MINUTES_A_DAY - random.randint(1, 25), random.randint(1, 20)
    if random.random() < 0.7:
        order.minute, study.minute, study.day = late, early, order.day + timedelta(days=1)
    else:
        order.minute, study.minute, study.day = early, late, order.day - timedelta(days=1)
    order.shown_time = f"{order.minute // 60:02}{order.minute % 60:02}00"
    return True


def date_day_month(study: Study, scene: Scene) -> bool:
    wrong = day_and_month_exchanged(study.day)
    study.day = wrong or study.day
    return wrong is not None


def date_digits(study: Study, scene: Scene) -> bool:
    wrong = digits_exchanged(study.day, scene.random(study, "date-digits"))
    study.day = wrong or study.day
    return wrong is not None


def wrong_modality(study: Study, scene: Scene) -> bool:
    study.modality = scene.random(study, "wrong-modality").choice(WRONG_CODES[study.procedure.modality])
    return True


def clock_off(study: Study, scene: Scene) -> bool:
    if study.minute is None or "date" in study.groups:
        return False
    hours = scene.random(study, "clock-off").choice(HOURS_OFF)
    shown = study.minute + hours * 60
    # A clock that is off takes the date with it; those are among the wrong dates.
    if not 0 <= shown < MINUTES_A_DAY:
        return False
    study.minute = shown
    return True


def other_protocol(study: Study, scene: Scene) -> bool:
    had = [study.procedure, *(order.procedure for order in scene.siblings(study))]
    if all(procedure in had for procedure in CATALOGUE[study.procedure.modality]):
        return False
    random = scene.random(study, "other-protocol")
    procedure = choose(study.procedure.modality, random, had)
    side = random.choice("RL") if procedure.sided else ""
    study.description, study.part = spell(procedure, side, random, 0), procedure.part
    return True


def sibling_protocol(study: Study, scene: Scene) -> bool:
    order = study.order
    if order is None or study.minute is None or order.shown_time in ("", "000000") or "time" in study.groups:
        return False
    apart = [other for other in scene.siblings(study) if other.shown_time not in ("", "000000") and other.procedure is not order.procedure
             and not other.is_cancelled and abs(other.minute - order.minute) >= HOURS_APART * 60]
    if not apart:
        return False
    other = scene.random(study, "sibling-protocol").choice(apart)
    study.description = spell(other.procedure, other.side, scene.random(study, "sibling-spelling"), 0)
    study.part, study.laterality = other.procedure.part, ""
    return True


def part_default(study: Study, scene: Scene) -> bool:
    if study.procedure.part == "CHEST":
        return False
    study.part = "CHEST"
    return True


def other_side(study: Study, scene: Scene) -> bool:
    if not study.side or "description" in study.groups:
        return False
    wrong = {"R": "L", "L": "R"}[study.side]
    study.laterality = wrong
    for ours, theirs in zip(SIDES[study.side], SIDES[wrong], strict=True):
        words = study.description.split(" ")
        if ours in words:
            study.description = " ".join(theirs if word == ours else word for word in words)
            break
    return True


def stale_accession(study: Study, scene: Scene) -> bool:
    others = [other.order for other in scene.others(study) if other.order is not None]
    if study.accession or not others:
        return False
    study.accession = scene.random(study, "stale-accession").choice(others).accession
    return True


def stale_own_accession(study: Study, scene: Scene) -> bool:
    """The number of an exam that the patient had before, that day."""
    before = [order for order in scene.siblings(study) if not order.is_cancelled and order.minute <= study.order.minute]
    if study.accession or not before:
        return False
    study.accession = max(before, key=lambda order: (order.minute, order.accession)).accession
    return True


def console_number(study: Study, scene: Scene) -> bool:
    if study.accession:
        return False
    study.accession = str(scene.random(study, "console-number").randrange(1, 30_000))
    return True


EXAM_NOISE = {
    "date-missing": date_missing, "across-midnight": across_midnight, "date-day-month": date_day_month, "date-digits": date_digits,
    "wrong-modality": wrong_modality, "sibling-protocol": sibling_protocol, "clock-off": clock_off, "other-protocol": other_protocol,
    "part-default": part_default, "other-side": other_side, "stale-accession": stale_accession,
    "stale-own-accession": stale_own_accession, "console-number": console_number,
}

"""The ways in which a study and the hospital's orders meet, each with what should become of it.

The truth is known by construction: a scenario makes the study and the orders so that the outcome follows, and writes it down. It
does not compute it by the rules that the programs use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .builder import Builder
from .model import Study, Truth

Scenario = Callable[[Builder, str, str, str], None]
"""Makes the studies of one scenario: builder, label of the disc, recipe, and the label of a second disc or ""."""

VERIFIED = "verified"
HELD = "held"
UNSPECIFIED = "UX*"


def matched(b: Builder, label: str, recipe: str, other: str) -> None:
    """One order, and the header agrees with it in one way or another."""
    patient = b.patient_again() if b.turn % 4 == 3 else b.patient()
    study = b.study(patient, label, recipe)
    order = b.order(study, variant=b.turn)
    b.agreeing_header(study, order)
    if b.turn % 2:
        b.order_elsewhere(patient, study, day=35)
    study.truth = Truth("matched", VERIFIED, order=order, accession_number=order.accession_number)


def uncorroborated(b: Builder, label: str, recipe: str, other: str) -> None:
    """One order, and a header that says nothing but the patient's number, the day and the modality."""
    study = b.study(b.patient(), label, recipe)
    order = b.order(study)
    b.silent_header(study)
    study.truth = Truth("matched", VERIFIED, order=order, accession_number=order.accession_number)


def spanning(b: Builder, label: str, recipe: str, other: str) -> None:
    """A study that did not fit on one disc any more."""
    study = b.study(b.patient(), label, recipe)
    order = b.order(study)
    half = len(study.instances) // 2
    b.place(study, study.instances[:half], label)
    b.place(study, study.instances[half:], other)
    study.truth = Truth("matched", VERIFIED, order=order, accession_number=order.accession_number)


def several_orders(b: Builder, label: str, recipe: str, other: str) -> None:
    """Two or three orders of that modality on the day."""
    study = b.study(b.patient(), label, recipe)
    for _ in range(2 + b.turn % 2):
        b.order(study)
    study.truth = Truth("manual match", HELD, "several-orders")


def competing(b: Builder, label: str, recipe: str, other: str) -> None:
    """Two studies of one patient and day, and one order."""
    patient = b.patient()
    first = b.study(patient, label, recipe)
    second = b.study(patient, label, recipe, day=first.header.study_date)
    b.order(first)
    for study in (first, second):
        study.truth = Truth("manual match", HELD, "competing-studies")


def competing_across(b: Builder, label: str, recipe: str, other: str) -> None:
    """The same on two discs. The headers are silent, so that the first one read waits for the other disc."""
    patient = b.patient()
    first = b.study(patient, label, recipe)
    second = b.study(patient, other, recipe, day=first.header.study_date)
    b.order(first)
    for study in (first, second):
        b.silent_header(study)
        study.truth = Truth("manual match", HELD, "competing-studies")


def no_order(b: Builder, label: str, recipe: str, other: str) -> None:
    """The patient is known, but no order of that day: an unspecified exam, under the identity of the newest order."""
    patient = b.patient()
    study = b.study(patient, label, recipe)
    _known_by_other_exams(b, study)


def study_date_missing(b: Builder, label: str, recipe: str, other: str) -> None:
    """The objects do not say when the exam was."""
    study = b.study(b.patient(), label, recipe)
    _known_by_other_exams(b, study)
    study.header.study_date = ""


def cancelled_only(b: Builder, label: str, recipe: str, other: str) -> None:
    """The only order of the day was cancelled."""
    study = b.study(b.patient(), label, recipe)
    order = b.order(study, status="cancelled")
    study.truth = Truth("exam level failed", VERIFIED, order=order, accession_number=UNSPECIFIED)


def cancelled_and_completed(b: Builder, label: str, recipe: str, other: str) -> None:
    """One order of the day was cancelled, the other one carried out."""
    study = b.study(b.patient(), label, recipe)
    b.order(study, status="cancelled")
    order = b.order(study)
    study.truth = Truth("matched", VERIFIED, order=order, accession_number=order.accession_number)


def no_order_contradicted(b: Builder, label: str, recipe: str, other: str) -> None:
    """Another patient's number, who had no exam that day: name and birth date contradict."""
    study = b.study(b.patient(), label, recipe)
    stranger = b.patient()
    b.order_elsewhere(stranger, study)
    study.header.patient_id = stranger.id
    study.truth = Truth("exam level failed", HELD, "contradiction")


def another_patients_id(b: Builder, label: str, recipe: str, other: str) -> None:
    """The number of another real patient, who had such an exam that day."""
    study = b.study(b.patient(), label, recipe)
    b.order(study)
    stranger = b.patient()
    b.order(study, patient=stranger)
    study.header.patient_id = stranger.id
    study.truth = Truth("manual match", HELD, "contradiction")


def blank_id(b: Builder, label: str, recipe: str, other: str) -> None:
    """No patient's number at all, or an empty one."""
    study = b.study(b.patient(), label, recipe)
    b.order(study)
    # An absent Patient ID (type 2) occurs as well as an empty one.
    study.header.patient_id = "" if b.turn % 2 else None
    study.truth = Truth("patient level failed", HELD, "patient-id-blank")


def unknown_patient(b: Builder, label: str, recipe: str, other: str) -> None:
    """A number that the order system has never seen."""
    study = b.study(b.patient(), label, recipe)
    study.truth = Truth("patient level failed", HELD, "patient-unknown")


def lost_zeros(b: Builder, label: str, recipe: str, other: str) -> None:
    """The number without its leading zeros, as a machine wrote it that took it for a quantity."""
    study = b.study(b.patient(), label, recipe)
    b.order(study)
    study.header.patient_id = study.patient.id.lstrip("0")
    study.truth = Truth("patient level failed", HELD, "patient-unknown")


def accession_of_two(b: Builder, label: str, recipe: str, other: str) -> None:
    """The order's accession number was given to another patient as well."""
    study = b.study(b.patient(), label, recipe)
    order = b.order(study)
    b.order_elsewhere(b.patient(), study, accession_number=order.accession_number)
    study.truth = Truth("matched", HELD, "accession-two-patients")


def character_set(b: Builder, label: str, recipe: str, other: str) -> None:
    """The order's name is in Hangul only, and the objects' character set is Latin-1."""
    patient = b.patient(character_set=("", "ISO 2022 IR 149"))
    study = b.study(patient, label, recipe)
    order = b.order(study, variant=2)
    study.character_set = ("ISO_IR 100",)
    study.header.patient_name = patient.groups[0]
    assert order.patient_name == patient.groups[2]
    study.truth = Truth("matched", HELD, "character-set")


def file_cut(b: Builder, label: str, recipe: str, other: str) -> None:
    """One file was cut off when it was written: its header is there, its pixels are not."""
    study = b.study(b.patient(), label, recipe)
    order = b.order(study)
    study.instances[-1].cut_to = 0.5
    study.truth = Truth("matched", "verified, incomplete", order=order, accession_number=order.accession_number)


def incomplete(b: Builder, label: str, recipe: str, other: str) -> None:
    """The disc can be read up to the middle of a file of this study."""
    study = b.study(b.patient(), label, recipe)
    order = b.order(study)
    study.truth = Truth("matched", "verified, incomplete", order=order, accession_number=order.accession_number)


def lost(b: Builder, label: str, recipe: str, other: str) -> None:
    """All of the study lies where the disc cannot be read: nobody ever hears of it."""
    study = b.study(b.patient(), label, recipe)
    b.order(study)
    study.truth = Truth("", "absent")


def same_study_conflict(b: Builder, label: str, recipe: str, other: str) -> None:
    """A study burnt twice, one image of it changed in between under its old UID."""
    study = b.study(b.patient(), label, recipe)
    b.order(study)
    b.silent_header(study)
    half = len(study.instances) // 2
    b.place(study, study.instances[:half], label)
    changed = replace(study.instances[0], serial=b.serial())
    b.place(study, study.instances[half:] + [changed], other)
    study.truth = Truth("matched", HELD, "uid-conflict")


def two_studies_conflict(b: Builder, label: str, recipe: str, other: str) -> None:
    """Two patients' studies share one SOP Instance UID, on two discs."""
    first = b.study(b.patient(), label, recipe)
    second = b.study(b.patient(), other, recipe)
    second.instances[0].sop_instance_uid = first.instances[0].sop_instance_uid
    for study in (first, second):
        b.order(study)
        b.silent_header(study)
        study.truth = Truth("matched", HELD, "uid-conflict")


def _known_by_other_exams(b: Builder, study: Study) -> None:
    """Orders of other days only: an old one with the name in Latin letters, a newer one with all of it."""
    b.order_elsewhere(study.patient, study, variant=1, day=10)
    newest = b.order_elsewhere(study.patient, study, variant=0, day=40)
    study.truth = Truth("exam level failed", VERIFIED, order=newest, accession_number=UNSPECIFIED)


SCENARIOS: dict[str, Scenario] = {function.__name__: function for function in (
    matched, uncorroborated, spanning, several_orders, competing, competing_across, no_order, study_date_missing, cancelled_only,
    cancelled_and_completed, no_order_contradicted, another_patients_id, blank_id, unknown_patient, lost_zeros, accession_of_two,
    character_set, file_cut, incomplete, lost, same_study_conflict, two_studies_conflict)}


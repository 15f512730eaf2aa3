"""Which studies of the noisy hospital can be told from others, on a few studies made by hand."""

from __future__ import annotations

from datetime import date

from lab.noise.model import Hospital, Order, Patient, Study
from lab.noise.names import Name
from lab.noise.procedures import CATALOGUE, Procedure
from lab.noise.telling import Telling

DAY = date(2001, 3, 5)
KIM = Patient(1_000_001, Name("김", ("민", "수"), "Kim^Minsu"), date(1950, 1, 1), "M")
LEE = Patient(1_000_002, Name("이", ("영", "희"), "Lee^Younghee"), date(1960, 2, 2), "F")
CHEST, _, CHEST_LATERAL, ABDOMEN, *_ = CATALOGUE["CR"]


def order(number: int, procedure: Procedure, patient: Patient = KIM, minute: int = 600, shown: str | None = None, day: date = DAY) -> Order:
    time = f"{minute // 60:02}{minute % 60:02}00" if shown is None else shown
    return Order(patient, procedure, "", day, minute, f"A{number}", time, patient.name.form("hangul"), "hangul")


def study(number: int, own: Order | None, description: str = "", part: str = "", patient: Patient = KIM, **shown: object) -> Study:
    values = dict(
        uid=f"2.25.{number}", patient=patient, procedure=own.procedure if own else CHEST, side="", order=own, day=DAY, minute=610, patient_id=patient.id,
        issuer="", name=patient.name.form("hangul"), name_form="hangul", other_names="", birth=f"{patient.birth:%Y%m%d}", sex=patient.sex, modality="CR",
        accession="", description=description, part=part, laterality="", instances=1, medium="DLT001")
    return Study(**{**values, **shown})


def told(orders: list[Order], *studies: Study) -> list[str]:
    hospital = Hospital([KIM, LEE], orders, list(studies))
    Telling(hospital).decide()
    return [one.telling for one in hospital.studies]


def test_one_study_of_one_order_is_told_alone() -> None:
    chest = order(1, CHEST)
    assert told([chest], study(1, chest)) == ["alone"]


def test_the_same_exam_twice_without_times_cannot_be_told_and_hours_between_them_can() -> None:
    first, second = order(1, CHEST, shown=""), order(2, CHEST, minute=900, shown="")
    assert told([first, second], study(1, first, "CHEST PA"), study(2, second, "CHEST PA", minute=910)) == ["no", "no"]
    first, second = order(1, CHEST), order(2, CHEST, minute=900)
    assert told([first, second], study(1, first, "CHEST PA"), study(2, second, "CHEST PA", minute=910)) == ["alone", "alone"]


def test_a_study_that_says_nothing_is_told_by_the_one_that_does_unless_a_study_is_missing() -> None:
    chest, abdomen = order(1, CHEST), order(2, ABDOMEN)
    described = study(1, chest, "CHEST PA", "CHEST")
    assert told([chest, abdomen], described, study(2, abdomen)) == ["alone", "together"]
    assert told([chest, abdomen], study(2, abdomen)) == ["no"]
    further = study(3, None, description="ROUTINE", minute=None)
    assert told([chest, abdomen], described, study(2, abdomen), further)[:2] == ["alone", "no"]


def test_a_study_whose_rival_is_anothers_is_told_though_orders_are_left_over() -> None:
    chest, abdomen, knee = order(1, CHEST), order(2, ABDOMEN), order(3, CATALOGUE["CR"][5], day=date(2001, 3, 9))
    # Of which exam the third study is nobody knows: its date is that of another one.
    lost = study(3, knee, day=date(2001, 3, 7), minute=None)
    found = told([chest, abdomen, knee, order(4, ABDOMEN, day=date(2001, 3, 8))], study(1, chest, "CHEST PA", "CHEST"), study(2, abdomen), lost)
    assert found == ["alone", "together", "no"]


def test_a_spelling_of_two_procedures_tells_neither() -> None:
    front, side = order(1, CHEST), order(2, CHEST_LATERAL)
    assert told([front, side], study(1, front, "CHEST PA"), study(2, side, "CHEST LAT")) == ["alone", "alone"]
    portable = order(3, CATALOGUE["CR"][1])
    assert told([front, portable], study(1, front, "CHEST"), study(2, portable, "CHEST")) == ["no", "no"]


def test_the_number_of_another_patient_with_an_exam_that_day_is_told_by_the_name_alone() -> None:
    mine, theirs = order(1, CHEST), order(2, CHEST, LEE)
    nameless = study(1, mine, "CHEST PA", patient_id=LEE.id, name="", name_form="empty", birth="", sex="")
    assert told([mine, theirs], nameless) == ["no"]
    assert told([mine, theirs], study(1, mine, "CHEST PA", patient_id=LEE.id, birth="", sex="")) == ["alone"]


def test_a_study_misleads_when_all_speaks_for_an_order_that_is_not_its_own() -> None:
    opened = order(1, CHEST)
    assert told([opened], study(1, None, "CHEST PA", minute=615)) == ["misleading"]
    assert told([opened], study(1, None, "ABDOMEN AP", "ABDOMEN")) == ["alone"]
    # A modality that is neither's excuses nothing and accuses nothing; one that is its own's does.
    abdomen = order(2, ABDOMEN)
    assert told([opened, abdomen], study(1, abdomen, "CHEST PA", "CHEST", modality="OT")) == ["misleading"]
    assert told([opened], study(1, None, "CHEST PA", "CHEST", modality="OT", minute=615)) == ["alone"]
    # So does what befell a study that has no order: it would speak against its own.
    faulty = study(1, None, "CHEST PA", "ABDOMEN", minute=615, noise=["part-default"])
    assert told([opened], faulty) == ["misleading"]
    assert told([opened], study(1, None, "CHEST PA", "CHEST", minute=615, name="KIN^MINSU", name_form="romanised", noise=["name-typo"])) == ["misleading"]
    assert told([opened], study(1, None, "CHEST PA", "ABDOMEN", minute=615)) == ["alone"]


def test_a_cancelled_order_is_nobodys_rival() -> None:
    chest, cancelled = order(1, CHEST), order(2, CHEST)
    cancelled.status = "CA"
    assert told([chest, cancelled], study(1, chest, "CHEST PA")) == ["alone"]


def test_midnight_is_no_wrong_day() -> None:
    late = order(1, CHEST, minute=23 * 60 + 50)
    tomorrow = order(2, CHEST, day=date(2001, 3, 6), minute=9 * 60)
    shown = study(1, late, "CHEST PA", day=date(2001, 3, 6), minute=5)
    assert told([late, tomorrow], shown) == ["alone"]

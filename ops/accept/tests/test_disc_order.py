"""What `make accept-disc-order` compares: a study that comes to something else is found, the number of an unspecified exam is none of it. And what it lets come between the discs."""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from lab.hospital import plan as planned
from lab.pacs import Stored
from lab.tables import write_tables

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from discorder.__main__ import shuffled  # noqa: E402
from discorder.course import Telling, courses  # noqa: E402
from discorder.standing import differences, of_ledger  # noqa: E402
from discorder.tables import write_half, write_patients  # noqa: E402
from discorder.truth import miscounted, misplaced  # noqa: E402

COLUMNS = ["uid", "state", "outcome", "hold_reason", "is_corroborated", "plan", "reserved_accession", "two_patients", "instance_conflict", "two_contents",
           "flags", "instance_count", "unreadable_count", "done_count", "header", "order_id"]


def plan(accession: str, name: str = "KIM^MINSU") -> str:
    """A plan as the ledger has it."""
    return json.dumps({"accessionNumber": accession, "patientID": "P1", "coercions": [
        {"rule": "unspecifiedExam", "tag": "00080050", "value": accession}, {"rule": "order", "tag": "00100010", "value": name}]})


def ledger(path: Path, *changed: dict[str, object]) -> Path:
    """A ledger's table of studies, each a matched one but for what is changed."""
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE study(id INTEGER PRIMARY KEY, {', '.join(COLUMNS)})")
        connection.execute("CREATE TABLE hospital_order(id INTEGER PRIMARY KEY, accession, patient_id)")
        connection.executemany("INSERT INTO hospital_order(accession, patient_id) VALUES (?, 'P1')", [("A1",), ("A2",)])
        for number, values in enumerate(changed):
            study = dict.fromkeys(COLUMNS, 0) | {
                "uid": f"1.{number}", "state": "verified", "outcome": "matched", "hold_reason": None, "plan": plan("A1"), "reserved_accession": None,
                "flags": "", "header": "{}", "order_id": 1} | values
            connection.execute(f"INSERT INTO study({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})", [study[name] for name in COLUMNS])
    return path


@pytest.mark.parametrize(("change", "name"), [
    ({"state": "held"}, "state"), ({"outcome": "manual match"}, "outcome"), ({"hold_reason": "no-order"}, "hold reason"), ({"order_id": 2}, "order"),
    ({"plan": plan("A1", "LEE")}, "plan"), ({"plan": None}, "plan"), ({"two_patients": 1}, "two patients"), ({"done_count": 3}, "done")])
def test_a_study_that_comes_to_something_else_is_found(tmp_path: Path, change: dict[str, object], name: str) -> None:
    first, other = of_ledger(ledger(tmp_path / "first", {}, {})), of_ledger(ledger(tmp_path / "other", {}, change))
    found = differences(first, other)
    assert len(found) == 1 and found[0].startswith(f"1.1: {name} is ")


def test_a_study_that_one_run_lacks_is_found(tmp_path: Path) -> None:
    assert differences(of_ledger(ledger(tmp_path / "first", {}, {})), of_ledger(ledger(tmp_path / "other", {}))) == ["1.1 is known in one run only"]


def test_which_number_an_unspecified_exam_has_does_not_count_but_that_it_is_its_own(tmp_path: Path) -> None:
    first, other = ([{"plan": plan(number), "reserved_accession": number, "order_id": None} for number in numbers]
                    for numbers in (("UX00000001", "UX00000002"), ("UX00000002", "UX00000001")))
    assert differences(of_ledger(ledger(tmp_path / "first", *first)), of_ledger(ledger(tmp_path / "other", *other))) == []
    with pytest.raises(ValueError, match="reserved range"):
        of_ledger(ledger(tmp_path / "twice", first[0], first[0]))


def test_a_number_that_a_study_was_given_before_its_order_came_does_not_count(tmp_path: Path) -> None:
    first, other = of_ledger(ledger(tmp_path / "first", {})), of_ledger(ledger(tmp_path / "other", {"reserved_accession": "UX00000001"}))
    assert differences(first, other) == []


def test_what_was_sent_before_it_would_be_held_must_be_flagged_for_that_reason(tmp_path: Path) -> None:
    first = of_ledger(ledger(tmp_path / "first", {"state": "held", "hold_reason": "namesake", "outcome": "manual match", "order_id": None, "plan": None}))
    for name, flags, is_sound in (("right", "namesake", True), ("several", "competing-studies namesake", True), ("none", "", False), ("other", "order-changed", False)):
        sent = of_ledger(ledger(tmp_path / name, {"flags": flags}))
        assert (differences(first, sent, may_be_flagged=True) == []) is is_sound, name
        assert differences(first, sent) and differences(sent, first, may_be_flagged=True), name


def test_a_flag_that_nothing_calls_for_is_a_difference(tmp_path: Path) -> None:
    first, other = of_ledger(ledger(tmp_path / "first", {})), of_ledger(ledger(tmp_path / "other", {"flags": "namesake"}))
    assert len(differences(first, other, may_be_flagged=True)) == 1


def test_courses_are_of_all_kinds_and_leave_discs_before_and_behind_each_pause() -> None:
    found = courses(20, 14, 1)
    assert found == courses(20, 14, 1) != courses(20, 14, 2)
    assert found[0].telling is Telling.FIRST and not found[0].has_pauses
    assert Counter(course.telling for course in found) == {Telling.HALVES: 7, Telling.PATIENTS_LATE: 6, Telling.FIRST: 7}
    assert {course.workers for course in found} == set(range(1, 7))
    assert {(course.telling, course.gives_up) for course in found} == {(telling, gives_up) for telling in Telling for gives_up in (True, False)}
    assert {course.patients_at for course in found} == {0, 1}
    for course in found + courses(3, 4, 1) + courses(3, 3, 1):
        assert course.workers <= course.pauses[0] < course.pauses[1]
    assert all(course.pauses[1] < 4 for course in courses(9, 4, 1))
    with pytest.raises(ValueError, match="2 discs"):
        courses(3, 2, 1)


def test_what_the_output_says_of_a_course() -> None:
    course = replace(courses(3, 4, 1)[0], pauses=(2, 3), patients_at=1)
    assert str(course) == "all tables first"
    assert str(replace(course, telling=Telling.PATIENTS_LATE)) == "patients file after 3 discs"
    assert str(replace(course, telling=Telling.HALVES, gives_up=True)) == (
        "half of the orders after 2 discs, all after 3, patients file after 3 discs, damaged discs given up after 2 and 3")


def test_half_of_the_orders_is_half_of_the_rows_in_their_order(tmp_path: Path) -> None:
    write_tables(planned(1, "small"), [], tmp_path)
    write_half(tmp_path / "orders.csv", tmp_path / "half.csv", Random(1))
    (header, *rows), (columns, *half) = (list(csv.reader(open(tmp_path / name, encoding="utf-8", newline=""))) for name in ("orders.csv", "half.csv"))
    assert columns == header and len(half) == len(rows) // 2
    assert half == [row for row in rows if row in half]


def test_the_patients_file_has_the_patients_doubles_and_merges(tmp_path: Path) -> None:
    hospital = planned(1, "full")
    write_patients(hospital, tmp_path / "patients.csv", with_merges=True)
    rows = list(csv.DictReader(open(tmp_path / "patients.csv", encoding="utf-8", newline="")))
    known = {order.patient_id for order in hospital.orders}
    merges = [row for row in rows if row["merged_into"]]
    doubles = [row for row in rows if row["patient_id"] not in known and not row["merged_into"]]
    assert len({row["patient_id"] for row in rows}) == len(rows)
    assert merges and all(row["merged_into"] in known and row["patient_id"] == row["merged_into"].lstrip("0") for row in merges)
    names = {order.patient_id: {other.patient_name for other in hospital.orders if other.patient_id == order.patient_id} for order in hospital.orders}
    full_names = {study.patient.id: study.patient.full_name for study in hospital.studies}
    listed = [row for row in rows if row["patient_id"] in known]
    assert {row["patient_id"] for row in listed} == known & full_names.keys()
    nameless, named = ([row for row in listed if bool(row["patient_name"]) is has_name] for has_name in (False, True))
    assert all(row["patient_name"] == full_names[row["patient_id"]] for row in named)
    # What the check is for: rows without a name of patients whom their orders name in several ways, and names that no order gives in this way.
    assert sum(len(names[row["patient_id"]]) > 1 for row in nameless) > 5 and sum({row["patient_name"]} != names[row["patient_id"]] for row in named) > 5
    persons = {(study.patient.full_name, study.patient.birth_date, study.patient.sex) for study in hospital.studies}
    assert len(doubles) > 10 and all((row["patient_name"], row["birth_date"], row["sex"]) in persons for row in doubles)
    write_patients(hospital, tmp_path / "plain.csv", with_merges=False)
    assert not any(row["merged_into"] for row in csv.DictReader(open(tmp_path / "plain.csv", encoding="utf-8", newline="")))


def test_what_lies_in_the_wrong_place_is_found() -> None:
    hospital = planned(1, "small")
    study = next(one for one in hospital.studies if one.truth.state == "verified" and one.truth.outcome == "matched")
    stranger = next(one for one in hospital.studies if one.truth.accession_number and one.patient.id != study.patient.id)
    right = Stored("1", study.instances[0].sop_instance_uid, "", study.uid, study.patient.id, study.truth.accession_number)
    assert misplaced([right, replace(right, accession_number="UX00000001")], hospital) == []
    for wrong in (replace(right, patient_id=stranger.patient.id), replace(right, patient_id=""), replace(right, study_instance_uid=stranger.uid),
                  replace(right, sop_instance_uid="1.2"), replace(right, accession_number=stranger.truth.accession_number), replace(right, accession_number="")):
        assert len(misplaced([right, wrong], hospital)) == 1, wrong


def test_a_study_of_which_the_pacs_has_other_numbers_of_objects_is_found() -> None:
    stored = [Stored(str(number), f"1.2.{number}", "", "1.2", "P1", "A1") for number in range(3)]
    assert miscounted(stored, {"1.2": {"done": 3}, "1.3": {"done": 0}}) == []
    for noted in ({"1.2": {"done": 2}}, {}, {"1.2": {"done": 3}, "1.3": {"done": 1}}):
        assert len(miscounted(stored, noted)) == 1


def test_orders_of_discs_are_different_ones() -> None:
    orders = shuffled(["a", "b", "c", "d"], 20, 1)
    assert len({tuple(order) for order in orders}) == 20 and all(sorted(order) == ["a", "b", "c", "d"] for order in orders)
    assert orders == shuffled(["a", "b", "c", "d"], 20, 1) and orders[:2] == [["a", "b", "c", "d"], ["d", "c", "b", "a"]]

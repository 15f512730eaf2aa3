"""Severance Hospital: the paper's figures, and sets that simulate to them."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from lab.severance.hospital import Hospital
from lab.severance.making import FIRST, THIRD, make_severance
from lab.severance.paper import UNMATCHED, figure, read_paper
from lab.severance.tables import HospitalSet, first_set, scaled, third_set

SCALE = 0.003
PAPER = read_paper()


def test_the_cells_of_table_3_add_up_to_table_1() -> None:
    sums: Counter[str] = Counter()
    for (modality, _, _), count in PAPER.third.items():
        sums[modality] += count
    assert dict(sums) == PAPER.studies == {"CR": 313_303, "MR": 124_172, "CT": 141_098, "DSA": 19_185, "ES": 1_795}
    assert sum(sums.values()) == 599_553


def test_table_2_adds_up_with_its_percentages() -> None:
    assert sum(PAPER.first[row] for row in UNMATCHED) == PAPER.first["not matched"] == 7_773
    assert PAPER.first["not matched"] + PAPER.first["matched"] == PAPER.first["total"] == 145_960
    for row, printed in PAPER.percentages.items():
        assert f"{100 * PAPER.first[row] / PAPER.first['total']:.2f}" == printed


def test_each_modality_has_the_orders_that_table_3_needs() -> None:
    needed: Counter[str] = Counter()
    for (modality, outcome, _), count in PAPER.third.items():
        if outcome in ("matched", "manual match"):
            needed[modality] += count
    assert all(PAPER.orders[modality] >= count for modality, count in needed.items())
    # MR is the one that was corrected, to the least that will do; table 1 has some 1.32 million orders in all.
    assert needed["MR"] == PAPER.orders["MR"]
    assert sum(PAPER.orders.values()) - PAPER.orders["MR"] + figure("56,966") == 1_319_897


@pytest.mark.parametrize(("text", "number"), [("—", 0), ("8", 8), ("1,002", 1002), ("1,234,567", 1_234_567)])
def test_a_printed_figure_is_read(text: str, number: int) -> None:
    assert figure(text) == number


@pytest.mark.parametrize("text", ["126,62", "12,", "", "1234,567", "a", "1.5"])
def test_a_misprint_is_no_figure(text: str) -> None:
    with pytest.raises(ValueError):
        figure(text)


def outcome(study: tuple[int | None, object, str], orders: dict[int, list[tuple[object, str, bool]]]) -> str:
    """The paper's rule, naively."""
    patient, day, modality = study
    if patient is None or patient not in orders:
        return "patient level failed"
    found = sum(1 for order in orders[patient] if order == (day, modality, False))
    return "exam level failed" if found == 0 else "matched" if found == 1 else "manual match"


def by_patient(made: HospitalSet) -> dict[int, list[tuple[object, str, bool]]]:
    orders: dict[int, list[tuple[object, str, bool]]] = defaultdict(list)
    for order in made.orders:
        orders[order.patient].append((order.day, order.modality, order.is_cancelled))
    return orders


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_third_set_simulates_to_its_cells(seed: int) -> None:
    made = third_set(PAPER, seed, SCALE)
    orders = by_patient(made)
    found: Counter[tuple[str, str, str]] = Counter()
    claimed: Counter[tuple[object, ...]] = Counter()
    for study in made.studies:
        year = "before 1998" if study.day.year < 1998 else str(study.day.year)
        came_to = outcome((study.patient, study.day, study.modality), orders)
        found[study.modality, came_to, year] += 1
        if came_to == "matched":
            claimed[study.patient, study.day, study.modality] += 1
    expected = {(modality, came_to, year): count for modality, years in made.expected.items()
                for year, counts in years.items() for came_to, count in counts.items() if count}
    assert dict(found) == expected
    # None competes with another for its order.
    assert max(claimed.values()) == 1
    assert set(expected) == {cell for cell, count in PAPER.third.items() if count}


def test_the_first_set_simulates_to_its_rows() -> None:
    made = first_set(PAPER, 1, SCALE)
    orders = by_patient(made)
    days = {(order.patient, order.day) for order in made.orders}
    found: Counter[str] = Counter()
    for study in made.studies:
        if study.patient is None:
            found["patient ID null or space"] += 1
        elif study.patient not in orders:
            found["patient ID unknown"] += 1
        elif study.day is None:
            found["exam date null"] += 1
        elif (study.patient, study.day) not in days:
            found["no exam on the date"] += 1
        else:
            assert outcome((study.patient, study.day, study.modality), orders) in ("matched", "manual match")
            found["matched"] += 1
    assert {**found, "total": len(made.studies)} == made.expected


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    names = [f"{name}/{file}" for name in (THIRD, FIRST) for file in ("orders.csv", "studies.csv", "expected.json")]
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        make_severance(tmp_path / folder, seed, SCALE)
    same = [(tmp_path / "a" / name).read_bytes() for name in names]
    assert same == [(tmp_path / "b" / name).read_bytes() for name in names]
    assert same[0] != (tmp_path / "c" / names[0]).read_bytes()


def test_files_have_unique_keys_and_agree_about_people(tmp_path: Path) -> None:
    make_severance(tmp_path, 1, SCALE)
    orders, studies = ([*csv.DictReader(open(tmp_path / THIRD / name, encoding="utf-8", newline=""))] for name in ("orders.csv", "studies.csv"))
    assert len({row["accession_number"] for row in orders}) == len(orders) and max(len(row["accession_number"]) for row in orders) <= 16
    assert len({row["study_instance_uid"] for row in studies}) == len(studies)
    people = {row["patient_id"]: row for row in orders}
    known = [row for row in studies if row["patient_id"] in people]
    assert known
    for row in known:
        person = people[row["patient_id"]]
        assert (row["birth_date"], row["sex"], row["patient_name"]) == (person["birth_date"], person["sex"], person["patient_name"].split("=")[0])


def test_a_scale_rounds_up_and_leaves_none_as_none() -> None:
    assert [scaled(count, 0.01) for count in (0, 1, 100, 101)] == [0, 1, 1, 2]
    assert scaled(1, 0.01, least=2) == 2
    assert scaled(126_621, 1, least=2) == 126_621


def test_studies_that_share_a_day_are_at_least_two() -> None:
    hospital = Hospital(1, 1000)
    for count in range(2, 40):
        before = len(hospital.studies)
        hospital.manual("CT", "1999", count)
        days = Counter((study.patient, study.day) for study in hospital.studies[before:])
        assert sum(days.values()) == count and min(days.values()) >= 2
    with pytest.raises(ValueError):
        hospital.manual("CT", "1999", 1)

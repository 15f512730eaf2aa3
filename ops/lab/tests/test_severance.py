"""Severance Hospital: the paper's figures, and sets that simulate to them."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path

import pytest

from lab.severance.hospital import CONTRADICTIONS, Hospital
from lab.severance.making import FIRST, THIRD, make_severance
from lab.severance.paper import UNMATCHED, figure, read_paper
from lab.severance.rule import Rule, simulate
from lab.severance.tables import scaled
from lab.severance.writing import CANCELLED

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


@pytest.fixture(scope="module", params=[1, 2, 3])
def sets(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, object]]]:
    """Both sets of a seed at small scale, and the counts that they were made for."""
    folder = tmp_path_factory.mktemp("severance")
    return folder, {name: made.expected for name, made in make_severance(folder, request.param, SCALE).items()}


def cells(expected: dict[str, object]) -> dict[tuple[str, str, str], int]:
    """Table 3's cells that are not zero."""
    return {(modality, outcome, year): count for modality, years in expected.items() for year, counts in years.items()
            for outcome, count in counts.items() if count}


def test_the_third_set_simulates_to_its_cells(sets: tuple[Path, dict[str, dict[str, object]]]) -> None:
    folder, expected = sets
    assert dict(simulate(folder / THIRD)) == cells(expected[THIRD])
    assert set(cells(expected[THIRD])) == {cell for cell, count in PAPER.third.items() if count}


@pytest.mark.parametrize("part", [field.name for field in fields(Rule)])
def test_a_rule_that_lacks_a_part_gives_other_cells(sets: tuple[Path, dict[str, dict[str, object]]], part: str) -> None:
    folder, expected = sets
    assert dict(simulate(folder / THIRD, replace(Rule(), **{part: False}))) != cells(expected[THIRD])


def test_the_first_set_simulates_to_its_rows(sets: tuple[Path, dict[str, dict[str, object]]]) -> None:
    folder, expected = sets
    found: Counter[str] = Counter()
    for (_, outcome, column), count in simulate(folder / FIRST).items():
        row = {"patient level failed": "patient", "exam level failed": "no exam on the date" if column else "exam date null"}.get(outcome, "matched")
        found[row] += count
    wanted = expected[FIRST]
    assert found["patient"] == wanted["patient ID null or space"] + wanted["patient ID unknown"]
    studies = rows(folder / FIRST / "studies.csv")
    assert sum(not row["patient_id"].strip() for row in studies) == wanted["patient ID null or space"]
    assert len(studies) == wanted["total"]
    assert all(found[row] == wanted[row] for row in ("no exam on the date", "exam date null", "matched"))
    # "No exam on the date": the patient has none at all that day.
    days = {(row["patient_id"], row["exam_date"]) for row in rows(folder / FIRST / "orders.csv")}
    assert sum((row["patient_id"].strip(), row["study_date"]) in days for row in studies) == wanted["matched"]


def test_table_1_keeps_its_orders(sets: tuple[Path, dict[str, dict[str, object]]]) -> None:
    made = Counter(row["modality"] for row in rows(sets[0] / THIRD / "orders.csv"))
    needed: Counter[str] = Counter()
    for (modality, outcome, _), count in cells(sets[1][THIRD]).items():
        needed[modality] += count if outcome in ("matched", "manual match") else 0
    for modality, wanted in PAPER.orders.items():
        assert scaled(wanted, SCALE) <= made[modality] <= max(needed[modality], scaled(wanted, SCALE))


def rows(path: Path) -> list[dict[str, str]]:
    """A table's rows."""
    with open(path, encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    names = [f"{name}/{file}" for name in (THIRD, FIRST) for file in ("orders.csv", "studies.csv")]
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        make_severance(tmp_path / folder, seed, SCALE)
    same = [(tmp_path / "a" / name).read_bytes() for name in names]
    assert same == [(tmp_path / "b" / name).read_bytes() for name in names]
    assert same[0] != (tmp_path / "c" / names[0]).read_bytes()


def test_files_have_unique_keys_and_agree_about_people(tmp_path: Path) -> None:
    make_severance(tmp_path, 1, SCALE)
    orders, studies = (rows(tmp_path / THIRD / name) for name in ("orders.csv", "studies.csv"))
    assert len({row["accession_number"] for row in orders}) == len(orders) and max(len(row["accession_number"]) for row in orders) <= 16
    assert len({row["study_instance_uid"] for row in studies}) == len(studies)
    assert set(CANCELLED) < {row["status"] for row in orders}
    people = {row["patient_id"]: row for row in orders}
    others: Counter[str] = Counter()
    for row in studies:
        person = people.get(row["patient_id"].strip())
        if person is None:
            continue
        pairs = [(row["patient_name"], person["patient_name"].split("=")[0]), *((row[name], person[name]) for name in ("birth_date", "sex"))]
        differing = [name for name, (ours, theirs) in zip(CONTRADICTIONS, pairs, strict=True) if ours and ours != theirs]
        assert len(differing) <= 1
        others.update(differing)
    # Of those that are another patient's each is one in some, and they are few.
    assert set(others) == set(CONTRADICTIONS) and sum(others.values()) < len(studies) / 100


def test_a_scale_rounds_up_and_leaves_none_as_none() -> None:
    assert [scaled(count, 0.01) for count in (0, 1, 100, 101)] == [0, 1, 1, 2]
    assert scaled(1, 0.01, least=2) == 2
    assert scaled(126_621, 1, least=2) == 126_621


def test_studies_for_a_person_are_as_many_as_asked_for() -> None:
    hospital = Hospital(1, 1000)
    for count in range(1, 120):
        before = len(hospital.studies)
        hospital.manual("CT", "1999", count)
        made = hospital.studies[before:]
        assert len(made) == count
        days = Counter((study.patient, study.day) for study in made)
        assert all(days[study.patient, study.day] >= 2 or study.contradiction for study in made)

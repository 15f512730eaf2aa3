"""What `make accept-disc-order` compares: a study that comes to something else is found, the number of an unspecified exam is none of it."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from discorder.__main__ import shuffled  # noqa: E402
from discorder.standing import differences, of_ledger  # noqa: E402

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


def test_orders_of_discs_are_different_ones() -> None:
    orders = shuffled(["a", "b", "c", "d"], 20, 1)
    assert len({tuple(order) for order in orders}) == 20 and all(sorted(order) == ["a", "b", "c", "d"] for order in orders)
    assert orders == shuffled(["a", "b", "c", "d"], 20, 1) and orders[:2] == [["a", "b", "c", "d"], ["d", "c", "b", "a"]]

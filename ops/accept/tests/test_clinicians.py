"""The check of accept-requests can fail: it finds leases that came before what was asked for."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from clinicians.arrivals import before_last  # noqa: E402
from clinicians.chain import Chain, Granted, strangers  # noqa: E402
from clinicians.truth import Truth  # noqa: E402
from lab.records import Expectation  # noqa: E402


def grants(*studies: str, worker: int = 1) -> list[Granted]:
    """Leases of one worker, one after the other."""
    return [Granted(number, worker, study) for number, study in enumerate(studies, 10)]


def test_what_is_leased_before_all_that_is_wanted_is_found() -> None:
    """Others are found before, but not behind; another worker's count for nothing."""
    assert strangers(grants("a", "b", "c"), 1, {"a", "b"}, {"a", "b"}) == []
    assert strangers(grants("a", "x", "b"), 1, {"a", "b"}, {"a", "b"}) == ["x"]
    assert strangers(grants("x", "a"), 1, {"a"}, {"a"}) == ["x"]
    assert strangers(grants("x", worker=2) + grants("a"), 1, {"a"}, {"a"}) == []
    assert strangers(grants("b", "a"), 1, {"a"}, {"a", "b"}) == []


def test_what_is_not_leased_yet_is_waited_for() -> None:
    """Without all of it there is no verdict."""
    assert strangers(grants("a", "x"), 1, {"a", "b"}, {"a", "b"}) is None
    assert strangers([], 1, {"a"}, {"a"}) is None


def test_the_chain_is_read_in_its_order(tmp_path: Path) -> None:
    """Leases come in the order of the events, and only those after the request."""
    with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
        connection.execute("CREATE TABLE study(id INTEGER PRIMARY KEY, uid TEXT)")
        connection.execute("CREATE TABLE event(seq INTEGER PRIMARY KEY, code TEXT, study INTEGER, worker INTEGER)")
        connection.executemany("INSERT INTO study VALUES (?, ?)", [(1, "a"), (2, "b")])
        connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?)", [
            (5, "part-granted", 2, 1), (3, "part-granted", 1, 1), (4, "study-requested", None, None), (6, "part-result", 1, 1), (7, "part-granted", 1, 2)])
    chain = Chain(tmp_path)
    assert chain.last("study-requested") == 4
    assert chain.last("patient-requested") == 0
    assert chain.grants(4) == [Granted(5, 1, "b"), Granted(7, 2, "a")]


def test_what_reaches_the_pacs_before_all_that_is_wanted_is_found() -> None:
    """Others of the same gateways count, until the last of what is wanted; what is not there yet is waited for."""
    assert before_last(["x", "a", "y", "b", "z"], {"a", "b"}, {"x", "y", "z"}) == ["x", "y"]
    assert before_last(["x", "a"], {"a"}, {"y"}) == []
    assert before_last(["x"], {"a"}, {"x"}) is None
    assert before_last([], set(), {"x"}) == []


def study(uid: str, patient: str, accession: str, label: str, state: str = "verified") -> Expectation:
    """A study of the truth."""
    return Expectation(uid, "matched", state, "", accession, patient, "", "", "", "", "", 3, (label,))


def test_the_truth_says_what_a_request_is_for(tmp_path: Path) -> None:
    """A patient's, an exam's, or one study, of what was read; an answer that leaves one out, or has another's, is found."""
    (tmp_path / "orders.csv").write_text("patient_id,accession_number,exam_date\nP1,A1,20000101\nP1,A2,20000101\nP1,A3,20000102\nP2,A4,20000101\n")
    studies = [study("1", "P1", "A1", "D"), study("2", "P1", "A2", "D"), study("3", "P1", "A3", "D"), study("4", "P2", "A4", "D"), study("5", "P1", "A1", "E"),
               study("6", "P1", "", "D", "held")]
    truth = Truth({row.study_instance_uid: row for row in studies}, tmp_path / "orders.csv")
    assert truth.wanted("--patient", "1", ["D"]).must == {"1", "2", "3"}
    assert truth.wanted("--accession", "1", ["D"]).must == {"1", "2"}
    assert truth.wanted("--study", "1", ["D"]).must == {"1"}
    wanted = truth.wanted("--accession", "1", ["D"])
    assert wanted.faults("x", {"1", "2", "5"}, truth.sent()) == []
    assert len(wanted.faults("x", {"1"}, truth.sent())) == 1
    assert len(wanted.faults("x", {"1", "2", "3"}, truth.sent())) == 1
    assert len(truth.wanted("--patient", "1", ["D"]).faults("x", {"1", "2", "3", "4"}, truth.sent())) == 1

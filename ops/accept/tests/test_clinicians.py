"""The check of accept-requests can fail: it finds leases that came before what was asked for."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from clinicians.chain import Chain, Granted, strangers  # noqa: E402


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

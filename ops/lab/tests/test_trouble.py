"""What the trouble scenarios read out of sentences and ledgers, and the disks that they fill."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lab.trouble.hands import Pile
from lab.ledger_view import LedgerView
from lab.trouble.runner import Trouble
from lab.trouble.sight import Sight, is_between, since

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def _sight(complaints: list[str], expected: int = 0, finished: bool = True, media: list[dict] | None = None) -> Sight:
    status = {"complaints": complaints, "finished": finished, "media": {"expected": expected}}
    return Sight(NOON, status, [{"name": "g1", "paused": None, "leases": 2}], media or [], [])


def test_a_sentence_says_since_when() -> None:
    assert since("the destination is in trouble (x) since 2026-11-22T12:00:00Z; next try 2026-11-22T12:00:09Z") == NOON
    assert since("next try 2026-11-22T12:00:09Z") is None
    assert since("since yesterday") is None


@pytest.mark.parametrize(("said", "fits"), [(-1.5, False), (-0.9, True), (0, True), (5, True), (5.1, False), (None, False)])
def test_a_moment_is_compared_as_exactly_as_it_is_said(said: float | None, fits: bool) -> None:
    at = None if said is None else NOON + timedelta(seconds=said)
    assert is_between(at, NOON, NOON + timedelta(seconds=5)) is fits


def test_a_complaint_is_found_by_all_its_words() -> None:
    sight = _sight(["g1 waits: the spool is full", "The disk of the ledger is full"])
    assert sight.complaint("disk", "full") == "The disk of the ledger is full"
    assert sight.complaint("disk", "spool") == ""


def test_it_is_over_only_when_nothing_is_asked_for_again() -> None:
    assert _sight([]).is_over
    assert not _sight([], expected=1).is_over
    assert not _sight([], finished=False).is_over


def test_a_disc_read_after_the_status_was_asked_for_ends_nothing() -> None:
    """Its studies may still wait to be sent, which that status could not say."""
    assert not _sight([], expected=1, media=[{"label": "A", "state": "read"}]).is_over


def test_a_disc_is_in_one_pair_of_hands(tmp_path: Path) -> None:
    pile = Pile(tmp_path)
    pile.allow(["A", "B"])
    assert pile.take(["C", "B", "A"]) == "B"
    assert pile.take(["B"]) is None
    pile.put_back("B")
    assert pile.take(["B"]) == "B"
    assert pile.take(["C"]) is None


def test_the_ledger_is_read_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE lease_grant(number INTEGER, part INTEGER, state TEXT, granted_at INTEGER)")
        connection.execute("INSERT INTO lease_grant VALUES(1, NULL, 'live', 0), (2, 7, 'answered', 1500)")
        connection.execute("CREATE TABLE event(code TEXT)")
        connection.execute("INSERT INTO event VALUES('gave-up'), ('gave-up')")
    connection.close()
    before = path.read_bytes()
    view = LedgerView(tmp_path)
    assert view.live() == {1}
    assert view.grants()[2].is_part and view.grants()[2].granted_at == datetime.fromtimestamp(1.5, UTC)
    assert view.events()["gave-up"] == 2 and view.events()["attempt-failed"] == 0
    with pytest.raises(sqlite3.OperationalError):
        view._ask("DELETE FROM event")
    assert path.read_bytes() == before


def test_without_root_it_says_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert Trouble(tmp_path, Path("coordinator"), Path("worker"), 1, []).run() == 2
    assert "needs root" in capsys.readouterr().out


def test_a_scenario_that_there_is_not_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Trouble(tmp_path, Path("coordinator"), Path("worker"), 1, ["spool-fool"]).run() == 2
    assert "spool-fool" in capsys.readouterr().out

"""The fleet's hands and eyes, and what they take for a proof."""

from __future__ import annotations

import os
import queue
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from lab.fleet.evidence import asked_again, discs_needed, new_work, waiting
from lab.fleet.feeding import Operator
from lab.fleet.shelf import Shelf
from lab.fleet.watch import Sample, Watch
from lab.progress import Terminal
from lab.skein import CommandError, Worker


def _sample(asked: float = 0.0, workers: dict[str, tuple[str, int]] | None = None, **media: tuple[str, str | None, str]) -> Sample:
    """`workers`: state and leases by name; media: state, worker and reason by label."""
    return Sample(asked, asked + 0.1, {name: {"state": state, "leases": leases} for name, (state, leases) in (workers or {}).items()},
                  {label: {"label": label, "state": state, "worker": worker, "reason": reason, "copyOf": None}
                   for label, (state, worker, reason) in media.items()})


def _study(state: str, *media: str) -> dict:
    return {"state": state, "media": list(media)}


def test_a_study_waits_for_one_worker_when_every_disc_of_it_was_read_by_it() -> None:
    sample = _sample(A=("read", "g1", ""), B=("partly read", "g1", ""), C=("read", "g2", ""), D=("reading", "g1", ""))
    mine = [_study("ready", "A"), _study("leased", "A", "B")]
    others = [_study("ready", "A", "C"), _study("ready", "C"), _study("ready", "D"), _study("verified", "A"), _study("held", "B"), _study("ready")]
    assert waiting(mine + others, sample, "g1") == mine
    assert waiting(mine + others, sample, "g1", {"ready"}) == mine[:1]


def test_a_disc_is_needed_when_nothing_else_has_the_study() -> None:
    sample = _sample(A=("read", "g1", ""), B=("read", "g1", ""), C=("read", "g1", ""), D=("expected", None, ""))
    sample.media["D"]["copyOf"] = "C"
    assert discs_needed([_study("ready", "A"), _study("ready", "A", "B"), _study("ready", "C"), _study("ready", "D")], sample) == {"A"}


def test_a_disc_is_asked_for_again_when_the_sentence_says_so_of_that_worker() -> None:
    sentence = "A is needed again: g1 has no longer what it read from it"
    before = _sample(A=("read", "g1", "A was read whole"), B=("expected", None, ""))
    after = _sample(A=("expected", "g1", sentence), B=("expected", "g1", "reading B by g1 was taken back"),
                    C=("expected", "g2", sentence.replace("A", "C").replace("g1", "g2")), D=("reading", "g1", sentence.replace("A", "D")))
    later = _sample(A=("reading", "g3", "A is to be read again by g3"))
    assert asked_again([before, after, later], "g1") == {"A": sentence}
    assert asked_again([before], "g1") == {}


def test_new_work_is_a_lease_more_or_another_disc() -> None:
    full = _sample(workers={"g1": ("connected", 4)}, A=("read", "g1", ""), B=("expected", None, ""))
    done = _sample(workers={"g1": ("draining", 0)}, A=("read", "g1", ""), B=("expected", None, ""))
    leased = _sample(workers={"g1": ("draining", 1)}, A=("read", "g1", ""), B=("expected", None, ""))
    given = _sample(workers={"g1": ("draining", 0)}, A=("read", "g1", ""), B=("reading", "g1", ""))
    assert new_work([full, done, done], "g1") == []
    assert new_work([full, done, leased, done], "g1") == ["g1 has 1 leases, and had 0"]
    assert new_work([full, given], "g1") == ["g1 was given B to read"]


def _shelf(**states: str) -> tuple[Shelf, SimpleNamespace]:
    eyes = SimpleNamespace(latest=_sample(**{label: (state, None, "") for label, state in states.items()}))
    return Shelf(list(states), Path("/discs"), eyes), eyes


def test_a_disc_that_is_set_aside_is_for_one_operator_and_what_is_not_offered_for_none() -> None:
    shelf, _ = _shelf(A="expected", B="expected", C="expected", D="expected")
    assert shelf.take("g1") is None
    shelf.set_aside("g2")
    shelf.offer(1)
    assert shelf.take("g1") == ("B", Path("/discs/B.iso"))
    assert shelf.take("g1") is None
    assert shelf.take("g2") == ("A", Path("/discs/A.iso"))
    shelf.offer_all()
    assert [shelf.take("g1")[0], shelf.take("g1")[0]] == ["C", "D"]
    with pytest.raises(CommandError, match="no disc is left for g3"):
        shelf.set_aside("g3")


def test_a_disc_is_taken_only_while_the_coordinator_expects_it_and_again_when_it_asks_again() -> None:
    shelf, eyes = _shelf(A="expected", B="excluded")
    shelf.offer_all()
    assert shelf.take("g1")[0] == "A"
    assert shelf.take("g2") is None
    eyes.latest.media["A"]["state"] = "read"
    shelf.put_back("A")
    assert shelf.take("g2") is None
    eyes.latest.media["A"]["state"] = "expected"
    assert shelf.take("g2")[0] == "A"


class _Gateway:
    """A gateway whose answers the test gives."""

    name = "g1"

    def __init__(self, folder: Path) -> None:
        self.drive_path = folder / "drive1"
        self.asked: queue.Queue[str] = queue.Queue()
        self.answers: queue.Queue[dict | Exception] = queue.Queue()

    def await_hands(self, worker: object) -> None:
        """It listens."""

    def offer(self, label: str, image: Path) -> dict:
        """The next answer."""
        self.asked.put(f"insert {label}")
        answer = self.answers.get(timeout=30)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def eject(self) -> None:
        """It is out."""
        self.asked.put("eject")


@pytest.fixture
def post(tmp_path: Path) -> Iterator[tuple[_Gateway, Operator, Shelf, SimpleNamespace]]:
    """A gateway with its operator at work, one disc on the shelf."""
    shelf, eyes = _shelf(A="expected")
    gateway = _Gateway(tmp_path)
    operator = Operator(gateway, None, shelf, eyes)
    operator.start()
    yield gateway, operator, shelf, eyes
    operator.halt()


def test_an_operator_keeps_the_disc_in_hand_while_the_gateway_is_drained(post: tuple) -> None:
    gateway, operator, shelf, eyes = post
    gateway.answers.put({"outcome": "refused", "code": "worker-drained", "message": "A is not read: the worker is drained"})
    shelf.offer_all()
    assert gateway.asked.get(timeout=30) == "insert A"
    gateway.answers.put({"outcome": "done", "code": "reading", "message": "A is being read in drive1"})
    eyes.latest = _sample(time.monotonic() + 60, {"g1": ("connected", 0)}, A=("expected", None, ""))
    assert gateway.asked.get(timeout=30) == "insert A"
    assert operator.refusals == ["A is not read: the worker is drained"]
    eyes.latest = _sample(time.monotonic() + 60, {"g1": ("connected", 0)}, A=("read", "g1", ""))
    assert gateway.asked.get(timeout=30) == "eject"


def test_what_a_dead_gateway_says_does_not_count_and_its_disc_goes_back_to_the_shelf(post: tuple) -> None:
    gateway, operator, shelf, _ = post
    shelf.offer_all()
    assert gateway.asked.get(timeout=30) == "insert A"
    operator.leave()
    gateway.answers.put(CommandError("worker insert A: exit status 1"))
    operator.join()
    assert operator.failure is None
    assert shelf.take("g2")[0] == "A"


def test_a_refusal_that_nobody_expects_stops_the_operator(post: tuple) -> None:
    gateway, operator, shelf, _ = post
    gateway.answers.put({"outcome": "refused", "code": "label-unknown", "message": "no medium labelled A is expected"})
    shelf.offer_all()
    operator.join()
    assert "no medium labelled A is expected" in str(operator.failure)


class _Lists:
    """A coordinator with one worker, whose leases the test sets."""

    def __init__(self) -> None:
        self.leases = 0
        self.failure: Exception | None = None

    def ask_json(self, *words: str) -> dict:
        """The list asked for."""
        if self.failure:
            raise self.failure
        return {"workers": {"workers": [{"name": "g1", "state": "connected", "leases": self.leases}]}, "media": {"media": []},
                "status": {"finished": True, "media": {"expected": 0}, "complaints": []}}[words[0]]


def test_the_watch_hands_the_first_fitting_look_to_who_waits_and_to_who_asked_for_it() -> None:
    lists, told, handed = _Lists(), threading.Event(), queue.Queue()
    watch = Watch(lists, lambda status: told.set())
    assert not watch.is_over
    watch.start()
    watch.when(lambda sample: sample.leases("g1") == 2, handed.put)
    moment = time.monotonic()
    lists.leases = 2
    sample = watch.until("two leases", lambda sample: sample.leases("g1") == 2, 30, moment)
    assert moment <= sample.asked <= sample.answered
    assert handed.get(timeout=30).leases("g1") == 2
    assert told.wait(30) and watch.is_over
    watch.stop()
    assert handed.empty()
    assert all(look.asked >= moment for look in watch.since(moment))


def test_waiting_ends_with_the_reason_when_it_is_in_vain() -> None:
    lists = _Lists()
    watch = Watch(lists, lambda status: None)
    watch.start()
    with pytest.raises(CommandError, match="not within 0 s: three leases; .*g1 connected with 0 leases"):
        watch.until("three leases", lambda sample: sample.leases("g1") == 3, 0)
    watch.guards.append(lambda: (_ for _ in ()).throw(CommandError("g1 ended")))
    with pytest.raises(CommandError, match="g1 ended"):
        watch.until("three leases", lambda sample: sample.leases("g1") == 3, 30)
    watch.guards.clear()
    lists.failure = CommandError("exit status 3")
    with pytest.raises(CommandError, match="cannot be watched any more: exit status 3"):
        watch.until("three leases", lambda sample: sample.leases("g1") == 3, 30)
    watch.stop()


def test_a_line_of_a_log_is_placed_between_two_moments(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    script = f"echo up; read go < {fifo}; echo 'drive1: reading A, 3 files, grant 7'; exec sleep 600"
    with Worker("g1", ["sh", "-c", script], tmp_path / "log") as worker:
        first = worker.await_line("up", 0.0)
        told = time.monotonic()
        fifo.write_text("go\n")
        second = worker.await_line(", grant ", first.earliest)
        assert first.earliest <= second.earliest <= second.latest and second.latest >= told


def test_a_line_that_never_comes_ends_with_the_worker(tmp_path: Path) -> None:
    worker = Worker("g1", ["sh", "-c", "echo not this"], tmp_path / "log")
    with pytest.raises(CommandError, match='g1 does not say "connected".*\nnot this'):
        worker.await_line("connected", 0.0)
    worker.stop()


def test_a_worker_is_held_still_and_goes_on(tmp_path: Path) -> None:
    with Worker("g1", ["sleep", "600"], tmp_path / "log") as worker:
        worker.hold()
        assert os.waitid(os.P_PID, worker.process_id, os.WSTOPPED | os.WNOWAIT).si_status
        worker.let_go()
        assert os.waitid(os.P_PID, worker.process_id, os.WCONTINUED | os.WNOWAIT)
        worker.hold()
        worker.kill()
        assert worker.exit_status is not None


def test_the_terminal_says_where_it_stands_once_and_marks_what_happens(capsys: pytest.CaptureFixture[str]) -> None:
    status = {"media": {"read": 1, "expected": 2}, "studies": {"verified": 3, "held": 1}, "heldByReason": {"no-order": 1},
              "instances": {"verified": 4, "known": 5}, "bytes": {"perSecond": 1_500_000}, "secondsToGo": None}
    terminal = Terminal()
    terminal.progress(status)
    terminal.progress(status)
    terminal.event("gateway6 joined", "gateway1 killed")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert re.fullmatch(r"\[ +\d+\.\d s\] discs 1/3 · studies 3/4 · instances 4/5 · 1\.5 MB/s · time to go unknown · held 1 \(1 no-order\)", lines[0])
    assert re.fullmatch(r"\[ +\d+\.\d s\] » gateway6 joined", lines[1]) and lines[2] == lines[1].replace("6 joined", "1 killed")

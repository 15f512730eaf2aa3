"""The room's own tests: what it calls a fault is one."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydicom import dcmread

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "ops" / "lab"))

from Faults.digests import different  # noqa: E402
from Faults.ground import Ground  # noqa: E402
from Faults.play import Outcome  # noqa: E402
from Faults.processes import fenced  # noqa: E402
from Faults.rounds import Rounds  # noqa: E402
from Faults.scenarios import SCENARIOS  # noqa: E402
from Faults.spools import MARKS, shown  # noqa: E402
from lab.comparing import read_object  # noqa: E402
from lab.ledger_view import Grant  # noqa: E402
from lab.making import make_hospital  # noqa: E402
from lab.orthanc import Orthanc  # noqa: E402
from lab.proxy.begun import Begun  # noqa: E402
from lab.records import Records, read_records  # noqa: E402

SEED = 7


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """The truth about a small hospital."""
    folder = tmp_path_factory.mktemp("hospital")
    make_hospital(SEED, "small", folder)
    return read_records(folder)


@pytest.fixture(scope="module")
def orthanc(records: Records, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """A PACS with all that should arrive."""
    with Orthanc(tmp_path_factory.mktemp("orthanc"), settings={"OverwriteInstances": True}) as orthanc:
        for place in records.expected.values():
            orthanc.pacs.upload(place.read(records.discs))
        yield orthanc


def test_equal_pictures_are_equal(records: Records, orthanc: Orthanc) -> None:
    frames, wrong = different(records, orthanc.pacs, orthanc.url)
    assert frames >= len(records.expected) // 2
    assert wrong == []


def test_one_changed_sample_and_a_missing_object_are_found(records: Records, orthanc: Orthanc) -> None:
    stored = {each.sop_instance_uid: each.id for each in orthanc.pacs.instances()}
    changed, missing = sorted(uid for uid, place in records.expected.items() if _is_native(orthanc.pacs.file(stored[uid])))[:2]
    ds = dcmread(io.BytesIO(orthanc.pacs.file(stored[changed])))
    ds.PixelData = ds.PixelData[:-2] + bytes([ds.PixelData[-2] ^ 1]) + ds.PixelData[-1:]
    changed_file = io.BytesIO()
    ds.save_as(changed_file)
    orthanc.pacs.upload(changed_file.getvalue())
    orthanc.pacs.delete(stored[missing])
    try:
        assert set(different(records, orthanc.pacs, orthanc.url)[1]) == {changed, missing}
    finally:
        for uid in (changed, missing):
            orthanc.pacs.upload(records.expected[uid].read(records.discs))


def _is_native(content: bytes) -> bool:
    ds = read_object(content)
    return content[128:132] == b"DICM" and "PixelData" in ds and not ds.file_meta.TransferSyntaxUID.is_encapsulated and ds.BitsAllocated == 16


def test_every_scenario_says_what_it_does() -> None:
    assert all(scenario.play.__doc__ for scenario in SCENARIOS.values())
    assert len({scenario.play for scenario in SCENARIOS.values()}) == len(SCENARIOS)


@pytest.mark.parametrize(("faults", "status"), [([], 0), (["an object is missing"], 1)])
def test_one_fault_fails_the_rounds(
        faults: list[str], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def play(rounds: Rounds, name: str, seed: int, folder: Path) -> Outcome:
        folder.mkdir()
        return Outcome(name, seed, 1.0, "", "", 2, 3, 4, faults if (name, seed) == ("pdu-cut", 6) else [])

    monkeypatch.setattr(Rounds, "_in_process", play)
    monkeypatch.setattr("Faults.rounds.ensure_hospital", lambda *_: True)
    assert Rounds(tmp_path, (tmp_path, tmp_path), 5, 2, ["pdu-cut", "line-cut"], 2).run() == status
    said = capsys.readouterr().out
    assert ("1+3 ✗" in said) == bool(faults)
    assert "12 objects sent twice" in said


def test_a_process_that_says_nothing_is_a_fault(tmp_path: Path) -> None:
    outcome = Rounds(tmp_path, (tmp_path / "none", tmp_path / "none"), 1, 1, ["pdu-cut"], 1)._in_process("no-such-scenario", 1, tmp_path / "x")
    assert outcome.faults and "without a word" in outcome.faults[0]


@pytest.mark.parametrize(("state", "stale", "sent_at", "again", "faults"), [
    ("expired", 1, 99.0, "answered", 0), ("expired", 1, 111.0, "answered", 0), ("expired", 1, 105.0, "answered", 1),
    ("answered", 1, 99.0, "answered", 1), ("expired", 0, 99.0, "answered", 1), ("expired", 1, 99.0, "live", 1)])
def test_a_worker_that_was_stopped_is_held_to_its_fence(state: str, stale: int, sent_at: float, again: str, faults: int) -> None:
    """It went on at 100, and was granted the study again at 110."""
    old, new = Grant(1, True, state, datetime.fromtimestamp(50, UTC)), Grant(2, True, again, datetime.fromtimestamp(110, UTC))
    ground = Ground.__new__(Ground)
    ground.faults = []
    ground.ledger = SimpleNamespace(studies=lambda: {1: "S", 2: "S"}, grants=lambda: {1: old, 2: new}, leases=lambda study: [old, new],
                                    events_of=lambda number: Counter({"result-stale": stale}))
    ground.pacs_road = SimpleNamespace(begun=[Begun("I", sent_at), Begun("other", 105)])
    fenced(ground, {1}, 100, {"I": "S", "other": "T"})
    assert len(ground.faults) == faults


def test_more_doubled_sends_than_can_have_been_on_their_way_are_a_fault() -> None:
    ground = Ground.__new__(Ground)
    ground.settings, ground.faults, ground.twice = SCENARIOS["pdu-cut"].settings, [], 16
    ground.sends_within(1)
    assert not ground.faults
    ground.sends_within(0)
    assert ground.faults


@pytest.mark.parametrize(("content", "found"), [(b"\x9c\x01", 0), (b"\0DICM\x02", 1), (b"\x9cMEIERHOFER\x01", 1)])
def test_an_object_or_a_name_in_a_spool_is_seen(content: bytes, found: int, tmp_path: Path) -> None:
    objects = tmp_path / "grants" / "1" / "objects"
    objects.mkdir(parents=True)
    (objects / "00").write_bytes(content)
    assert shown(tmp_path, [*MARKS, b"MEIERHOFER"]) == (1, found)

"""The kill runs' pure parts, and that the PACS counts what it is sent."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from lab.killing.arrivals import Arrivals, Doubled, Kill, attribute, doubled
from lab.killing.moments import COMBINATIONS, COORDINATOR, PACS, VICTIMS, WORKER, plan
from lab.killing.site import on_their_way
from lab.orthanc import AE_TITLE, Orthanc


@pytest.mark.parametrize("seed", range(1, 6))
def test_all_combinations_occur_in_thirty_moments(seed: int) -> None:
    moments = [moment for run in plan(seed, 10, 3, 3) for moment in run]
    counts = Counter(moment.victims for moment in moments)
    assert len(moments) == 30
    assert set(counts) == set(COMBINATIONS) and len(COMBINATIONS) == 7
    assert set(counts.values()) == {4, 5}


def test_three_moments_have_each_victim() -> None:
    assert {victim for moment in plan(1, 1, 3, 3)[0] for victim in moment.victims} == set(VICTIMS)


def test_the_same_seed_gives_the_same_moments_and_another_seed_others() -> None:
    assert plan(1, 10, 3, 3) == plan(1, 10, 3, 3)
    assert plan(1, 10, 3, 3) != plan(2, 10, 3, 3)


def test_moments_are_within_a_run() -> None:
    for run in plan(1, 200, 3, 3):
        assert [moment.counted for moment in run] == sorted((moment.counted for moment in run))
        for moment in run:
            assert 1 <= moment.threshold(4) <= 4
            assert 0 <= moment.gateway < 3
            assert len(moment.pauses) == len(moment.victims)


def test_an_object_that_comes_three_times_is_doubled_twice() -> None:
    assert doubled([("1", 10), ("2", 11), ("1", 12), ("1", 15), ("3", 16)]) == [Doubled("1", 10, 12), Doubled("1", 12, 15)]


@pytest.mark.parametrize(("second", "explains"), [(96.9, False), (97.0, True), (102.0, True), (103.0, True), (103.1, False)])
def test_a_kill_explains_what_was_on_its_way(second: float, explains: bool) -> None:
    kill, again = Kill(second, (WORKER,)), Doubled("1", 100, 102)
    assert attribute([again], [kill]) == (({kill: 1}, []) if explains else ({}, [again]))


def test_what_had_arrived_long_before_a_kill_is_not_to_be_sent_again() -> None:
    again = Doubled("1", 100, 120)
    assert attribute([again], [Kill(110, (WORKER, PACS))]) == ({}, [again])


def test_without_a_kill_nothing_explains() -> None:
    assert attribute([Doubled("1", 10, 12)], []) == ({}, [Doubled("1", 10, 12)])


def test_a_coordinators_death_explains_nothing() -> None:
    assert attribute([Doubled("1", 10, 12)], [Kill(11, (COORDINATOR,))]) == ({}, [Doubled("1", 10, 12)])


def test_of_several_kills_the_one_next_to_the_first_arrival_explains() -> None:
    kills = [Kill(12.9, (WORKER,)), Kill(10.2, (COORDINATOR, PACS)), Kill(10.1, (COORDINATOR,))]
    assert attribute([Doubled("1", 10, 12)], kills) == ({kills[1]: 1}, [])


def test_orthanc_counts_each_arrival_also_after_a_kill(tmp_path: Path) -> None:
    arrivals = Arrivals(tmp_path / "arrivals")
    path = get_testdata_file("CT_small.dcm")
    with Orthanc(tmp_path / "orthanc", settings=arrivals.settings) as orthanc:
        command = ["storescu", "-aec", AE_TITLE, "127.0.0.1", str(orthanc.dicom_port), str(path)]
        subprocess.run(command, check=True, timeout=60)
        orthanc.kill()
        orthanc.start()
        subprocess.run(command, check=True, timeout=60)
        # What comes past DICOM is no send.
        orthanc.pacs.upload(Path(get_testdata_file("MR_small.dcm")).read_bytes())
        assert len(orthanc.pacs.instances()) == 2
    assert arrivals.count == 2
    assert len({uid for uid, _ in arrivals.read()}) == 1
    assert len(doubled(arrivals.read())) == 1


def test_one_object_is_on_its_way_on_each_association() -> None:
    assert on_their_way(Kill(0, (COORDINATOR, WORKER))) == 8
    assert on_their_way(Kill(0, (WORKER, PACS))) == 24

"""The plan of a hospital and its truth, before a byte is written."""

from __future__ import annotations

from collections import Counter

import pytest
from naive_matching import conflicting, outcome

from lab.hospital import plan
from lab.naming import writable
from lab.scenarios import SCENARIOS

SEEDS = range(1, 21)


@pytest.mark.parametrize("size", ["full", "small"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_truth_is_what_the_rules_of_matching_say(seed: int, size: str) -> None:
    hospital = plan(seed, size)
    conflicts = {study.uid for study in hospital.studies if study.truth.reason == "uid-conflict"}
    for study in hospital.studies:
        if study.truth.state == "absent":
            continue
        found, reason = outcome(study, hospital.studies, hospital.orders)
        assert found == study.truth.outcome, study.truth
        if study.truth.reason not in ("uid-conflict", "character-set"):
            assert reason == study.truth.reason, study.truth
    # A study whose own image was changed between two burnings has one instance in the plan's list and two on the discs.
    assert conflicting(hospital.studies) <= conflicts


def test_the_full_hospital_is_as_large_as_it_must_be() -> None:
    hospital = plan(1, "full")
    instances = {instance.sop_instance_uid for study in hospital.studies for instance in study.instances}
    assert len(hospital.discs) >= 12
    assert len(hospital.studies) >= 120
    assert len(instances) >= 1500


def test_every_kind_of_trouble_is_in_the_full_hospital() -> None:
    reasons = Counter((study.truth.state, study.truth.reason) for study in plan(1, "full").studies)
    for reason in ("several-orders", "competing-studies", "contradiction", "patient-id-blank", "patient-unknown", "uid-conflict",
                   "accession-two-patients", "character-set"):
        assert reasons["held", reason] > 0, reason
    assert reasons["verified, incomplete", ""] > 1
    assert reasons["absent", ""] > 0
    assert len(SCENARIOS) == 22


def test_the_discs_differ_as_they_did() -> None:
    discs = plan(1, "full").discs
    assert {disc.dicomdir for disc in discs} == {"none", "good", "stale"}
    assert {(disc.rock_ridge, disc.joliet) for disc in discs} == {(True, True), (True, False), (False, True), (False, False)}
    assert [disc.sessions for disc in discs].count(2) == 1
    assert [disc.cut for disc in discs].count(True) == 1
    assert [bool(disc.copy_of) for disc in discs].count(True) == 1
    assert any(not file.preamble for disc in discs for file in disc.files)
    assert all(any(file.study is None and not file.content for file in disc.files) for disc in discs), "zero-byte files"


def test_no_two_files_of_a_session_share_a_path() -> None:
    for size in ("full", "small"):
        for disc in plan(3, size).discs:
            paths = Counter((file.session, file.path.upper()) for file in disc.files)
            assert max(paths.values()) == 1, disc.label


def test_every_header_can_be_written_in_its_own_character_set() -> None:
    for seed in SEEDS:
        for study in plan(seed, "full").studies:
            for group in (study.header.patient_name or "").split("="):
                assert writable(group, list(study.character_set)), (group, study.character_set)


def test_an_order_says_more_than_its_study_where_a_study_must_carry_it() -> None:
    for study in plan(1, "full").studies:
        if study.truth.is_sent:
            assert study.truth.order is not None and study.truth.order.patient_id == study.header.patient_id

"""The check, where no PACS is needed; `make accept-check` plants faults in a real one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from lab.changes import MODIFIED_ATTRIBUTES, ORIGINAL_ATTRIBUTES, check_record
from lab.check import check
from lab.ledger import check_studies, check_unreadable
from lab.naming import writable, writable_name
from lab.oracle import coerced, migrate, state
from lab.orthanc import AE_TITLE, Orthanc
from lab.records import Records
from lab.yaml_edit import with_value

KOREAN, LATIN = ["", "ISO 2022 IR 149"], ["ISO_IR 100"]


def test_the_check_finds_nothing_wrong_with_a_perfect_migration(folder: Path, records: Records, tmp_path: Path) -> None:
    with Orthanc(tmp_path / "orthanc") as orthanc:
        empty = check(folder, orthanc.url, None)
        assert {fault.kind for fault in empty.faults} == {"missing"} and len(empty.faults) == len(records.expected)
        sent = migrate(folder, "127.0.0.1", orthanc.dicom_port, AE_TITLE, tmp_path / "statements")
        verdict = check(folder, orthanc.url, tmp_path / "statements")
    assert verdict.faults == []
    assert sent == verdict.instances == len(records.expected)


def test_studies_are_held_against_the_truth(records: Records, tmp_path: Path) -> None:
    state(records, tmp_path)
    studies = json.loads((tmp_path / "studies.json").read_text())["studies"]
    assert check_studies(studies, records) == []
    sent = next(study for study in studies if study["state"] == "verified")
    assert {fault.kind for fault in check_studies([study for study in studies if study is not sent], records)} == {"state"}
    assert {fault.kind for fault in check_studies([*studies, sent], records)} == {"listed twice"}
    assert {fault.kind for fault in check_studies([*studies, sent | {"studyInstanceUID": "1.2"}], records)} == {"unknown study"}
    for key, value in (("outcome", "manual match"), ("state", "held"), ("verifiedCount", 0)):
        changed = [study | {key: value} if study is sent else study for study in studies]
        assert len(check_studies(changed, records)) == 1


def test_unreadable_files_are_held_against_the_truth(records: Records, tmp_path: Path) -> None:
    state(records, tmp_path)
    listed = json.loads((tmp_path / "report.json").read_text())["unreadableFiles"]
    assert check_unreadable(listed, records) == []
    assert len(check_unreadable(listed[1:], records)) == 1
    assert len(check_unreadable([*listed, {"medium": "X", "path": "/Y", "code": "cut"}], records)) == 1
    assert len(check_unreadable([listed[0] | {"code": "other"}, *listed[1:]], records)) == 1


@pytest.mark.parametrize("spoil", ["forget", "claim", "reason", "item"])
def test_original_attributes_must_say_exactly_what_changed(records: Records, spoil: str) -> None:
    from lab.comparing import read_object
    place = next(place for place in records.expected.values() if not records.studies[place.study_instance_uid].is_unspecified)
    original, stored = read_object(place.read(records.discs)), coerced(place, records, "UX00000001")
    record = stored[ORIGINAL_ATTRIBUTES].value[-1]
    changed = {int(tag) for tag in record[MODIFIED_ATTRIBUTES].value[0].keys()}
    assert check_record(original, stored, changed) == []
    match spoil:
        case "forget":
            del record[MODIFIED_ATTRIBUTES].value[0][min(changed)]
        case "claim":
            record[MODIFIED_ATTRIBUTES].value[0].Manufacturer = "Nobody"
        case "reason":
            record.ReasonForTheAttributeModification = "CORRECT"
        case "item":
            stored[ORIGINAL_ATTRIBUTES].value.append(Dataset())
    assert len(check_record(original, stored, changed)) == 1


def test_a_name_is_written_as_far_as_the_character_set_goes() -> None:
    full = "Hong^Gildong=洪^吉洞=홍^길동"
    assert writable_name(full, KOREAN) == full
    assert writable_name(full, LATIN) == writable_name(full, []) == "Hong^Gildong"
    assert not writable("홍^길동", LATIN) and writable("홍^길동", ["ISO_IR 192"]) and writable("Müller", LATIN)
    assert not writable("Müller", [])


def test_one_key_of_a_configuration_is_edited_and_the_rest_stays() -> None:
    text = "# Comment\na: 1\npolicies:\n  # why\n  incomplete: hold\n  matched: send\ndrives: []\nz: {}\n"
    assert with_value(text, "incomplete", "send", section="policies") == text.replace("incomplete: hold", "incomplete: send")
    assert with_value(text, "drives", "\n  - name: d1\n    path: /x") == text.replace("drives: []", "drives:\n  - name: d1\n    path: /x")
    assert with_value("drives:\n  - name: a\n    path: b\nz: 1\n", "drives", "[]") == "drives: []\nz: 1\n"
    with pytest.raises(ValueError, match="no key policies.absent"):
        with_value(text, "absent", "1", section="policies")

"""The discs as they are burnt."""

from __future__ import annotations

import csv
import filecmp
import hashlib
import io
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from conftest import SEED
from pydicom import dcmread
from pydicom.fileset import FileSet

from lab.comparing import read_object
from lab.dicomdir import Entry, make_dicomdir
from lab.hospital import plan
from lab.making import make_hospital
from lab.material import MATERIALS
from lab.model import Header, Instance, Patient, Study, Truth
from lab.objects import StudyPress, make_file
from lab.pictures import picture_difference, _samples
from lab.records import Records

VOLUME_IDENTIFIER = slice(16 * 2048 + 40, 16 * 2048 + 72)


def _study(character_set: tuple[str, ...] = ()) -> Study:
    patient = Patient("00000001", ("Hong^Gildong", "洪^吉洞", "홍^길동"), "19600101", "M", character_set)
    header = Header(patient.id, None, patient.groups[0], patient.birth_date, patient.sex, "", "20000101", "120000")
    return Study("1.2.3", patient, header, "CT", "Test", character_set, [], Truth("matched", "verified"))


def test_the_same_seed_makes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    make_hospital(SEED, "small", tmp_path)
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert len(names) == 4 + 5
    assert names == sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert filecmp.cmpfiles(folder, tmp_path, names, shallow=False)[0] == names


def test_another_seed_makes_another_hospital(folder: Path, tmp_path: Path) -> None:
    make_hospital(SEED + 1, "small", tmp_path)
    for image in (folder / "discs").iterdir():
        assert not filecmp.cmp(image, tmp_path / "discs" / image.name, shallow=False)


def test_every_disc_is_called_cdrom(folder: Path) -> None:
    for image in (folder / "discs").iterdir():
        assert image.read_bytes()[VOLUME_IDENTIFIER].rstrip() == b"CDROM"


def test_each_file_lies_where_the_table_says(records: Records) -> None:
    for place in records.places:
        if (place.label, place.path) not in records.damage or "image" not in records.damage[place.label, place.path]:
            place.read(records.discs)


def test_xorriso_extracts_the_files_that_the_table_names(records: Records, tmp_path: Path) -> None:
    by_label: dict[str, list] = defaultdict(list)
    for place in records.places:
        by_label[place.label].append(place)
    cut = {label for (label, _), reason in records.damage.items() if "image" in reason}
    for label in sorted(by_label.keys() - cut):
        target = tmp_path / label
        subprocess.run(["xorriso", "-osirrox", "on", "-indev", str(records.discs / f"{label}.iso"), "-extract", "/", str(target)],
                       check=True, capture_output=True)
        # An image file has no table of contents: of two sessions xorriso shows the first one.
        found = [place for place in by_label[label] if (target / place.path).exists()]
        assert len(found) >= len(by_label[label]) // 2
        for place in found:
            digest = hashlib.sha256((target / place.path).read_bytes()).hexdigest()
            assert digest in {other.sha256 for other in found if other.path == place.path}


def test_a_second_session_hides_a_file_of_the_first(records: Records) -> None:
    (label,) = [disc.label for disc in plan(SEED, "small").discs if disc.sessions == 2]
    by_path: dict[str, set[str]] = defaultdict(set)
    for place in records.places:
        if place.label == label:
            by_path[place.path].add(place.sha256)
    assert sorted(len(contents) for contents in by_path.values())[-2:] == [1, 2]


def test_no_two_instances_share_pixels(records: Records) -> None:
    owners: dict[str, str] = {}
    for place in records.places:
        if (place.label, place.path) in records.damage:
            continue
        ds = read_object(place.read(records.discs))
        if "PixelData" not in ds:
            continue
        digest = hashlib.sha256(_samples(ds).tobytes()).hexdigest()
        assert owners.setdefault(digest, place.sha256) == place.sha256, f"{place.label}: {place.path}"


@pytest.mark.parametrize("material", sorted(MATERIALS))
def test_each_material_can_be_varied_and_read(material: str) -> None:
    study = _study()
    one, other = (read_object(make_file(1, study, Instance(f"1.2.{serial}", "1.2", 1, 1, material, serial))) for serial in (1, 2))
    assert one.StudyInstanceUID == study.uid and one.PatientName == "Hong^Gildong"
    if "PixelData" in one:
        assert "pixel values differ" in picture_difference(one, other)


@pytest.mark.parametrize("material", sorted(MATERIALS))
def test_what_a_study_shares_is_encoded_once_and_comes_out_the_same(material: str) -> None:
    study = _study(("", "ISO 2022 IR 149"))
    press = StudyPress(1, study)
    for serial in (1, 2, 3):
        instance = Instance(f"1.2.{10 ** serial}", f"1.2.{serial}", serial, 10 * serial, material, serial)
        assert press.file(instance) == make_file(1, study, instance)


def test_a_file_without_preamble_holds_the_same_object() -> None:
    study, instance = _study(("", "ISO 2022 IR 149")), Instance("1.2.3", "1.2", 1, 1, "MR_small_implicit", 1)
    whole, bare = make_file(1, study, instance), make_file(1, study, instance, preamble=False)
    assert whole.endswith(bare) and whole[128:132] == b"DICM" and bare[:2] == b"\x08\x00"


def test_a_dicomdir_can_be_read_as_a_file_set(tmp_path: Path) -> None:
    study = _study(("", "ISO 2022 IR 149"))
    entries = []
    for number in (1, 2, 3):
        content = make_file(1, study, Instance(f"1.2.{number}", f"1.2.{number // 2}", 1, number, "CT_small", number))
        path = tmp_path / "DICOM" / f"IM{number}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        entries.append(Entry(f"DICOM/IM{number}", study, content))
    (tmp_path / "DICOMDIR").write_bytes(make_dicomdir("TEST", entries))
    files = FileSet(dcmread(tmp_path / "DICOMDIR"))
    assert sorted(instance.SOPInstanceUID for instance in files) == ["1.2.1", "1.2.2", "1.2.3"]
    assert all(Path(instance.path).exists() for instance in files)
    done = subprocess.run(["dcmdump", str(tmp_path / "DICOMDIR")], capture_output=True, check=True)
    assert done.stderr == b""


def test_the_orders_are_a_table_with_the_columns_of_the_order_system(folder: Path) -> None:
    with open(folder / "orders.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["patient_id", "issuer", "patient_name", "birth_date", "sex", "accession_number", "study_instance_uid", "exam_date",
                             "exam_time", "modality", "procedure_code", "procedure_description", "department", "status"]
    assert any("홍" in row["patient_name"] or "=" in row["patient_name"] for row in rows)


def test_the_image_that_was_cut_ends_within_a_file(records: Records) -> None:
    (cut,) = [place for place in records.places if records.damage.get((place.label, place.path)) == "cut by the end of the image"]
    size = (records.discs / f"{cut.label}.iso").stat().st_size
    assert cut.offset + 2048 < size < cut.offset + cut.byte_count
    head = dcmread(io.BytesIO((records.discs / f"{cut.label}.iso").read_bytes()[cut.offset:]), stop_before_pixels=True)
    assert head.SOPInstanceUID == cut.sop_instance_uid

#!/usr/bin/env python3
"""make accept-check: the demo's check, checked.

Starts from a migration with which the check finds no fault: a finished run (--run DIR: its hospital, its statements and a copy of its
Orthanc's storage), or one made by the lab's oracle. Then it plants one fault after another in the PACS, requires that
`python -m lab check` fails and names the instance and the fault, takes the fault back, and requires that the check is content again.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LAB = Path(__file__).resolve().parents[1] / "lab"
sys.path.insert(0, str(LAB))

from pydicom import dcmread  # noqa: E402
from pydicom.dataset import Dataset  # noqa: E402
from pydicom.filewriter import dcmwrite  # noqa: E402
from pydicom.pixels import pixel_array  # noqa: E402
from pydicom.uid import JPEGLSLossless, RLELossless, ExplicitVRLittleEndian  # noqa: E402

from lab.changes import ACCESSION_NUMBER, ORIGINAL_ATTRIBUTES  # noqa: E402
from lab.making import make_hospital  # noqa: E402
from lab.oracle import migrate  # noqa: E402
from lab.orthanc import AE_TITLE, Orthanc  # noqa: E402
from lab.pacs import Pacs, Stored  # noqa: E402
from lab.records import Records, read_records  # noqa: E402

PIXEL_DATA, MANUFACTURER = 0x7FE00010, 0x00080070
IDENTITY = ["PatientID", "PatientName", "PatientBirthDate", "PatientSex", "IssuerOfPatientID", "AccessionNumber",
            "StudyInstanceUID", "SeriesInstanceUID", "StudyDate", "StudyTime", "StudyDescription"]


@dataclass
class Planted:
    """What a fault did: the kind under which the check must report it, whom it must name, and how to take it back."""

    kind: str
    subjects: list[str]
    undo: Callable[[], None]


@dataclass
class Ground:
    """A migration without a fault, to plant faults in."""

    pacs: Pacs
    records: Records
    statements: Path

    def stored(self, fits: Callable[[Stored, Dataset], bool]) -> tuple[Stored, bytes, Dataset]:
        """The first stored instance that fits, its file and its data set."""
        for instance in sorted(self.pacs.instances(), key=lambda row: row.sop_instance_uid):
            content = self.pacs.file(instance.id)
            ds = dcmread(io.BytesIO(content))
            if fits(instance, ds):
                # Read again: an element that was looked at no longer knows where it lay.
                return instance, content, dcmread(io.BytesIO(content))
        raise RuntimeError("no stored instance fits the fault")

    def replace(self, instance: Stored, content: bytes, planted: bytes, kind: str) -> Planted:
        """Puts a changed file in the place of the stored one."""
        self.pacs.delete(instance.id)
        there = self.pacs.upload(planted)

        def undo() -> None:
            self.pacs.delete(there)
            self.pacs.upload(content)
        return Planted(kind, [instance.sop_instance_uid], undo)


def _flipped(content: bytes, offset: int, bit: int = 0) -> bytes:
    changed = bytearray(content)
    changed[offset] ^= 1 << bit
    return bytes(changed)


def _place(ds: Dataset, tag: int) -> int:
    return ds.get_item(tag).value_tell


def _native(instance: Stored, ds: Dataset) -> bool:
    syntax = ds.file_meta.TransferSyntaxUID
    return PIXEL_DATA in ds and not syntax.is_encapsulated and not syntax.is_deflated and ds.BitsAllocated == 16


def _written(ds: Dataset) -> bytes:
    target = io.BytesIO()
    dcmwrite(target, ds, enforce_file_format=True)
    return target.getvalue()


def one_pixel(ground: Ground) -> Planted:
    """One bit of one pixel value."""
    instance, content, ds = ground.stored(_native)
    place = _place(ds, PIXEL_DATA) + len(ds.PixelData) // 4 * 2
    return ground.replace(instance, content, _flipped(content, place), "pixels")


def one_bit_above_bits_stored(ground: Ground) -> Planted:
    """One bit that viewers do not show: it may be an overlay."""
    instance, content, ds = ground.stored(lambda row, ds: _native(row, ds) and ds.BitsStored < 16
                                          and ds.file_meta.TransferSyntaxUID.is_little_endian)
    place = _place(ds, PIXEL_DATA) + len(ds.PixelData) // 4 * 2 + 1
    return ground.replace(instance, content, _flipped(content, place, 7), "pixels")


def one_compressed_pixel(ground: Ground) -> Planted:
    """One pixel value of an image that is compressed without loss."""
    instance, content, ds = ground.stored(lambda row, ds: ds.file_meta.TransferSyntaxUID in (RLELossless, JPEGLSLossless))
    syntax = ds.file_meta.TransferSyntaxUID
    samples = pixel_array(ds, raw=True).copy()
    samples.reshape(-1)[samples.size // 2] ^= 1
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.compress(syntax, samples, generate_instance_uid=False)
    return ground.replace(instance, content, _written(ds), "pixels")


def one_element_byte(ground: Ground) -> Planted:
    """One byte of an element that no rule may change."""
    instance, content, ds = ground.stored(lambda row, ds: bool(ds.get("Manufacturer")) and _native(row, ds))
    return ground.replace(instance, content, _flipped(content, _place(ds, MANUFACTURER)), "element")


def one_private_byte(ground: Ground) -> Planted:
    """One byte of a private element."""
    def private(ds: Dataset) -> list[int]:
        return [int(tag) for tag in ds.keys() if tag.is_private and not tag.is_private_creator and hasattr(ds.get_item(tag), "value_tell")
                and ds.get_item(tag).value]
    instance, content, ds = ground.stored(lambda row, ds: _native(row, ds) and bool(private(ds)))
    return ground.replace(instance, content, _flipped(content, _place(ds, private(ds)[0])), "element")


def one_element_dropped(ground: Ground) -> Planted:
    """An element that the PACS has lost."""
    instance, content, ds = ground.stored(lambda row, ds: "Manufacturer" in ds)
    del ds[MANUFACTURER]
    return ground.replace(instance, content, _written(ds), "element")


def one_undeclared_change(ground: Ground) -> Planted:
    """Original Attributes tells another previous value than the disc's."""
    def told(instance: Stored, ds: Dataset) -> bool:
        return ORIGINAL_ATTRIBUTES in ds and "AccessionNumber" in ds[ORIGINAL_ATTRIBUTES].value[-1].ModifiedAttributesSequence[0]
    instance, content, ds = ground.stored(told)
    ds[ORIGINAL_ATTRIBUTES].value[-1].ModifiedAttributesSequence[0].AccessionNumber = "INVENTED"
    return ground.replace(instance, content, _written(ds), "original attributes")


def one_accession_number(ground: Ground) -> Planted:
    """The accession number of another order."""
    instance, content, ds = ground.stored(lambda row, ds: _native(row, ds) and str(ds.get("AccessionNumber", ""))[:1].isdigit())
    place = _place(ds, ACCESSION_NUMBER)
    return ground.replace(instance, content, _flipped(content, place), "accession number")


def one_reserved_number_for_two(ground: Ground) -> Planted:
    """One instance of an unspecified exam with another number of the reserved range."""
    instance, content, ds = ground.stored(lambda row, ds: _native(row, ds) and str(ds.get("AccessionNumber", "")).startswith("UX"))
    place = _place(ds, ACCESSION_NUMBER) + 5
    planted = ground.replace(instance, content, _flipped(content, place), "accession number")
    planted.subjects = [instance.study_instance_uid]
    return planted


def _two_patients(ground: Ground) -> tuple[tuple[Stored, bytes, Dataset], tuple[Stored, bytes, Dataset]]:
    first = ground.stored(_native)
    second = ground.stored(lambda row, ds: _native(row, ds) and row.patient_id != first[0].patient_id
                           and (ds.Rows, ds.Columns) == (first[2].Rows, first[2].Columns))
    return first, second


def _exchange(ground: Ground, change: Callable[[Dataset, Dataset], None], kind: str) -> Planted:
    (first, first_content, one), (second, second_content, other) = _two_patients(ground)
    change(one, other)
    ground.pacs.delete(first.id)
    ground.pacs.delete(second.id)
    planted = [ground.pacs.upload(_written(one)), ground.pacs.upload(_written(other))]

    def undo() -> None:
        for instance in planted:
            ground.pacs.delete(instance)
        ground.pacs.upload(first_content)
        ground.pacs.upload(second_content)
    return Planted(kind, [first.sop_instance_uid, second.sop_instance_uid], undo)


def two_instances_swapped(ground: Ground) -> Planted:
    """Each of two instances under the other one's patient and study."""
    def swap(one: Dataset, other: Dataset) -> None:
        for name in IDENTITY:
            a, b = one.get(name), other.get(name)
            for ds, value in ((one, b), (other, a)):
                if value is not None:
                    setattr(ds, name, value)
                elif name in ds:
                    delattr(ds, name)
        one.SpecificCharacterSet = other.SpecificCharacterSet = "ISO_IR 192"
    return _exchange(ground, swap, "wrong patient")


def two_pictures_swapped(ground: Ground) -> Planted:
    """Each of two instances with the other one's pixels, under its own patient: nothing but the picture shows it."""
    def swap(one: Dataset, other: Dataset) -> None:
        one.PixelData, other.PixelData = other.PixelData, one.PixelData
    return _exchange(ground, swap, "pixels")


def one_deleted(ground: Ground) -> Planted:
    """An instance that is not there."""
    instance, content, _ = ground.stored(lambda row, ds: True)
    ground.pacs.delete(instance.id)
    return Planted("missing", [instance.sop_instance_uid], lambda: (ground.pacs.upload(content), None)[1])


def one_added(ground: Ground) -> Planted:
    """An instance in a migrated study that no disc has."""
    _, _, ds = ground.stored(_native)
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = "2.25.1234567890"
    there = ground.pacs.upload(_written(ds))
    return Planted("not expected", ["2.25.1234567890"], lambda: ground.pacs.delete(there))


def one_that_should_be_held(ground: Ground) -> Planted:
    """An instance of a study that a person should have looked at."""
    held = {uid for uid, expectation in ground.records.studies.items() if expectation.state == "held" and expectation.reason != "uid-conflict"}
    place = next(place for place in ground.records.places if place.study_instance_uid in held)
    there = ground.pacs.upload(place.read(ground.records.discs))
    return Planted("not expected", [place.sop_instance_uid], lambda: ground.pacs.delete(there))


def _restate(ground: Ground, name: str, change: Callable[[dict], str], kind: str) -> Planted:
    path = ground.statements / name
    before = path.read_text()
    document = json.loads(before)
    subject = change(document)
    path.write_text(json.dumps(document))
    return Planted(kind, [subject], lambda: (path.write_text(before), None)[1])


def one_wrong_reason(ground: Ground) -> Planted:
    """A study that is held, but for another reason."""
    def change(document: dict) -> str:
        study = next(study for study in document["studies"] if study["state"] == "held")
        study["reason"] = "no-order"
        return study["studyInstanceUID"]
    return _restate(ground, "studies.json", change, "reason")


def one_unlisted_file(ground: Ground) -> Planted:
    """A file that could not be read, and nobody says so."""
    return _restate(ground, "report.json", lambda document: document["unreadableFiles"].pop()["path"], "unreadable file")


FAULTS = [one_pixel, one_bit_above_bits_stored, one_compressed_pixel, one_element_byte, one_private_byte, one_element_dropped,
          one_undeclared_change, one_accession_number, one_reserved_number_for_two, two_instances_swapped, two_pictures_swapped, one_deleted,
          one_added, one_that_should_be_held, one_wrong_reason, one_unlisted_file]


def run_check(hospital: Path, url: str, statements: Path) -> tuple[int, str]:
    """`python -m lab check`, as the demo runs it: exit status and output."""
    done = subprocess.run([sys.executable, "-m", "lab", "check", "--hospital", str(hospital), "--pacs", url, "--statements", str(statements)],
                          cwd=LAB, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def _prepare(folder: Path, run: Path | None, seed: int) -> tuple[Path, Path, Path]:
    """Hospital, statements and Orthanc's folder: of the finished run, or of the oracle's migration."""
    pacs, statements = folder / "orthanc", folder / "statements"
    if run is not None:
        shutil.copytree(run / "orthanc" / "storage", pacs / "storage")
        shutil.copytree(run / "statements", statements)
        return run / "hospital", statements, pacs
    hospital = folder / "hospital"
    make_hospital(seed, "small", hospital)
    with Orthanc(pacs) as orthanc:
        migrate(hospital, "127.0.0.1", orthanc.dicom_port, AE_TITLE, statements)
    return hospital, statements, pacs


def _plant_all(hospital: Path, statements: Path, orthanc: Orthanc) -> list[str]:
    """Plants one fault after another; returns what the check did not do as it should."""
    ground = Ground(orthanc.pacs, read_records(hospital), statements)
    failures: list[str] = []
    for plant in FAULTS:
        started = time.monotonic()
        planted = plant(ground)
        status, output = run_check(hospital, orthanc.url, statements)
        unnamed = [subject for subject in planted.subjects
                   if not any(line.startswith(planted.kind + ":") and subject in line for line in output.splitlines())]
        planted.undo()
        again, after = run_check(hospital, orthanc.url, statements)
        good = status == 1 and not unnamed and again == 0
        print(f"{'ok  ' if good else 'FAIL'} {plant.__name__.replace('_', ' ')}: found as \"{planted.kind}\", exit {status}, "
              f"{again} when taken back ({time.monotonic() - started:.1f} s)", flush=True)
        if not good:
            failures.append(f"{plant.__name__}: exit {status}, not named {unnamed}, then {again}\n{output}\n{after}")
    return failures


def main() -> int:
    """Plants all faults; exit status 0 if the check found each of them and nothing else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, help="folder of a finished `python -m lab demo`")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="skein-accept-check-") as name:
        hospital, statements, folder = _prepare(Path(name), arguments.run and arguments.run.resolve(), arguments.seed)
        with Orthanc(folder) as orthanc:
            status, output = run_check(hospital, orthanc.url, statements)
            if status != 0:
                print(f"the check finds fault before any was planted:\n{output}")
                return 1
            failures = _plant_all(hospital, statements, orthanc)
    for failure in failures:
        print(failure)
    print(f"accept-check: {len(FAULTS) - len(failures)} of {len(FAULTS)} planted faults found, named and taken back")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

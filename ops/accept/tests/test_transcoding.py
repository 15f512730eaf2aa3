"""The checks of accept-codecs can fail: each finds what was planted."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import ExplicitVRLittleEndian

sys.path.insert(0, str(Path(__file__).parents[1]))

from transcoding.made import KINDS, image, values  # noqa: E402
from transcoding.rounds import RECORD, Rounds  # noqa: E402

PLANAR, PHOTOMETRIC = "PlanarConfiguration", "PhotometricInterpretation"


def made(kind: str) -> FileDataset:
    return image(KINDS[kind], values(KINDS[kind], np.random.default_rng(5)))


def rounds(tmp_path: Path) -> Rounds:
    result = Rounds(Path("/bin/false"), tmp_path)
    result.name = "planted"
    return result


def record(**former: object) -> Dataset:
    """An item of Original Attributes Sequence."""
    item, modified = Dataset(), Dataset()
    for keyword, value in former.items():
        setattr(modified, keyword, value)
    item.ModifiedAttributesSequence = [modified]
    return item


def recorded(planted: Callable[[list[Dataset]], list[Dataset]]) -> tuple[FileDataset, FileDataset]:
    """An object with a record of old, and what two declared changes make of it; the records as they are planted."""
    before = made("colour-8-planes")
    before.OriginalAttributesSequence = [record(PatientID="4711")]
    after = copy.deepcopy(before)
    after.PlanarConfiguration, after.PhotometricInterpretation = 0, "YBR_RCT"
    right = [*after.OriginalAttributesSequence, record(PlanarConfiguration=1, PhotometricInterpretation="RGB")]
    after.OriginalAttributesSequence = planted(right)
    return before, after


RECORDS: dict[str, tuple[Callable[[list[Dataset]], list[Dataset]], str]] = {
    "all is as it must be": (lambda items: items, ""),
    "one of two changes": (lambda items: [items[0], record(PlanarConfiguration=1)], PHOTOMETRIC),
    "another former value": (lambda items: [items[0], record(PlanarConfiguration=0, PhotometricInterpretation="RGB")], PLANAR),
    "no record": (lambda items: items[:1], "0 new items"),
    "two records": (lambda items: [*items, items[1]], "2 new items"),
    "a former item that is gone": (lambda items: items[1:], "former items"),
    "a former item that changed": (lambda items: [record(PatientID="4712"), items[1]], "former items"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_changes_is_whole(name: str, tmp_path: Path) -> None:
    planted, expected = RECORDS[name]
    before, after = recorded(planted)
    judge = rounds(tmp_path)
    judge.compare_record(before, after, "explicit", {PLANAR, PHOTOMETRIC})
    assert bool(judge.tally.faults) == bool(expected)
    assert not expected or any(expected in fault for fault in judge.tally.faults)


def test_a_record_of_nothing_is_found(tmp_path: Path) -> None:
    before = made("gray-8")
    after = copy.deepcopy(before)
    setattr(after, RECORD, [record(PatientID="4711")])
    judge = rounds(tmp_path)
    judge.compare_record(before, after, "explicit", set())
    assert judge.tally.faults


@pytest.mark.parametrize("allocated", [1, 12, 64])
def test_cells_that_cannot_be_told_are_compared_by_their_bytes(allocated: int, tmp_path: Path) -> None:
    before = made("gray-12-big-endian")
    before.BitsAllocated = allocated
    unit = max(2, allocated // 8)
    after = copy.deepcopy(before)
    after.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    after.PixelData = np.frombuffer(before.PixelData, np.uint8).reshape(-1, unit)[:, ::-1].tobytes()
    judge = rounds(tmp_path)
    judge.compare_values(before, after, "explicit")
    assert judge.tally.faults == []
    after.PixelData = after.PixelData[:-1] + bytes([after.PixelData[-1] ^ 1])
    judge.compare_values(before, after, "explicit")
    assert judge.tally.faults

"""accept-codecs knows GE's byte order, and which representation pixels must have."""

from __future__ import annotations

import sys
from pathlib import Path

import pydicom
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from corpora.faults import PIXELS, changed, data_set, file, image, make  # noqa: E402
from transcoding.cells import cells  # noqa: E402
from transcoding.rounds import is_well_represented, read  # noqa: E402


def test_cells_are_the_same_in_either_byte_order(tmp_path: Path) -> None:
    make(tmp_path)
    turned, plain = (tmp_path / f"{name}.dcm" for name in ("big-endian-pixels", "group-lengths"))
    assert pydicom.dcmread(turned).PixelData != pydicom.dcmread(plain).PixelData
    assert cells(read(turned)) == cells(read(plain))


@pytest.mark.parametrize(("was", "written", "is_right"), [("OW", "OW", True), ("OW", "OB", False), ("OB", "OB", True), ("OB", "OW", True)])
def test_cells_of_16_bits_are_words_or_what_they_were(was: str, written: str, is_right: bool, tmp_path: Path) -> None:
    pixels = next(value for tag, _, value in image() if tag == PIXELS)
    for name, representation in (("before", was), ("after", written)):
        (tmp_path / name).write_bytes(file(data_set(changed(a=(PIXELS, representation, pixels)))))
    assert is_well_represented(read(tmp_path / "before"), pydicom.dcmread(tmp_path / "after")) == is_right

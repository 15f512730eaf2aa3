"""What the comparison of elements takes for the same, and what not."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from transcoding.elements import different  # noqa: E402

IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
PADDING, TABLES = 0x00280120, 0x00283000


def written(syntax: str, representation: str, value: int) -> FileDataset:
    """An image of signed samples, as pydicom reads it from its file: a padding value, and a look-up table that begins there."""
    table = Dataset()
    table.add_new(0x00283002, representation, [4, value, 16])
    table.add_new(0x00283006, "US", [1, 2, 3, 4])
    image = Dataset()
    image.SOPClassUID, image.SOPInstanceUID, image.PixelRepresentation = "1.2", "1.3", 1
    image.add_new(PADDING, representation, value)
    image.add_new(TABLES, "SQ", [table])
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = syntax
    buffer = io.BytesIO()
    image.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    return pydicom.dcmread(buffer)


@pytest.mark.parametrize(("representation", "value", "expected"), [("SS", -2000, []), ("US", 63536, [PADDING, TABLES])])
def test_same_bytes_of_another_sign_are_another_value(representation: str, value: int, expected: list[int]) -> None:
    assert different(written(IMPLICIT, "SS", -2000), written(EXPLICIT, representation, value)) == expected

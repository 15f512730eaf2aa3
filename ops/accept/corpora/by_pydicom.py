"""What pydicom reads in a file.

With force=True, since it refuses files without preamble otherwise, and ours does not. It then "reads" any file: one in
which it finds neither SOP Class UID nor meta header nor the Recognition Code of ACR-NEMA is no object for this comparison.
"""

from __future__ import annotations

from pathlib import Path

import pydicom
from pydicom.dataset import FileDataset
from pydicom.multival import MultiValue

from .fields import DICOM, ELEMENTS, NOT_DICOM, Reading


def text(dataset: FileDataset, keyword: str) -> str | None:
    """The element as text, values joined by backslashes; None if it is absent."""
    if keyword not in dataset:
        return None
    value = dataset[keyword].value
    if isinstance(value, MultiValue):
        return "\\".join(str(item) for item in value)
    return "" if value is None else str(value)


def transfer_syntax(dataset: FileDataset) -> str:
    """As the meta header says, or what pydicom assumed where it says nothing."""
    declared = text(dataset.file_meta, "TransferSyntaxUID") if hasattr(dataset, "file_meta") else None
    if declared:
        return declared
    implicit, little = dataset.original_encoding
    if implicit:
        return "1.2.840.10008.1.2"
    return "1.2.840.10008.1.2.1" if little else "1.2.840.10008.1.2.2"


def read(path: Path) -> Reading:
    """The fields, and the status that they amount to."""
    try:
        dataset = pydicom.dcmread(path, force=True)
        fields = {name: text(dataset, keyword) for name, keyword in ELEMENTS.items()}
    except Exception as error:  # whatever pydicom throws, it did not read the file
        return {"status": NOT_DICOM, "error": f"{type(error).__name__}: {error}"}
    if fields["sopClassUID"] is None and not dataset.file_meta and "RecognitionCode" not in dataset:
        return {"status": NOT_DICOM}
    return {"status": DICOM, "transferSyntaxUID": transfer_syntax(dataset), **fields}

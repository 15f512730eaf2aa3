"""One instance: the file on the disc against the file in the PACS."""

from __future__ import annotations

import io
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from .changes import ACCESSION_NUMBER, ORIGINAL_ATTRIBUTES, check_record, check_values, text_of
from .elements import differences
from .faults import Fault
from .pictures import picture_difference
from .records import Expectation, Place


def read_object(content: bytes) -> Dataset:
    """A data set with the transfer syntax that it is in, also where no meta information says so."""
    ds = dcmread(io.BytesIO(content), force=True)
    if not getattr(ds, "file_meta", None) or "TransferSyntaxUID" not in ds.file_meta:
        ds.file_meta = FileMetaDataset()
        implicit = ds.original_encoding[0]
        ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    return ds


def compare(place: Place, discs: Path, content: bytes, expectation: Expectation) -> tuple[list[Fault], str]:
    """What is wrong with the stored file, and its accession number."""
    original, stored = read_object(place.read(discs)), read_object(content)
    subject = f"instance {place.sop_instance_uid}"
    before, after = original.file_meta.TransferSyntaxUID, stored.file_meta.TransferSyntaxUID
    faults: list[Fault] = []
    if before != after:
        faults.append(Fault("transfer syntax", subject, f"is {after.name}, on the disc {before.name}"))
    changed, wrong = check_values(original, stored, expectation)
    faults += [Fault(kind, subject, text) for kind, text in wrong]
    for tag in differences(original, stored, changed | {ORIGINAL_ATTRIBUTES}):
        faults.append(Fault("element", subject, _element_text(original, stored, tag)))
    faults += [Fault("original attributes", subject, text) for text in check_record(original, stored, changed)]
    if difference := picture_difference(original, stored):
        faults.append(Fault("pixels", subject, difference))
    return faults, text_of(stored, ACCESSION_NUMBER) or ""


def _element_text(original: Dataset, stored: Dataset, tag: int) -> str:
    name = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
    if tag not in stored:
        return f"{name} is absent, the disc has {_short(original, tag)}"
    if tag not in original:
        return f"{name} is {_short(stored, tag)}, the disc has none, and no rule declares it"
    return f"{name} is {_short(stored, tag)}, the disc has {_short(original, tag)}"


def _short(ds: Dataset, tag: int) -> str:
    text = repr(ds[tag].value)
    return text if len(text) <= 80 else text[:77] + "…"

"""DICOMDIR files: patient, study, series and image records (PS3.3 F.3), as the burning software of the time wrote them."""

from __future__ import annotations

import io
from dataclasses import dataclass

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import dcmwrite, write_dataset
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from .chance import uid
from .model import Study

ITEM_HEADER_LENGTH = 8
IN_USE = 0xFFFF


@dataclass
class Entry:
    """A file that the directory names: its path on the disc, study and bytes."""

    path: str
    study: Study
    content: bytes


@dataclass
class _Node:
    record: Dataset
    children: list["_Node"]
    offset: int = 0


def make_dicomdir(label: str, entries: list[Entry]) -> bytes:
    """The directory of these files."""
    roots = _tree(entries)
    ds = _empty_directory(label)
    _link(roots)
    flat = _flattened(roots)
    start = len(_written(ds))
    for node in flat:
        node.offset = start
        start += ITEM_HEADER_LENGTH + _length(node.record)
    _link(roots)
    ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = roots[0].offset if roots else 0
    ds.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = roots[-1].offset if roots else 0
    ds.DirectoryRecordSequence = [node.record for node in flat]
    return _written(ds)


def _empty_directory(label: str) -> Dataset:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    ds.file_meta.MediaStorageSOPInstanceUID = uid("dicomdir", label)
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.FileSetID = "CDROM"
    ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
    ds.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = 0
    ds.FileSetConsistencyFlag = 0
    ds.DirectoryRecordSequence = []
    return ds


def _tree(entries: list[Entry]) -> list[_Node]:
    roots: list[_Node] = []
    known: dict[tuple[str, ...], _Node] = {}
    for entry in entries:
        ds = dcmread(io.BytesIO(entry.content), stop_before_pixels=True, force=True)
        level, key = roots, ()
        for kind, value, record in _records(ds, entry):
            key += (kind, value)
            if key not in known:
                known[key] = _Node(record, [])
                level.append(known[key])
            level = known[key].children
    return roots


def _records(ds: Dataset, entry: Entry) -> list[tuple[str, str, Dataset]]:
    patient = _record("PATIENT", ds, ["PatientName", "PatientID"])
    study = _record("STUDY", ds, ["StudyDate", "StudyTime", "StudyDescription", "StudyInstanceUID", "StudyID", "AccessionNumber"])
    series = _record("SERIES", ds, ["Modality", "SeriesInstanceUID", "SeriesNumber"])
    image = _record("IMAGE" if "PixelData" in ds or "Rows" in ds else "PRIVATE", ds, ["InstanceNumber"])
    image.ReferencedFileID = entry.path.upper().split("/")
    image.ReferencedSOPClassUIDInFile = ds.SOPClassUID
    image.ReferencedSOPInstanceUIDInFile = ds.SOPInstanceUID
    image.ReferencedTransferSyntaxUIDInFile = getattr(ds, "file_meta", {}).get("TransferSyntaxUID", ExplicitVRLittleEndian)
    return [("PATIENT", entry.study.patient.id, patient), ("STUDY", entry.study.uid, study),
            ("SERIES", str(ds.SeriesInstanceUID), series), ("IMAGE", str(ds.SOPInstanceUID), image)]


def _record(kind: str, ds: Dataset, names: list[str]) -> Dataset:
    record = Dataset()
    record.OffsetOfTheNextDirectoryRecord = 0
    record.RecordInUseFlag = IN_USE
    record.OffsetOfReferencedLowerLevelDirectoryEntity = 0
    record.DirectoryRecordType = kind
    if "SpecificCharacterSet" in ds:
        record.SpecificCharacterSet = ds.SpecificCharacterSet
    for name in names:
        setattr(record, name, ds.get(name) if ds.get(name) is not None else "")
    return record


def _link(nodes: list[_Node]) -> None:
    for node, following in zip(nodes, [*nodes[1:], None]):
        node.record.OffsetOfTheNextDirectoryRecord = following.offset if following else 0
        node.record.OffsetOfReferencedLowerLevelDirectoryEntity = node.children[0].offset if node.children else 0
        _link(node.children)


def _flattened(nodes: list[_Node]) -> list[_Node]:
    found: list[_Node] = []
    for node in nodes:
        found += [node, *_flattened(node.children)]
    return found


def _written(ds: Dataset) -> bytes:
    target = io.BytesIO()
    dcmwrite(target, ds, enforce_file_format=True)
    return target.getvalue()


def _length(record: Dataset) -> int:
    target = DicomBytesIO()
    target.is_little_endian, target.is_implicit_VR = True, False
    write_dataset(target, record)
    return len(target.getvalue())

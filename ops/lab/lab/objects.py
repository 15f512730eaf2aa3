"""One instance's file: the material, with the study's header and pixels of its own."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from .chance import digest_of
from .material import MATERIALS, wheel_bytes
from .model import Instance, Study
from .plates import Piece, pieces, reassembled
from .pixels import CT_SIZE, draw_slice, vary

PREAMBLE_LENGTH = 132

# Header field, tag, VR.
HEADER_ELEMENTS = [
    ("patient_id", 0x00100020, "LO"), ("issuer", 0x00100021, "LO"), ("patient_name", 0x00100010, "PN"),
    ("birth_date", 0x00100030, "DA"), ("sex", 0x00100040, "CS"), ("accession_number", 0x00080050, "SH"),
    ("study_date", 0x00080020, "DA"), ("study_time", 0x00080030, "TM"),
]
OF_ANOTHER_PERSON = ["OtherPatientIDs", "PatientAddress", "PatientAge"]
DATES_THAT_FOLLOW = ["SeriesDate", "AcquisitionDate", "ContentDate"]


class StudyPress:
    """Makes the files of one study: what all its objects of one material share is encoded once."""

    def __init__(self, seed: int, study: Study) -> None:
        self._seed, self._study = seed, study
        self._plates: dict[str, list[Piece]] = {}

    def file(self, instance: Instance, preamble: bool = True) -> bytes:
        """The same bytes as ``make_file``'s."""
        if instance.material not in self._plates:
            whole = _dataset(self._seed, self._study, instance)
            if whole.file_meta.TransferSyntaxUID.is_deflated:
                return make_file(self._seed, self._study, instance, preamble)
            self._plates[instance.material] = pieces(_encoded(whole))
        ds = _template(instance.material)
        _identify(ds, self._study, instance)
        _picture(ds, self._seed, instance)
        data = reassembled(self._plates[instance.material], ds)
        return _finished(data, instance, preamble)


def make_file(seed: int, study: Study, instance: Instance, preamble: bool = True) -> bytes:
    """The bytes of the file, the same for the same seed; without preamble and meta information where told so."""
    return _finished(_encoded(_dataset(seed, study, instance)), instance, preamble)


def _dataset(seed: int, study: Study, instance: Instance) -> Dataset:
    ds = _template(instance.material)
    _describe(ds, study)
    _identify(ds, study, instance)
    _picture(ds, seed, instance)
    return ds


def _picture(ds: Dataset, seed: int, instance: Instance) -> None:
    rng = np.random.default_rng(int.from_bytes(digest_of(seed, "pixels", instance.serial)[:8], "big"))
    if instance.material.startswith("ct512"):
        _become_slice(ds, rng, instance)
    else:
        vary(ds, rng)


def _encoded(ds: Dataset) -> bytes:
    target = io.BytesIO()
    dcmwrite(target, ds, enforce_file_format=True)
    return target.getvalue()


def _finished(data: bytes, instance: Instance, preamble: bool) -> bytes:
    if not preamble:
        data = data[PREAMBLE_LENGTH + _meta_length(data):]
    if instance.cut_to is not None:
        data = data[:int(len(data) * instance.cut_to)]
    return data


def _template(material: str) -> Dataset:
    # Read anew each time: reading is cheaper than a deep copy.
    return dcmread(io.BytesIO(_decoded_bytes(MATERIALS[material].file)), force=True)


@lru_cache(maxsize=None)
def _decoded_bytes(name: str) -> bytes:
    """The wheel's file with a meta header, and its text made independent of the character set declared."""
    ds = dcmread(io.BytesIO(wheel_bytes(name)), force=True)
    if not getattr(ds, "file_meta", None) or "TransferSyntaxUID" not in ds.file_meta:
        ds.ensure_file_meta()
        ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    target = io.BytesIO()
    dcmwrite(target, ds, enforce_file_format=True)
    return target.getvalue()


def _describe(ds: Dataset, study: Study) -> None:
    """Puts what the study's header says into the object."""
    header = study.header
    if study.character_set:
        ds.SpecificCharacterSet = list(study.character_set) if len(study.character_set) > 1 else study.character_set[0]
    elif "SpecificCharacterSet" in ds:
        del ds.SpecificCharacterSet
    for field, tag, vr in HEADER_ELEMENTS:
        _put(ds, tag, vr, getattr(header, field))
    for name in DATES_THAT_FOLLOW:
        if name in ds:
            setattr(ds, name, header.study_date or "")
    for name in OF_ANOTHER_PERSON:
        if name in ds:
            delattr(ds, name)
    ds.StudyDescription = study.description


def _identify(ds: Dataset, study: Study, instance: Instance) -> None:
    """Puts the instance's own identity into the object."""
    ds.StudyInstanceUID = study.uid
    ds.SeriesInstanceUID = instance.series_instance_uid
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = instance.sop_instance_uid
    ds.SeriesNumber = instance.series_number
    ds.InstanceNumber = instance.number
    if not ds.get("Modality"):
        ds.Modality = MATERIALS[instance.material].modality
    if not ds.get("SOPClassUID"):
        ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID


def _put(ds: Dataset, tag: int, vr: str, value: str | None) -> None:
    if value is None:
        if tag in ds:
            del ds[tag]
        return
    ds[tag] = DataElement(tag, vr, value)


def _become_slice(ds: Dataset, rng: np.random.Generator, instance: Instance) -> None:
    """Makes a slice of 512 × 512 × 16 of the small CT, twelve bits stored."""
    if instance.material.endswith("implicit"):
        ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    else:
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.Rows = ds.Columns = CT_SIZE
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 12, 11, 0
    ds.RescaleIntercept = "-1024"
    for name in ("SmallestImagePixelValue", "LargestImagePixelValue", "PixelPaddingValue"):
        if name in ds:
            del ds[name]
    if "DataSetTrailingPadding" in ds:
        del ds.DataSetTrailingPadding
    ds.PixelData = draw_slice(rng, (instance.number % 32) / 32)
    ds["PixelData"].VR = "OW"


def _meta_length(data: bytes) -> int:
    # (0002,0000) File Meta Information Group Length, PS3.10 7.1: a UL that counts the bytes after itself.
    return 12 + int.from_bytes(data[PREAMBLE_LENGTH + 8:PREAMBLE_LENGTH + 12], "little")

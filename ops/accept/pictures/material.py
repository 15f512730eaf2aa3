"""The discs: folders with pydicom's own samples, compressed ones too, and with images that take a while."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pydicom
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SAMPLES = (
    "CT_small.dcm", "MR_small_bigendian.dcm", "MR_small_RLE.dcm", "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm", "JPEG2000.dcm", "JPGExtended.dcm",
    "SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_rle_2frame.dcm", "examples_palette.dcm", "examples_rgb_color.dcm", "examples_ybr_color.dcm", "image_dfl.dcm", "rtplan.dcm")
"""Images of ten transfer syntaxes, a multi-frame one, and a plan without pixels."""
DAMAGED = "damaged.dcm"
"""An image with fewer pixels than it says."""
EDGE = 1500


def samples(folder: Path) -> dict[str, Path]:
    """Copies the samples; the files by SOP Instance UID."""
    folder.mkdir(parents=True)
    files: dict[str, Path] = {}
    for name in SAMPLES:
        path = folder / name
        shutil.copyfile(get_testdata_file(name), path)
        dataset = pydicom.dcmread(path)
        # Some samples are one image in several syntaxes.
        if dataset.SOPInstanceUID in files:
            dataset.SOPInstanceUID = generate_uid()
            dataset.save_as(path)
        files[dataset.SOPInstanceUID] = path
    damaged = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    damaged.SOPInstanceUID, damaged.Rows = generate_uid(), 2 * damaged.Rows
    damaged.save_as(folder / DAMAGED)
    return files | {damaged.SOPInstanceUID: folder / DAMAGED}


def slow_series(folder: Path, count: int, seed: int) -> tuple[str, dict[str, Path]]:
    """A study of one series of large noise; its UID, and the files by SOP Instance UID."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(seed)
    study, series = generate_uid(), generate_uid()
    files: dict[str, Path] = {}
    for number in range(count):
        uid = generate_uid()
        files[uid] = folder / f"IM{number:04}.dcm"
        image(study, series, uid, number, random.integers(0, 4096, (EDGE, EDGE), dtype=np.uint16)).save_as(files[uid], enforce_file_format=True)
    return study, files


def two_contents(folder: Path) -> tuple[str, str, dict[str, dict[str, Path]]]:
    """Two discs of one study that share a SOP Instance UID whose pixels differ, with an image more on each: the study's UID, the shared one, and the files of each disc."""
    study, series, shared = generate_uid(), generate_uid(), generate_uid()
    discs: dict[str, dict[str, Path]] = {}
    for number, label in enumerate(("CONTENT-1", "CONTENT-2")):
        place = folder / label
        place.mkdir(parents=True)
        random = np.random.default_rng(100 + number)
        discs[label] = {uid: place / f"IM{index}.dcm" for index, uid in enumerate((shared, generate_uid()))}
        for index, (uid, path) in enumerate(discs[label].items()):
            pixels = random.integers(0, 4096, (64, 64), dtype=np.uint16)
            image(study, series, uid, 2 * number + index, pixels).save_as(path, enforce_file_format=True)
    return study, shared, discs


def image(study: str, series: str, uid: str, number: int, pixels: np.ndarray) -> Dataset:
    """A CT image of a patient whom the hospital does not know."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID, dataset.SOPInstanceUID = CTImageStorage, uid
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study, series
    dataset.PatientID, dataset.PatientName, dataset.PatientBirthDate, dataset.PatientSex = "NOBODY", "DOE^JANE", "19700101", "F"
    dataset.StudyDate, dataset.StudyTime, dataset.Modality, dataset.AccessionNumber = "19990102", "", "CT", ""
    dataset.StudyID, dataset.InstanceNumber = "", number + 1
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.WindowCenter, dataset.WindowWidth = 2048, 4096
    dataset.PixelData = pixels.tobytes()
    return dataset
